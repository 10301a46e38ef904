"""Several hosts: two of web and two of workers, which share nothing but the database, Redis and the store of files."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from django.conf import settings as django_settings

from kernel.embedded.redis import EmbeddedRedis
from kernel.tenancy import tenant_scope
from reporting.delivery.models import DiaryImport
from tenants.models import Tenant
from tests import hosts
from tests.copies import address_of_database, copied_database
from tests.documents.s3_server import s3_server
from tests.factories.people import Client
from tests.gate import Gate
from tests.racing import committing, new_tenant
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary
from tests.reporting.delivery.test_imports import line

db = committing
SECONDS = 120
CHECKED = {DiaryImport.State.READY}


@pytest.fixture(scope="module")
def copied(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), copied_database("hosts"):
        yield


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@dataclass
class Web:
    """The web processes of one host."""

    host: hosts.Host
    port: int = 8000

    def asked(self, method: str, path: str, **given: Any) -> Any:
        address = f"http://{self.host.address}:{self.port}{path}"
        with hosts.joined():
            return urllib3.request(method, address, redirect=False, retries=False, timeout=30, **given)

    def says(self, path: str) -> int:
        """The status of the answer; 0 where none comes."""
        try:
            return int(self.asked("GET", path).status)
        except urllib3.exceptions.HTTPError:
            return 0


@dataclass
class Site:
    """All hosts, and the servers that they share."""

    webs: list[Web]
    workers: list[hosts.Host]
    database: Gate
    world: DiaryWorld
    client: Client

    def _headers(self, web: Web) -> dict[str, str]:
        told = {
            django_settings.SESSION_COOKIE_NAME: self.client.cookies[
                django_settings.SESSION_COOKIE_NAME
            ].value
        }
        told[django_settings.CSRF_COOKIE_NAME] = "a" * 32
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in told.items()),
            "Referer": f"http://{web.host.address}:{web.port}/",
        }

    def bring(self, web: Web, day: str) -> str:
        """A diary brought to one host; returns the path of its page."""
        answer = web.asked(
            "POST", self.world.url("import/"), headers=self._headers(web),
            fields={
                "csrfmiddlewaretoken": "a" * 32, "contract": str(self.world.contract.pk),
                "file": ("dziennik.csv", csv_file([line(self.world, date=day)])),
            },
        )  # fmt: skip
        assert answer.status == 302, answer.data.decode()[:2000]
        return urlsplit(answer.headers["Location"]).path

    def page(self, web: Web, path: str) -> tuple[int, str]:
        answer = web.asked("GET", path, headers=self._headers(web))
        return answer.status, answer.data.decode()

    def states(self) -> list[tuple[str, int]]:
        with tenant_scope(self.world.tenant):
            return sorted(DiaryImport.objects.values_list("state", "rows_new"))


@pytest.fixture(scope="module")
def site(copied: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if why := hosts.why_not():
        pytest.skip(why)
    folder: Path = tmp_path_factory.mktemp("hosts")
    redis = EmbeddedRedis(folder, folder / "redis.log", durable=False)
    kept = urlsplit(redis.start())
    address = django_settings.DATABASES["default"]
    with (
        django_db_blocker.unblock(),
        s3_server(folder / "buckets") as store,
        hosts.network([f"siedem-{kind}" for kind in ("web1", "web2", "work1", "work2")]) as made,
    ):
        tenant: Tenant = new_tenant("wiele-hostow", "Wiele Hostów")
        database = Gate(_place_of(address), hosts.SERVERS, hosts.joined())
        gates = [
            database,
            Gate((str(kept.hostname), int(kept.port or 0)), hosts.SERVERS, hosts.joined()),
            Gate(("127.0.0.1", store.port), hosts.SERVERS, hosts.joined()),
        ]
        name = address_of_database().partition("?")[0].rpartition("/")[2]
        variables = {
            **os.environ,
            **store.settings,
            "DJANGO_SETTINGS_MODULE": "tests.hosts_settings",
            "PYTHONPATH": os.pathsep.join(
                map(str, (django_settings.ROOT, django_settings.ROOT / "platform"))
            ),
            "DATABASE_URL": f"postgresql://{address['USER']}:{address['PASSWORD']}@{hosts.SERVERS}:{database.port}/{name}",
            "REDIS_URL": f"redis://:{kept.password}@{hosts.SERVERS}:{gates[1].port}/0",
            "S3_ENDPOINT_URL": f"http://{hosts.SERVERS}:{gates[2].port}",
            "BIND": "0.0.0.0:8000",
            "WEB_WORKERS": "1",
        }
        python, root = [sys.executable, "-m"], str(django_settings.ROOT)
        for host in made[:2]:
            host.run(
                [*python, "gunicorn", "config.wsgi:application", "-c", "infra/gunicorn.conf.py"],
                variables,
                root,
            )
        for host in made[2:]:
            host.run(
                [*python, "celery", "-A", "config.celery", "worker", "-c", "1", "-P", "solo", "-l", "error"],
                variables, root,
            )  # fmt: skip
        world = build_diary(tenant)
        found = Site([Web(made[0]), Web(made[1])], made[2:], database, world, world.client())
        try:
            for web in found.webs:
                _until(lambda web=web: web.says("/health/ready/") == 200, "web did not start")  # type: ignore[misc]
            yield found
        finally:
            for host in made:
                host.kill()
            for gate in gates:
                gate.stop()
            redis.stop()


def _place_of(address: dict[str, Any]) -> Any:
    host, port = str(address["HOST"]), int(address["PORT"] or 5432)
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)


def test_what_one_host_took_another_works_on_and_a_third_shows(site: Site, db: None) -> None:
    first, second = site.webs
    path = site.bring(first, "2024-10-07")
    _until(lambda: site.states() == [(DiaryImport.State.READY, 1)], "no worker checked what was brought")
    status, page = site.page(second, path)
    assert status == 200 and "dziennik.csv" in page


def test_this_machine_has_no_part_in_their_network(site: Site) -> None:
    """Nor do its addresses change: browsers of the tests beside would break off what they load."""
    assert hosts.SERVERS not in Path("/proc/net/fib_trie").read_text(encoding="utf-8")
    with hosts.joined():
        assert hosts.SERVERS in Path("/proc/thread-self/net/fib_trie").read_text(encoding="utf-8")


def test_many_brought_at_both_hosts_are_each_checked_once(site: Site, db: None) -> None:
    before = len(site.states())
    for at in range(6):
        site.bring(site.webs[at % 2], f"2024-10-{8 + at:02d}")
    _until(
        lambda: len(site.states()) == before + 6 and {state for state, _rows in site.states()} == CHECKED,
        "not all were checked",
    )
    assert {rows for _state, rows in site.states()} == {1}


def test_a_host_that_is_cut_off_or_killed_leaves_the_others_at_work(site: Site, db: None) -> None:
    first, second = site.webs
    before = len(site.states())
    first.host.cut()
    site.workers[0].kill()
    path = site.bring(second, "2024-10-21")
    _until(
        lambda: len(site.states()) == before + 1 and {one for one, _ in site.states()} == CHECKED,
        "not checked",
    )
    assert site.page(second, path)[0] == 200
    first.host.join()
    _until(lambda: first.says("/health/ready/") == 200, "the host did not come back")
    assert site.page(first, path)[0] == 200, "the session is known there too"


def test_a_database_that_no_host_reaches_is_told_by_each_until_it_is_back(site: Site, db: None) -> None:
    site.database.shut()
    for web in site.webs:
        assert (web.says("/health/live/"), web.says("/health/ready/")) == (200, 503)
        status, page = site.page(web, site.world.url("import/"))
        assert status == 503 and "przez chwilę niedostępny" in page
    site.database.reopen()
    for web in site.webs:
        _until(lambda web=web: web.says("/health/ready/") == 200, "the host did not come back")  # type: ignore[misc]
        assert site.page(web, site.world.url("import/"))[0] == 200
