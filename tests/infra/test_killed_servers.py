"""PostgreSQL, web, worker and Redis killed in the middle of a verb: nothing lost, nothing twice, a sentence meanwhile.

A verb is held where it writes its line of the record, when all else of its transaction is done: then something is
killed. Afterwards it is done again, and compared with the same verb that nobody disturbed.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
import pyrage
import pytest
import redis
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.test import Client

from audit.chain import walk_chain
from audit.models import Entry
from config.celery import app
from contracting.tenders.models import SealedOffer
from documents.actions import store_file
from documents.models import StoredFile
from kernel.access import Actor
from kernel.embedded.redis import EmbeddedRedis
from kernel.heartbeat import tasks_waiting
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.casework.models import Result
from reporting.compliance import actions as closing
from reporting.compliance.models import ContractMonth
from reporting.delivery import tasks
from reporting.delivery.actions.imports import confirm_import
from reporting.delivery.models import DiaryImport, Visit
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.models import Fact, FactsBatch
from tenants import actions as tenant_actions
from tenants import routing
from tenants.models import Tenant, Territory
from tests.contracting.tenders.offer_desk import Desk
from tests.copies import address_of_database
from tests.documents.s3_server import free_port, s3_server
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.facts import allow_pushing, told_of_care
from tests.own_server import OwnServer, own_server
from tests.queueing import remember_queued
from tests.racing import committing
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary
from tests.reporting.delivery.test_imports import age, line
from tests.reporting.statistics.sending_world import ACTOR, THIRD_QUARTER
from tests.workers import Worker

db = committing
SECONDS = 180
PERSON = Actor(new_id(), "Ewa Próbna")
AWAY = (OperationalError, InterfaceError)
SENTENCE = "Jeden z serwerów jest przez chwilę niedostępny"


@pytest.fixture(scope="module")
def own(django_db_setup: None, django_db_blocker: Any) -> Iterator[OwnServer]:
    with django_db_blocker.unblock(), own_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _place(own: OwnServer, db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")


@pytest.fixture
def unqueued(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed over here is not for the other tests of the run."""
    for task in (tasks.check_import, tasks.save_import):
        remember_queued(monkeypatch, task)


