"""A verb held in the middle, and what is killed meanwhile: PostgreSQL, web, Redis."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
import redis
from django.conf import settings as django_settings
from django.db import InterfaceError, OperationalError, connections
from django.test import Client

from config.celery import app
from kernel.access import Actor
from kernel.embedded.redis import EmbeddedRedis
from kernel.ids import new_id
from reporting.delivery import tasks
from tests.copies import address_of_database
from tests.documents.s3_server import free_port, s3_server
from tests.own_server import OwnServer, own_server
from tests.queueing import remember_queued
from tests.racing import committing

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


def until(holds: Callable[[], bool], what: str) -> None:
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
        yield lambda: until(waits, "nobody came as far as the table")
    finally:
        # Closing lets go of the table; after a kill there is nothing left to let go of.
        holder.close()
        asking.close()


def waiting(own: OwnServer) -> int:
    with psycopg.connect(own.address, autocommit=True) as server:
        found = server.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted").fetchone()
        return int(found[0]) if found else 0


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
    own: OwnServer,
    schema: str,
    verb: Callable[[], Any],
    table: str = "audit_entry",
    look: Callable[[], Any] | None = None,
) -> tuple[Doing, Any]:
    """The verb, during which PostgreSQL was killed and started again, and what `look` gave while it was away."""
    with held(own, schema, table) as wait:
        doing = Doing(verb)
        wait()
        own.kill()
        doing.ended()
    connections.close_all()
    seen = look() if look else None
    connections.close_all()
    own.start()
    return doing, seen


URLENCODED = "application/x-www-form-urlencoded"
# Fields, or what a body is of and the body.
Form = dict[str, str] | tuple[str, bytes]


@dataclass
class Web:
    """gunicorn with its workers, as production runs it, and a person signed in there."""

    port: int
    environment: dict[str, str]
    # Where it is asked: at its own door, unless a proxy stands before it.
    place: tuple[str, int]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["-m", "gunicorn", "config.wsgi:application", "-c", "infra/gunicorn.conf.py"]
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=django_settings.ROOT, env=self.environment, start_new_session=True
        )
        until(self.answers, "gunicorn did not start")

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
        self, method: str, path: str, cookies: dict[str, str], form: Form | None = None
    ) -> tuple[int, str]:
        """Status, and where the answer leads or what it says."""
        site = self.sent(method, path, cookies, form)
        try:
            answer = site.getresponse()
            return answer.status, answer.getheader("Location") or answer.read().decode()
        finally:
            site.close()

    def sent(
        self, method: str, path: str, cookies: dict[str, str], form: Form | None = None
    ) -> HTTPConnection:
        """The way to the site after the whole request, of whose answer nothing was read yet."""
        site = HTTPConnection(*self.place, timeout=SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        body = None
        if form is not None:
            kind, body = form if isinstance(form, tuple) else (URLENCODED, urlencode(form).encode())
            headers |= {
                "Content-Type": kind,
                "Referer": f"http://{self.place[0]}:{self.place[1]}/",
                "X-CSRFToken": cookies.get(django_settings.CSRF_COOKIE_NAME, ""),
            }
        site.request(method, path, body, headers)
        return site


@pytest.fixture
def web(own: OwnServer) -> Iterator[Web]:
    port = free_port()
    places = (django_settings.ROOT, django_settings.ROOT / "platform")
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": address_of_database(),
        "PYTHONPATH": os.pathsep.join(map(str, places)), "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2",
    }  # fmt: skip
    served = Web(port, environment, ("127.0.0.1", port))
    served.start()
    yield served
    if served.process and served.process.poll() is None:
        served.kill()


def cookies_of(client: Client) -> dict[str, str]:
    name = django_settings.SESSION_COOKIE_NAME
    return {name: client.cookies[name].value, django_settings.CSRF_COOKIE_NAME: "a" * 32}


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
