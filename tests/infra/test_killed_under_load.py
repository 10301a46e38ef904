"""PostgreSQL, Redis, web and a command killed while several verbs are at work at once: each as if nobody had come.

All verbs stand where they write their line of the record; then one thing is killed under all of them.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.http import HttpResponse
from django.urls import reverse

from audit.chain import walk_chain
from audit.models import Entry
from contracting.contracts.models import Contract
from kernel.heartbeat import tasks_waiting
from kernel.tenancy import tenant_scope
from reporting.compliance.actions import accept_month
from reporting.compliance.models import ContractMonth
from reporting.compliance.schedule import resume_acceptances
from reporting.delivery.models import DiaryImport
from tenants import actions as tenant_actions
from tenants.models import Tenant
from tests.copies import address_of_database
from tests.factories.closing import hand_in_months
from tests.factories.people import signed_in_client
from tests.infra.killed_verbs import (
    VERBS,
    Verb,
    checked_import,
    fresh_tenant,
    imported,
    restoration_of_a_tenant,
    said_of_a_tenant,
    was_refused,
)
from tests.infra.killing import (
    PERSON,
    Doing,
    Web,
    _place,
    cookies_of,
    db,
    held,
    kill_redis,
    own,
    queue_in_redis,
    shared_files,
    unqueued,
    until,
    waiting,
    web,
)
from tests.own_server import OwnServer
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER
from tests.reporting.delivery.test_imports import age
from tests.workers import Worker

__all__ = ["_place", "db", "own", "shared_files", "unqueued", "web"]
MONTHS = 3

Verbs = dict[str, Verb]


def _verbs(folder: Path, kind: str) -> Verbs:
    """One of each verb, in a tenant of its own."""
    return {
        make.__name__: make(fresh_tenant(f"{make.__name__.replace('_', '-')[:24]}-{kind}"), folder)
        for make in VERBS
    }


_BROUGHT: dict[str, Any] = {}


@pytest.fixture
def undisturbed(own: OwnServer, unqueued: None, tmp_path: Path) -> dict[str, Any]:
    """What each verb brings about where nobody comes; done once."""
    if not _BROUGHT:
        verbs = _verbs(tmp_path, "c")
        for verb in verbs.values():
            verb.do()
        _BROUGHT.update(_brought(verbs))
    return _BROUGHT


def _brought(verbs: Verbs) -> dict[str, Any]:
    """What there is of each verb; a new tenant counts the schemas of nobody too, and a restoration leaves one aside."""
    found = {name: verb.brought() for name, verb in verbs.items()}
    return found | {"provisioning_of_a_tenant": found["provisioning_of_a_tenant"][:2]}


@contextmanager
def all_held(own: OwnServer, verbs: Verbs) -> Iterator[dict[str, Doing]]:
    """All verbs, begun at once, each waiting at its line of the record until the block ends."""
    with ExitStack() as stack:
        for schema in {verb.schema for verb in verbs.values()}:
            stack.enter_context(held(own, schema))
        doing = {name: Doing(verb.do) for name, verb in verbs.items()}
        until(lambda: waiting(own) >= len(verbs), "not all came as far as the record")
        yield doing


def _all_chains_hold(verbs: Verbs) -> bool:
    schemas = {verb.schema for verb in verbs.values()}
    for tenant in Tenant.objects.filter(schema_name__in=schemas):
        with tenant_scope(tenant):
            if not walk_chain().holds:
                return False
    return True


def test_postgresql_killed_under_all_verbs_at_once_leaves_nothing_and_each_is_done_again(
    own: OwnServer, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    verbs = _verbs(tmp_path, "p")
    before, schemas = _brought(verbs), _schemas("")
    with all_held(own, verbs) as doing:
        own.kill()
        for one in doing.values():
            one.ended()
    connections.close_all()
    own.start()
    assert [name for name, one in doing.items() if not was_refused(one.gave, one.failed)] == []
    assert (_brought(verbs), _schemas("")) == (before, schemas), "nothing is half done"
    again = {name: Doing(verb.do) for name, verb in verbs.items()}
    for one in again.values():
        one.ended()
    assert {name: one.failed for name, one in again.items() if one.failed} == {}
    assert _brought(verbs) == undisturbed
    assert _all_chains_hold(verbs)


def test_redis_killed_under_all_verbs_at_once_stops_none_of_them(
    own: OwnServer, undisturbed: dict[str, Any], tmp_path: Path, settings: Any
) -> None:
    with queue_in_redis(tmp_path, settings) as server:
        verbs = _verbs(tmp_path, "r")
        with all_held(own, verbs) as doing:
            kill_redis(server)
        for one in doing.values():
            one.ended()
        assert {name: one.failed for name, one in doing.items() if one.failed} == {}
        led = {
            name: one.gave.status_code for name, one in doing.items() if isinstance(one.gave, HttpResponse)
        }
        assert {*led.values()} == {302} and len(led) == 3, "people are led on as ever"
        assert _brought(verbs) == undisturbed
        assert _all_chains_hold(verbs)


def test_redis_killed_under_what_is_handed_over_loses_none_of_it(
    own: OwnServer, shared_files: None, tmp_path: Path, settings: Any
) -> None:
    """Months of many providers and a file: asked for, told to nobody, handed over later, done by a worker, each once."""
    tenant, calm = fresh_tenant("bez-kolejki"), fresh_tenant("z-kolejka")
    for one in (tenant, calm):
        hand_in_months(one, OCTOBER, providers=MONTHS, contracts=MONTHS, decisions=MONTHS, visits_each=3)
    of_files = fresh_tenant("plik-bez-kolejki")
    with queue_in_redis(tmp_path, settings) as server:
        world, brought = checked_import(of_files)

        director, coordinator = signed_in_client("director", tenant), world.client()
        of_months, of_file = (
            f"/{tenant.slug}/month/months/{OCTOBER}/accept/",
            world.url(f"import/{brought.pk}/"),
        )

        def ask() -> Any:
            return director.post(of_months)

        def confirm() -> Any:
            return coordinator.post(f"{of_file}confirm/")

        table = DiaryImport._meta.db_table
        with held(own, tenant.schema_name), held(own, of_files.schema_name, table):
            doing = [Doing(ask), Doing(confirm)]
            until(lambda: waiting(own) >= len(doing), "not all came as far as the record")
            kill_redis(server)
        for each in doing:
            each.ended()
        assert [(each.failed, each.gave.status_code) for each in doing] == [(None, 302), (None, 302)]
        age(world, brought, seconds=5)
        told = director.get(doing[0].gave["Location"]).content.decode()
        assert f"0 / {MONTHS}" in told and "praca toczy się dalej bez Ciebie" in told
        told = coordinator.get(of_file).content.decode()
        assert "Część systemu pracująca w tle nie odpowiada" in told
        address = server.start()
        assert tasks_waiting() == 1, "the check of the file, which was done by hand"
        # The clock finds the months; the page of the file offers its person to try again.
        assert resume_acceptances() == 1
        assert coordinator.post(f"{of_file}retry/").status_code == 302
        assert tasks_waiting() == 3
        worker = Worker(tmp_path, SIEDEM_TEST_BROKER=address)
        try:
            worker.wait_until(lambda: _months(tenant)[1] == MONTHS and bool(imported(world)[0]))
        finally:
            worker.stop()
    with tenant_scope(calm):
        for contract in Contract.objects.order_by("number"):
            accept_month(contract, OCTOBER, actor=DIRECTOR)
    assert _months(tenant) == _months(calm)
    visits, states, _lines = imported(world)
    assert (len(visits), states) == (2, [(DiaryImport.State.SAVED, 2)])


def _months(tenant: Tenant) -> Any:
    with tenant_scope(tenant):
        months = ContractMonth.objects.order_by("contract__number")
        lines = Entry.objects.filter(verb="accept_month")
        return [*months.values_list("state", "accepted_minutes")], lines.count()


def _schemas(slug: str) -> tuple[int, int]:
    """Tenants of this address, and schemas that are no tenant's."""
    known = set(Tenant.objects.values_list("schema_name", flat=True))
    with psycopg.connect(address_of_database(), autocommit=True) as server:
        rows = server.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%%'").fetchall()
    return Tenant.objects.filter(slug=slug).count(), len({name for (name,) in rows} - known)