@pytest.fixture
def shared_files(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store of files that processes of their own reach too."""
    with s3_server(tmp_path / "buckets") as server:
        for name, value in server.settings.items():
            setattr(settings, name, value)
            monkeypatch.setenv(name, value)
        yield


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@contextmanager
def held(own: OwnServer, schema: str, table: str = "audit_entry") -> Iterator[Callable[[], None]]:
    """Nobody can write into a table of the schema; gives a function that waits until somebody tries to."""
    holder, asking = psycopg.connect(own.address), psycopg.connect(own.address, autocommit=True)
    holder.execute(f'LOCK TABLE "{schema}".{table} IN EXCLUSIVE MODE')  # type: ignore[arg-type]

    def waits() -> bool:
        found = asking.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
        return bool(found and found[0])

    try:
        yield lambda: _until(waits, "nobody came as far as the table")
    finally:
        # Closing lets go of the table; after a kill there is nothing left to let go of.
        holder.close()
        asking.close()


class Doing(threading.Thread):
    """A verb beside the test: what it gave, or how it failed."""

    def __init__(self, verb: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.verb, self.gave, self.failed = verb, None, None
        self.start()

    def run(self) -> None:
        try:
            self.gave = self.verb()
        except BaseException as error:
            self.failed = error
        finally:
            connections.close_all()

    def ended(self) -> None:
        self.join(SECONDS)
        assert not self.is_alive()


def killed_meanwhile(
    own: OwnServer, schema: str, verb: Callable[[], Any], table: str = "audit_entry"
) -> Doing:
    """The verb, during which PostgreSQL was killed and started again."""
    with held(own, schema, table) as wait:
        doing = Doing(verb)
        wait()
        own.kill()
        doing.ended()
    connections.close_all()
    own.start()
    return doing


# Verbs: each is made for one tenant, and tells what there is of it.


@dataclass
class Verb:
    """What is done, in which schema's record it ends, and what it has brought about."""

    schema: str
    do: Callable[[], Any]
    brought: Callable[[], Any]


def month_close(tenant: Tenant, _folder: Path) -> Verb:
    with tenant_scope(tenant):
        contract = ContractFactory()
        decision = DecisionFactory(contract=contract, minutes=120)
        visit(decision, WorkerFactory(organisation=contract.organisation), date(2026, 10, 1), "08:00", 120)
        closing.submit_month(contract, OCTOBER, actor=PROVIDER)

    def do() -> Any:
        with tenant_scope(tenant):
            return closing.accept_month(contract, OCTOBER, actor=DIRECTOR)

    def brought() -> Any:
        with tenant_scope(tenant):
            row = ContractMonth.objects.get(contract=contract)
            lines = Entry.objects.filter(verb="accept_month").count()
        return row.state, row.accepted_minutes, lines, told_of_care(tenant, OCTOBER.first)

    return Verb(tenant.schema_name, do, brought)


def push_of_facts(tenant: Tenant, _folder: Path) -> Verb:
    with tenant_scope(tenant):
        Result.objects.create(kind="event", title="Piknik", happened_on=THIRD_QUARTER)

    def do() -> Any:
        with tenant_scope(tenant):
            return push_quarter(Quarter.of(THIRD_QUARTER), actor=ACTOR)

    def brought() -> Any:
        batches = FactsBatch.objects.filter(tenant=tenant, kind="quarter", period=THIRD_QUARTER)
        facts = Fact.objects.filter(tenant=tenant, indicator="results", category="event")
        return [*batches.values_list("version", flat=True)], facts.count()

    return Verb(tenant.schema_name, do, brought)


def saving_of_an_import(tenant: Tenant, _folder: Path) -> Verb:
    world, brought = _confirmed_import(tenant)

    def do() -> Any:
        with tenant_scope(tenant):
            return tasks.save_import(str(brought.pk))

    return Verb(tenant.schema_name, do, lambda: _imported(world))


def _confirmed_import(tenant: Tenant) -> tuple[DiaryWorld, DiaryImport]:
    """A file of two visits that somebody brought, that was checked, and that is to be saved."""
    world, brought = checked_import(tenant)
    with tenant_scope(tenant):
        confirm_import(brought, actor=PERSON)
    return world, brought


def checked_import(tenant: Tenant) -> tuple[DiaryWorld, DiaryImport]:
    """The same before anybody has confirmed it."""
    world = build_diary(tenant)
    content = csv_file([line(world), line(world, date="2024-10-08")])
    _bring(world.client(), world, content)
    with tenant_scope(tenant):
        brought = DiaryImport.objects.latest("created_at")
        tasks.check_import(str(brought.pk))
        brought.refresh_from_db()
        assert (brought.state, brought.rows_new) == (DiaryImport.State.READY, 2)
    return world, brought


def _bring(client: Client, world: DiaryWorld, content: bytes) -> Any:
    file = SimpleUploadedFile("dziennik.csv", content)
    return client.post(world.url("import/"), {"contract": str(world.contract.pk), "file": file})


def _imported(world: DiaryWorld) -> Any:
    with tenant_scope(world.tenant):
        visits = Visit.objects.filter(decision__contract=world.contract)
        brought = DiaryImport.objects.filter(contract=world.contract)
        lines = Entry.objects.filter(subject_id__in=[str(one.pk) for one in brought])
        return (
            sorted(visits.values_list("starts_at", flat=True)),
            [*brought.values_list("state", "rows_new")],
            sorted(lines.values_list("verb", flat=True)),
        )


def provisioning_of_a_tenant(tenant: Tenant, _folder: Path) -> Verb:
    slug = f"nowa-{tenant.slug}"

    def do() -> Any:
        return tenant_actions.create_tenant(
            slug=slug, name="Gmina Nowa", kind=Tenant.Kind.COMMUNE, territory=Territory.objects.get(pk="3262011"),
            unit_name="OPS", unit_type="OPS", actor=Actor.system("tests"),
        )  # fmt: skip

    def brought() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM information_schema.tables t JOIN tenants_tenant n"
                " ON t.table_schema = n.schema_name WHERE n.slug = %s",
                [slug],
            )
            tables = cursor.fetchone()[0]
            cursor.execute(
                "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%%' AND nspname NOT IN"
                " (SELECT schema_name FROM tenants_tenant)"
            )
            return Tenant.objects.filter(slug=slug).count(), tables, cursor.fetchone()[0]

    return Verb("public", do, brought)


