"""PostgreSQL, web, worker and Redis killed in the middle of a verb: nothing lost, nothing twice, a sentence meanwhile.

A verb is held where it writes its line of the record, when all else of its transaction is done: then something is
killed. Afterwards it is done again, and compared with the same verb that nobody disturbed.
"""

from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from audit.chain import walk_chain
from documents.models import StoredFile
from kernel.heartbeat import tasks_waiting
from kernel.tenancy import tenant_scope
from reporting.delivery import tasks
from reporting.delivery.models import DiaryImport, Visit
from tenants.models import Tenant
from tests.contracting.tenders.offer_desk import Desk
from tests.infra.killed_verbs import (
    VERBS,
    Verb,
    bring,
    confirmed_import,
    fresh_tenant,
    handed_in,
    imported,
    is_away,
    was_refused,
)
from tests.infra.killing import (
    Doing,
    Web,
    _place,
    cookies_of,
    db,
    held,
    kill_redis,
    killed_meanwhile,
    own,
    queue_in_redis,
    shared_files,
    unqueued,
    web,
)
from tests.own_server import OwnServer
from tests.queueing import remember_queued
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import build_diary
from tests.reporting.delivery.test_imports import age, line
from tests.workers import Worker

__all__ = ["_place", "db", "own", "shared_files", "unqueued", "web"]


@pytest.mark.parametrize("make", VERBS, ids=lambda make: make.__name__)
@pytest.mark.usefixtures("unqueued")
def test_postgresql_killed_in_the_middle_changes_nothing_in_the_result(
    own: OwnServer, make: Callable[[Tenant, Path], Verb], tmp_path: Path
) -> None:
    disturbed, calm = (fresh_tenant(f"{make.__name__.replace('_', '-')}-{kind}") for kind in ("z", "s"))
    verb, other = make(disturbed, tmp_path), make(calm, tmp_path)
    before = verb.brought()
    doing, seen = killed_meanwhile(own, verb.schema, verb.do, look=verb.look)
    assert was_refused(doing.gave, doing.failed), doing.failed
    assert verb.look is None or is_away(seen), "the page before which the person stands"
    assert verb.brought() == before, "nothing is half done"
    assert verb.look is None or verb.look().status_code == 200, "the page is there again"
    verb.do()
    other.do()
    assert verb.brought() == other.brought() != before
    with tenant_scope(disturbed):
        assert walk_chain().holds


def test_postgresql_killed_while_an_offer_is_handed_in_is_told_and_the_offer_can_be_handed_in(
    own: OwnServer,
) -> None:
    alfa = Tenant.objects.get(slug="alfa")
    desk, calm = Desk(alfa, number="K/71/2026"), Desk(alfa, number="K/72/2026")
    before = handed_in(desk)
    doing, _seen = killed_meanwhile(own, alfa.schema_name, desk.hand_in)
    assert is_away(doing.gave), doing.failed
    assert handed_in(desk) == before
    assert desk.hand_in().url == desk.page("receipt", 1)
    assert calm.hand_in().status_code == 302
    assert handed_in(desk) == handed_in(calm) != before


@pytest.mark.usefixtures("unqueued")
def test_postgresql_killed_while_a_file_is_brought_is_told_and_the_file_can_be_brought_again(
    own: OwnServer,
) -> None:
    tenant = fresh_tenant("plik")
    world = build_diary(tenant)
    client, content = world.client(), csv_file([line(world)])
    doing, _seen = killed_meanwhile(
        own, tenant.schema_name, lambda: bring(client, world, content), "delivery_diaryimport"
    )
    assert is_away(doing.gave), doing.failed
    with tenant_scope(tenant):
        assert not DiaryImport.objects.exists() and not StoredFile.objects.exists()
    assert bring(client, world, content).status_code == 302
    with tenant_scope(tenant):
        assert DiaryImport.objects.count() == StoredFile.objects.count() == 1