def test_web_killed_under_months_and_a_new_tenant_leaves_nothing_and_each_is_done_again(
    own: OwnServer, web: Web
) -> None:
    tenant, calm = fresh_tenant("miesiace-zabite"), fresh_tenant("miesiace-spokojne")
    for one in (tenant, calm):
        hand_in_months(one, OCTOBER, providers=MONTHS, contracts=MONTHS, decisions=MONTHS, visits_each=3)
    director, operator = signed_in_client("director", tenant), signed_in_client("platform_operator")
    of_calm = signed_in_client("director", calm)
    said = said_of_a_tenant("zabita") | {"csrfmiddlewaretoken": "a" * 32}

    def accept(contract: str) -> Callable[[], Any]:
        page = f"/{tenant.slug}/month/{contract}/{OCTOBER}/accept/"
        form = {"csrfmiddlewaretoken": "a" * 32}
        return lambda: web.asked("POST", page, cookies_of(director), form)

    asked: list[Callable[[], Any]] = [accept(contract) for contract in _contracts(tenant)]
    asked.append(lambda: web.asked("POST", reverse("operator:create_tenant"), cookies_of(operator), said))
    before = _months(tenant), _schemas("zabita")
    with held(own, tenant.schema_name), held(own, "public"):
        doing = [Doing(one) for one in asked]
        until(lambda: waiting(own) >= len(asked), "not all came as far as the record")
        web.kill()
        for one in doing:
            one.ended()
    assert [one.gave for one in doing if not isinstance(one.failed, OSError | HTTPException)] == []
    until(lambda: waiting(own) == 0, "the server noticed that nobody listens")
    web.start()
    assert (_months(tenant), _schemas("zabita")) == before, "what nobody finished is not there"
    again = [Doing(one) for one in asked]
    for one in again:
        one.ended()
    assert [(one.gave and one.gave[0], one.failed) for one in again] == [(302, None)] * len(asked)
    for contract in _contracts(calm):
        of_calm.post(f"/{calm.slug}/month/{contract}/{OCTOBER}/accept/")
    assert _months(tenant) == _months(calm)
    assert _months(tenant)[1] == MONTHS
    assert _schemas("zabita") == (1, before[1][1])


