"""What was done although nobody was told of it is not done again: answers that never came, tasks delivered twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from kombu import Connection

from audit.models import Entry
from documents.models import StoredFile
from kernel.heartbeat import tasks_waiting
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as closing
from reporting.compliance import schedule
from reporting.compliance.models import BulkAcceptance, ContractMonth
from reporting.delivery import tasks
from reporting.delivery.actions.imports import confirm_import
from reporting.delivery.models import DiaryImport, Visit
from tenants.models import Tenant
from tests.contracting.tenders.offer_desk import Desk
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.closing import hand_in_months
from tests.factories.facts import told_of_care
from tests.factories.people import signed_in_client
from tests.infra.killed_verbs import confirmed_import, fresh_tenant, handed_in, imported
from tests.infra.killing import (
    Doing,
    Form,
    Web,
    _place,
    cookies_of,
    db,
    held,
    own,
    queue_in_redis,
    shared_files,
    unqueued,
    until,
    waiting,
    web,
)
from tests.own_server import OwnServer
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary, operation
from tests.reporting.delivery.test_imports import line
from tests.workers import Worker

__all__ = ["_place", "db", "own", "shared_files", "unqueued", "web"]
MONTHS = 3
TOKEN = {"csrfmiddlewaretoken": "a" * 32}


@dataclass
class Pressed:
    """What somebody presses: who, where, what is sent, and what there is of it."""

    client: Client
    path: str
    form: Form
    brought: Callable[[], Any]
    answered: int = 302
    # What whoever presses again, not knowing that it was done, is told: where they are led, or a sentence.
    again: tuple[int, str] = (302, "")


def _offer(tenant: Tenant, number: str) -> Pressed:
    desk = Desk(tenant, number=number)
    page = desk.manager.get(desk.page("hand_in")).context
    said = {"version": str(page["version"]), "code": str(page["code"])}
    return Pressed(
        desk.manager,
        desk.page("hand_in"),
        said | TOKEN,
        lambda: handed_in(desk),
        again=(302, desk.page("receipt", 1)),
    )


def _file_of(world: DiaryWorld) -> Form:
    file = SimpleUploadedFile("dziennik.csv", csv_file([line(world)]), "text/csv")
    return MULTIPART_CONTENT, encode_multipart(
        BOUNDARY, {"contract": str(world.contract.pk), "file": file} | TOKEN
    )


def _file(tenant: Tenant) -> Pressed:
    world = build_diary(tenant)
    return Pressed(world.client(), world.url("import/"), _file_of(world), lambda: _brought(world))


def _brought(world: DiaryWorld) -> Any:
    with tenant_scope(world.tenant):
        brought = DiaryImport.objects.filter(contract=world.contract)
        visits = Visit.objects.filter(decision__contract=world.contract)
        return brought.count(), visits.count(), StoredFile.objects.count()


def _visit(tenant: Tenant) -> Pressed:
    world = build_diary(tenant)
    typed = {"contract": str(world.contract.pk), "operations": [operation(world)]}

    def brought() -> Any:
        with tenant_scope(world.tenant):
            visits = Visit.objects.filter(decision__contract=world.contract)
            return [*visits.values_list("starts_at", "version")]

    return Pressed(
        world.client(), world.url("grid/save/"), ("application/json", json.dumps(typed).encode()), brought,
        answered=200, again=(200, '"status":200'),
    )  # fmt: skip


def _month(tenant: Tenant) -> Pressed:
    with tenant_scope(tenant):
        contract = ContractFactory()
        decision = DecisionFactory(contract=contract, minutes=120)
        visit(decision, WorkerFactory(organisation=contract.organisation), date(2026, 10, 1), "08:00", 120)
        closing.submit_month(contract, OCTOBER, actor=PROVIDER)

    def brought() -> Any:
        with tenant_scope(tenant):
            row = ContractMonth.objects.get(contract=contract)
            lines = Entry.objects.filter(verb="accept_month").count()
        return row.state, row.accepted_minutes, lines, told_of_care(tenant, OCTOBER.first)

    page = f"/{tenant.slug}/month/{contract.pk}/{OCTOBER}/accept/"
    return Pressed(
        signed_in_client("director", tenant),
        page,
        TOKEN,
        brought,
        again=(422, "Stan miesiąca na to nie pozwala"),
    )


def test_web_killed_between_commit_and_answer_does_nothing_twice_when_pressed_again(
    own: OwnServer, shared_files: None, web: Web
) -> None:
    """An offer, a visit, a month: whoever got no answer presses again, and it is there once, with one line of record."""
    alfa = Tenant.objects.get(slug="alfa")
    pressed = [
        _offer(alfa, "K/81/2026"),
        _visit(fresh_tenant("bez-odp-wizyta")),
        _month(fresh_tenant("bez-odp-miesiac")),
    ]
    calm = [
        _offer(alfa, "K/82/2026"),
        _visit(fresh_tenant("z-odp-wizyta")),
        _month(fresh_tenant("z-odp-miesiac")),
    ]
    before = [one.brought() for one in pressed]
    # Of what the site answers nobody reads a byte: it is killed when all is committed.
    links = [web.sent("POST", one.path, cookies_of(one.client), one.form) for one in pressed]
    for one, empty in zip(pressed, before, strict=True):
        until(lambda one=one, empty=empty: one.brought() != empty, f"{one.path} was not done")
    web.kill()
    for link in links:
        link.close()
    committed = [one.brought() for one in pressed]
    web.start()
    for one in calm:
        _press(web, one)
    assert [one.brought() for one in calm] == committed, "what was committed is all of it"
    for one in pressed:
        status, told = web.asked("POST", one.path, cookies_of(one.client), one.form)
        assert status == one.again[0] and one.again[1] in told, (status, told)
    assert [one.brought() for one in pressed] == committed, "pressed again, it is there once"


def _press(web: Web, one: Pressed) -> str:
    status, told = web.asked("POST", one.path, cookies_of(one.client), one.form)
    assert status == one.answered, (one.path, told)
    return told


def test_web_killed_while_a_file_is_brought_leaves_nothing_of_it_and_it_is_brought_once(
    own: OwnServer, shared_files: None, web: Web
) -> None:
    one = _file(fresh_tenant("plik-zabity"))
    before = one.brought()
    assert before == (0, 0, 0)

    with held(own, _schema(one), "delivery_diaryimport") as wait:
        doing = Doing(lambda: _press(web, one))
        wait()
        web.kill()
        doing.ended()
    assert isinstance(doing.failed, OSError | HTTPException), doing.gave
    until(lambda: waiting(own) == 0, "the server noticed that nobody listens")
    web.start()
    assert one.brought() == before, "neither the row nor the file is there"
    page = urlsplit(_press(web, one)).path
    assert one.brought() == (1, 0, 1)
    assert web.asked("GET", page, cookies_of(one.client))[0] == 200


@pytest.mark.usefixtures("unqueued")
def test_a_file_brought_again_for_want_of_an_answer_gives_each_visit_once(
    own: OwnServer, shared_files: None, web: Web
) -> None:
    tenant = fresh_tenant("plik-bez-odp")
    one = _file(tenant)
    link = web.sent("POST", one.path, cookies_of(one.client), one.form)
    until(lambda: one.brought() == (1, 0, 1), "the file was not brought")
    web.kill()
    link.close()
    web.start()
    _press(web, one)
    assert one.brought()[0] == 2, "the page lists both"
    with tenant_scope(tenant):
        for brought in DiaryImport.objects.order_by("created_at"):
            tasks.check_import(str(brought.pk))
            brought.refresh_from_db()
            confirm_import(brought, actor=DIRECTOR)
            tasks.save_import(str(brought.pk))
        told = DiaryImport.objects.order_by("created_at").values_list("state", "rows_new", "rows_present")
        assert [*told] == [("saved", 1, 0), ("saved", 0, 1)]
    assert one.brought()[1] == 1


def _schema(one: Pressed) -> str:
    return str(Tenant.objects.get(slug=one.path.split("/")[1]).schema_name)


def _unacknowledged(server: Any) -> int:
    return int(server.hlen("unacked"))


def _delivered_again(address: str) -> None:
    """Let the queue give out anew what a worker took and never acknowledged, as it does after an hour."""
    with Connection(address, transport_options={"visibility_timeout": 0}) as queue:
        queue.default_channel.qos.restore_visible()


def _work(folder: Path, address: str, task: Any) -> None:
    """A worker does the task to its end, and is killed before it tells the queue."""
    stands = folder / "stands"
    stands.unlink(missing_ok=True)
    worker = Worker(folder, SIEDEM_TEST_BROKER=address, SIEDEM_TEST_STAND_AFTER=task.name)
    try:
        worker.wait_until(stands.exists)
    finally:
        worker.kill()


def _saving(tenant: Tenant) -> tuple[Any, str, Callable[[], Any]]:
    world, brought = confirmed_import(tenant)
    return tasks.save_import, str(brought.pk), lambda: imported(world)


def _accepting(tenant: Tenant) -> tuple[Any, str, Callable[[], Any]]:
    hand_in_months(tenant, OCTOBER, providers=MONTHS, contracts=MONTHS, decisions=MONTHS, visits_each=3)
    with tenant_scope(tenant):
        asked = closing.ask_bulk_acceptance(OCTOBER, actor=DIRECTOR)

    def brought() -> Any:
        with tenant_scope(tenant):
            months = ContractMonth.objects.order_by("contract__number")
            done = BulkAcceptance.objects.filter(finished_at__isnull=False).values_list(
                "finished_at", flat=True
            )
            lines = Entry.objects.filter(verb="accept_month").count()
            return (
                [*months.values_list("state", "snapshot_sha256")],
                lines,
                [*done],
                told_of_care(tenant, OCTOBER.first),
            )

    return schedule.accept_many, str(asked.pk), brought


@pytest.mark.parametrize("make", [_saving, _accepting], ids=["file", "months"])
def test_a_task_delivered_again_after_its_worker_died_before_acknowledging_changes_nothing(
    own: OwnServer, shared_files: None, unqueued: None, tmp_path: Path, settings: Any, make: Any
) -> None:
    with queue_in_redis(tmp_path, settings) as server:
        tenant = fresh_tenant(f"ponownie-{make.__name__.strip('_')}")
        task, pk, brought = make(tenant)
        address = settings.REDIS_URL
        with redis.Redis.from_url(address) as queue:
            queue.flushall()
            with tenant_scope(tenant), Connection(address) as link:
                task.app.send_task(task.name, args=[pk], connection=link)
            _work(tmp_path, address, task)
            done = brought()
            assert (tasks_waiting(), _unacknowledged(queue)) == (0, 1), (
                "its work is done, and the queue was not told"
            )
            _delivered_again(address)
            assert (tasks_waiting(), _unacknowledged(queue)) == (1, 0)
            _work(tmp_path, address, task)
        assert server.child
    assert brought() == done, "whatever was done is as the first worker left it"