@pytest.mark.usefixtures("unqueued")
def test_a_worker_killed_while_it_saves_an_import_leaves_nothing_and_another_saves_it_once(
    own: OwnServer, shared_files: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disturbed, calm = fresh_tenant("import-zabity"), fresh_tenant("import-spokojny")
    (world, brought), (other, whole) = confirmed_import(disturbed), confirmed_import(calm)
    with tenant_scope(calm):
        tasks.save_import(str(whole.pk))
    first = Worker(tmp_path)
    with held(own, disturbed.schema_name) as wait:
        with tenant_scope(disturbed):
            first.send(tasks.save_import.name, str(brought.pk))
        wait()
        first.kill()
    with tenant_scope(disturbed):
        assert not Visit.objects.filter(decision__contract=world.contract).exists()
    client, page = world.client(), world.url(f"import/{brought.pk}/")
    age(world, brought, seconds=5)
    assert "Trwa zapisywanie wizyt" in client.get(page).content.decode()
    age(world, brought, minutes=2)
    assert "Pracę przerwano" in client.get(page).content.decode()
    handed = remember_queued(monkeypatch, tasks.save_import)
    assert client.post(f"{page}retry/").status_code == 302
    assert handed == [(str(brought.pk), disturbed.schema_name)]
    second = Worker(tmp_path)
    try:
        with tenant_scope(disturbed):
            second.send(tasks.save_import.name, str(brought.pk))
            second.wait_until(lambda: Visit.objects.filter(decision__contract=world.contract).exists())
    finally:
        second.stop()
    assert imported(world) == imported(other)


def test_web_killed_while_an_offer_is_handed_in_leaves_nothing_and_it_is_handed_in_once(
    own: OwnServer, web: Web
) -> None:
    alfa = Tenant.objects.get(slug="alfa")
    desk, calm = Desk(alfa, number="K/73/2026"), Desk(alfa, number="K/74/2026")
    before = handed_in(desk)
    form = desk.manager.get(desk.page("hand_in")).context
    cookies = cookies_of(desk.manager)
    said = {"version": str(form["version"]), "code": str(form["code"]), "csrfmiddlewaretoken": "a" * 32}

    def hand_in() -> Any:
        return web.asked("POST", desk.page("hand_in"), cookies, said)

    with held(own, alfa.schema_name) as wait:
        doing = Doing(hand_in)
        wait()
        web.kill()
        doing.ended()
    assert isinstance(doing.failed, OSError | HTTPException), doing.gave
    web.start()
    assert handed_in(desk) == before, "what nobody finished is not there"
    # Whoever presses once more is led to the receipt, and nothing comes twice.
    for _press in range(2):
        status, place = hand_in()
        assert (status, urlsplit(place).path) == (302, desk.page("receipt", 1))
    calm.hand_in()
    assert handed_in(desk) == handed_in(calm) != before


def test_redis_killed_keeps_the_tasks_and_takes_files_meanwhile(
    own: OwnServer, tmp_path: Path, settings: Any
) -> None:
    with queue_in_redis(tmp_path, settings) as server:
        tenant = fresh_tenant("bez-redisa")
        world = build_diary(tenant)
        client = world.client()
        assert bring(client, world, csv_file([line(world)])).status_code == 302
        assert tasks_waiting() == 1
        kill_redis(server)
        answer = bring(client, world, csv_file([line(world, date="2024-10-08")]))
        assert answer.status_code == 302, "the file is taken all the same"
        with tenant_scope(tenant):
            second = DiaryImport.objects.latest("created_at")
        age(world, second, seconds=5)
        page = client.get(answer.url).content.decode()
        server.start()
        assert tasks_waiting() == 1, "the task that waited is there"
        assert "Część systemu pracująca w tle nie odpowiada" in page
        assert f"import/{second.pk}/retry/" in page, "the page offers to try again"
        assert client.post(world.url(f"import/{second.pk}/retry/")).status_code == 302
        assert tasks_waiting() == 2
        with tenant_scope(tenant):
            for one in DiaryImport.objects.all():
                tasks.check_import(str(one.pk))
            assert {*DiaryImport.objects.values_list("state", "rows_new")} == {(DiaryImport.State.READY, 1)}