def _contracts(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant):
        return [str(pk) for pk in Contract.objects.order_by("number").values_list("pk", flat=True)]


def test_the_command_that_restores_a_tenant_killed_in_the_middle_leaves_the_living_one_and_restores_it_again(
    own: OwnServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = pyrage.x25519.Identity.generate()
    monkeypatch.setattr(pyrage.x25519.Identity, "generate", lambda: identity, raising=False)
    tenant = fresh_tenant("odtwarzanie-zabite")
    verb = restoration_of_a_tenant(tenant, tmp_path)
    before = verb.brought()
    key = tmp_path / "key.txt"
    key.write_text(f"{identity}\n")
    command = [
        sys.executable, "manage.py", "restore_tenant", str(tmp_path / f"{tenant.slug}.age"), "--identity", str(key),
        "--reason", "próba",
    ]  # fmt: skip
    variables = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": address_of_database(),
    }  # fmt: skip
    with held(own, "public") as wait:
        process = subprocess.Popen(command, cwd=django_settings.ROOT, env=variables)
        wait()
        process.kill()
        process.wait(20)
    until(lambda: waiting(own) == 0, "the server noticed that nobody listens")
    assert verb.brought() == before
    assert _schemas(tenant.slug)[0] == 1
    tenant_actions.restore_tenant(tmp_path / f"{tenant.slug}.age", [identity], reason="próba", actor=PERSON)
    assert verb.brought() != before