def restoration_of_a_tenant(tenant: Tenant, folder: Path) -> Verb:
    identity, actor = pyrage.x25519.Identity.generate(), Actor.system("tests")
    archive = folder / f"{tenant.slug}.age"
    with tenant_scope(tenant), transaction.atomic():
        store_file(b"tekst", name="a.txt", content_type="text/plain", folder="probe", actor=actor)
        entries = Entry.objects.count()
    tenant_actions.archive_tenant(tenant, archive, [identity.to_public()], actor=actor)
    with tenant_scope(tenant):
        Result.objects.create(kind="event", title="po archiwum", happened_on=THIRD_QUARTER)
    tenant_actions.suspend_tenant(tenant, reason="odtwarzanie", actor=actor)

    def do() -> Any:
        return tenant_actions.restore_tenant(archive, [identity], reason="próba", actor=actor)

    def brought() -> Any:
        with tenant_scope(tenant):
            later = Result.objects.filter(title="po archiwum").count()
            return later, Entry.objects.count() - entries, StoredFile.objects.count() > 0

    return Verb("public", do, brought)


VERBS = [month_close, push_of_facts, saving_of_an_import, provisioning_of_a_tenant, restoration_of_a_tenant]


@pytest.mark.parametrize("make", VERBS, ids=lambda make: make.__name__)
@pytest.mark.usefixtures("unqueued")
def test_postgresql_killed_in_the_middle_changes_nothing_in_the_result(
    own: OwnServer, make: Callable[[Tenant, Path], Verb], tmp_path: Path
) -> None:
    disturbed, calm = (_new_tenant(f"{make.__name__.replace('_', '-')}-{kind}") for kind in ("z", "s"))
    verb, other = make(disturbed, tmp_path), make(calm, tmp_path)
    before = verb.brought()
    doing = killed_meanwhile(own, verb.schema, verb.do)
    assert isinstance(doing.failed, AWAY), doing.failed
    assert verb.brought() == before, "nothing is half done"
    verb.do()
    other.do()
    assert verb.brought() == other.brought() != before
    with tenant_scope(disturbed):
        assert walk_chain().holds


def _new_tenant(slug: str) -> Tenant:
    routing.forget()
    tenant = tenant_actions.create_tenant(
        slug=slug[:30], name=f"Gmina {slug}", kind=Tenant.Kind.COMMUNE, territory=Territory.objects.get(pk="3262011"),
        unit_name="OPS", unit_type="OPS", actor=Actor.system("tests"),
    )  # fmt: skip
    allow_pushing(tenant)
    return tenant


def _handed_in(desk: Desk) -> Any:
    with tenant_scope(desk.tenant):
        rows = SealedOffer.objects.filter(offer=desk.offer)
        lines = Entry.objects.filter(subject_id=str(desk.offer.pk))
        return [*rows.values_list("state", flat=True)], sorted(lines.values_list("verb", flat=True))


def test_postgresql_killed_while_an_offer_is_handed_in_is_told_and_the_offer_can_be_handed_in(
    own: OwnServer,
) -> None:
    alfa = Tenant.objects.get(slug="alfa")
    desk, calm = Desk(alfa, number="K/71/2026"), Desk(alfa, number="K/72/2026")
    before = _handed_in(desk)
    doing = killed_meanwhile(own, alfa.schema_name, desk.hand_in)
    answer: Any = doing.gave
    assert answer.status_code == 503 and answer["Retry-After"], doing.failed
    assert SENTENCE in answer.content.decode()
    assert _handed_in(desk) == before
    assert desk.hand_in().url == desk.page("receipt", 1)
    assert calm.hand_in().status_code == 302
    assert _handed_in(desk) == _handed_in(calm) != before


@pytest.mark.usefixtures("unqueued")
def test_postgresql_killed_while_a_file_is_brought_is_told_and_the_file_can_be_brought_again(
    own: OwnServer,
) -> None:
    tenant = _new_tenant("plik")
    world = build_diary(tenant)
    client, content = world.client(), csv_file([line(world)])
    doing = killed_meanwhile(
        own, tenant.schema_name, lambda: _bring(client, world, content), "delivery_diaryimport"
    )
    answer: Any = doing.gave
    assert answer.status_code == 503 and SENTENCE in answer.content.decode()
    with tenant_scope(tenant):
        assert not DiaryImport.objects.exists() and not StoredFile.objects.exists()
    assert _bring(client, world, content).status_code == 302
    with tenant_scope(tenant):
        assert DiaryImport.objects.count() == StoredFile.objects.count() == 1


@pytest.mark.usefixtures("unqueued")
def test_a_worker_killed_while_it_saves_an_import_leaves_nothing_and_another_saves_it_once(
    own: OwnServer, shared_files: None, tmp_path: Path
) -> None:
    disturbed, calm = _new_tenant("import-zabity"), _new_tenant("import-spokojny")
    (world, brought), (other, whole) = _confirmed_import(disturbed), _confirmed_import(calm)
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
    second = Worker(tmp_path)
    try:
        with tenant_scope(disturbed):
            second.send(tasks.save_import.name, str(brought.pk))
            second.wait_until(lambda: Visit.objects.filter(decision__contract=world.contract).exists())
    finally:
        second.stop()
    assert _imported(world) == _imported(other)


@dataclass
class Web:
    """gunicorn with its workers, as production runs it, and a person signed in there."""

    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["-m", "gunicorn", "config.wsgi:application", "-c", "infra/gunicorn.conf.py"]
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=django_settings.ROOT, env=self.environment, start_new_session=True
        )
        _until(self.answers, "gunicorn did not start")

    def answers(self) -> bool:
        try:
            return self.asked("GET", "/health/live/", {})[0] == 200
        except (OSError, HTTPException):
            return False

    def kill(self) -> None:
        """The server and its workers at once, as the kernel kills them."""
        assert self.process
        os.killpg(self.process.pid, 9)
        self.process.wait(20)

    def asked(
        self, method: str, path: str, cookies: dict[str, str], form: dict[str, str] | None = None
    ) -> tuple[int, str]:
        site = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        body = None
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}/",
            }
            body = urlencode(form)
        try:
            site.request(method, path, body, headers)
            answer = site.getresponse()
            return answer.status, answer.getheader("Location") or answer.read().decode()
        finally:
            site.close()


@pytest.fixture
def web(own: OwnServer) -> Iterator[Web]:
    port = free_port()
    places = (django_settings.ROOT, django_settings.ROOT / "platform")
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": address_of_database(),
        "PYTHONPATH": os.pathsep.join(map(str, places)), "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2",
    }  # fmt: skip
    served = Web(port, environment)
    served.start()
    yield served
    if served.process and served.process.poll() is None:
        served.kill()


def test_web_killed_while_an_offer_is_handed_in_leaves_nothing_and_it_is_handed_in_once(
    own: OwnServer, web: Web
) -> None:
    alfa = Tenant.objects.get(slug="alfa")
    desk, calm = Desk(alfa, number="K/73/2026"), Desk(alfa, number="K/74/2026")
    before = _handed_in(desk)
    form = desk.manager.get(desk.page("hand_in")).context
    cookies = {
        django_settings.SESSION_COOKIE_NAME: desk.manager.cookies[django_settings.SESSION_COOKIE_NAME].value,
        django_settings.CSRF_COOKIE_NAME: "a" * 32,
    }
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
    assert _handed_in(desk) == before, "what nobody finished is not there"
    status, place = hand_in()
    assert (status, urlsplit(place).path) == (302, desk.page("receipt", 1))
    # Whoever presses once more is led to the receipt, and nothing comes twice.
    hand_in()
    calm.hand_in()
    assert _handed_in(desk) == _handed_in(calm) != before


@contextmanager
def queue_in_redis(folder: Path, settings: Any) -> Iterator[EmbeddedRedis]:
    """A Redis of one's own that holds the queue and the cache, as in production."""
    server = EmbeddedRedis(folder, folder / "redis.log")
    address, before = server.start(), app.conf.broker_url

    def use(place: str) -> None:
        app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = place

    # What was answered is on disk: with everysec a write that meets a slow disk may wait in the process that is killed.
    with redis.Redis.from_url(address) as told:
        told.config_set("appendfsync", "always")
    settings.REDIS_URL = address
    settings.CACHES = {"default": {**django_settings.CACHES["default"], "LOCATION": address}}
    use(address)
    try:
        yield server
    finally:
        use(before)
        server.stop()


def kill_redis(server: EmbeddedRedis) -> None:
    """As the kernel kills it: no word to anybody."""
    assert server.child and server.child.process
    server.child.process.kill()
    server.child.process.wait(20)


def test_redis_killed_keeps_the_tasks_and_takes_files_meanwhile(
    own: OwnServer, tmp_path: Path, settings: Any
) -> None:
    with queue_in_redis(tmp_path, settings) as server:
        tenant = _new_tenant("bez-redisa")
        world = build_diary(tenant)
        client = world.client()
        assert _bring(client, world, csv_file([line(world)])).status_code == 302
        assert tasks_waiting() == 1
        kill_redis(server)
        answer = _bring(client, world, csv_file([line(world, date="2024-10-08")]))
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
