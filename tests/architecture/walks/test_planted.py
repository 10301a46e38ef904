"""The planted-marker walk: personal data in every field of every address, and none in logs, reports, metrics or tasks.

The world's stored rows carry planted values too (`planting.py`), so that what a page reads is searched for as well as what
is sent. Whoever is refused is asked for everything in `test_isolation.py`, and forms full of them are carried out in
`test_filled_forms.py`, both with the same values and under the same watch (`lines` of conftest.py).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
import sentry_sdk
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from lxml import html

from kernel import permissions
from kernel.tenancy import tenant_scope
from tests.architecture.addresses import OURS
from tests.architecture.asking import ROUTES, address_of
from tests.architecture.world import World
from tests.config import planted
from tests.config.receiver import Receiver

CODE = "c" * 32
_PREFIX = settings.CACHES["default"]["KEY_PREFIX"]
PROGRAM = json.dumps(planted.program()["data"])


def _entrant(name: str, world: World) -> Client:
    """One who may enter."""
    door = OURS[name].door
    roles = permissions.known().get(str(door and door.permission), frozenset())
    people = {**world.members, "regional_analyst": world.analyst, "platform_operator": world.operator}
    return next((client for role, client in people.items() if role in roles), world.nobody)


def _fields(page: Any) -> set[str]:
    """Names of everything that can be filled in on a page."""
    if page.streaming or not page.headers.get("Content-Type", "").startswith("text/html"):
        return set()
    controls = html.document_fromstring(page.content.decode() or "<p>").iter("input", "select", "textarea")
    return {control.get("name") for control in controls if control.get("name")}


@pytest.mark.parametrize("name", ROUTES)
def test_no_address_logs_what_is_sent_or_shown(name: str, world: World, lines: list[str]) -> None:
    """Asked by one who may enter: as a page, with its form filled in, and as a program. Refusals: test_isolation.py."""
    address, entrant = address_of(name, world.own), _entrant(name, world)
    fields = _fields(entrant.get(address, planted.QUERY, headers=planted.HEADERS))
    assert_told(lines, name, world.own.tenant.schema_name)
    for body in (planted.form(fields), planted.program(fields)):
        with transaction.atomic():
            # The refusal as JSON: the same without the drawing of the page again.
            headers = {**planted.HEADERS, "accept": "application/json"}
            answer = entrant.post(f"{address}?q={planted.PESEL}", headers=headers, **body)
            transaction.set_rollback(True)
        assert answer.status_code < 500


def test_nothing_of_a_person_lies_in_the_cache(world: World) -> None:
    """Every page that shows personal data is read by one who may; then all of the cache is."""
    shown = 0
    for name in ROUTES:
        door = OURS[name].door
        if OURS[name].is_inside_a_tenant and permissions.shows_personal_data([str(door and door.permission)]):
            page = _entrant(name, world).get(address_of(name, world.own))
            shown += not page.streaming and planted.SURNAME_OF_PERSON in page.content.decode(
                "utf-8", "replace"
            )
    assert shown > 5, "pages show her"
    cache.set("walk", "was here", 60)
    with _cache() as server:
        held = [(key, _text(server, key)) for key in server.scan_iter(match=f"{_PREFIX}:*")]
    assert [key for key, text in held if key.endswith(b":walk") and "was here" in text], "this is the cache"
    assert [(key, found) for key, text in held if (found := planted.found_in(text))] == []


def test_whatever_kind_lies_in_the_cache_would_be_found() -> None:
    word = planted.PESEL
    with _cache() as server:
        probes = {kind: f"{_PREFIX}:probe:{kind}" for kind in ("string", "list", "set", "zset", "hash")}
        try:
            server.set(probes["string"], word)
            server.rpush(probes["list"], "", word)
            server.sadd(probes["set"], word)
            server.zadd(probes["zset"], {word: 1})
            server.hset(probes["hash"], mapping={"field": word})
            found = [planted.found_in(_text(server, key.encode())) for key in probes.values()]
        finally:
            server.delete(*probes.values())
    assert found == [["PESEL"]] * len(probes)


@contextmanager
def _cache() -> Iterator[Any]:
    """Redis itself, behind the cache: what another layer wrote there is read, too."""
    with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]) as server:
        yield server


def _text(server: Any, key: bytes) -> str:
    return b"\n".join((key, *_content(server, key))).decode("utf-8", "backslashreplace")


def _content(server: Any, key: bytes) -> list[bytes]:
    """All that lies under a key; it may have ended since it was listed."""
    kind = server.type(key).decode()
    if kind == "hash":
        return [part for pair in server.hgetall(key).items() for part in pair]
    read = {
        "string": lambda: [server.get(key) or b""],
        "list": lambda: server.lrange(key, 0, -1),
        "set": lambda: list(server.smembers(key)),
        "zset": lambda: server.zrange(key, 0, -1),
        "none": list,
    }
    assert kind in read, f"nobody knows how to read {key!r}, which is of the kind {kind}"
    return list(read[kind]())


def assert_told(lines: list[str], name: str, tenant: str) -> None:
    """The request of an entrant stands in the log, with its ids."""
    told = [line for line in map(json.loads, lines) if line["event"] == "request_finished"]
    assert told and set(told[-1]) >= {"request_id", "code", "request", "duration_ms", "level", "timestamp"}
    door = OURS[name].door
    if door and door.kind == "tenant":
        assert (told[-1]["tenant"], len(told[-1]["user_id"])) == (tenant, 36)


class Failing:
    """The last middleware: it reads the whole request, and fails quoting all of it."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_given: Any) -> None:
        form, files = request.POST.dict(), {name: file.name for name, file in request.FILES.items()}
        query, person = request.GET.dict(), planted.sentence()
        raise ValueError(person, form, files, query, dict(request.headers))


def test_a_failure_anywhere_reports_no_personal_data(
    world: World, reports: Receiver, lines: list[str], settings: Any
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Failing"]
    serve, factory, before = (
        get_wsgi_application(),
        RequestFactory(headers={**planted.HEADERS, "x-csrftoken": CODE}),
        len(reports.reports),
    )
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    for place, name in enumerate(ROUTES):
        factory.cookies = _entrant(name, world).cookies
        factory.cookies["draft"] = f"{planted.PESEL}-{planted.EMAIL}"
        factory.cookies["csrftoken"] = CODE
        body = planted.form() if place % 2 else {**planted.program(), "data": PROGRAM}
        request = factory.post(
            f"{address_of(name, world.own)}?q={planted.PESEL}", query_params=planted.QUERY, **body
        )
        told: list[str] = []
        with transaction.atomic():
            serve(request.environ, lambda status, _headers, told=told: told.append(status)).close()
            transaction.set_rollback(True)
        assert told == ["500 Internal Server Error"], name
        if place % 50 == 0:
            sentry_sdk.flush(10)
    sentry_sdk.flush(10)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)
    assert len(reports.reports) - before == len(ROUTES), "one report for each address"
    assert planted.found_in(reports.text) == []
    tenants = [text for text in reports.reports[before:] if world.own.tenant.schema_name in text]
    assert len(tenants) >= len([name for name in ROUTES if OURS[name].is_inside_a_tenant])


def test_no_task_tells_what_it_was_given(world: World, reports: Receiver, lines: list[str]) -> None:
    """Every task with a person where its id should be: most fail, quoting what they cannot read."""
    ours = [task for name, task in current_app.tasks.items() if not name.startswith(("celery.", "tests."))]
    before = len(reports.reports)
    for task in ours:
        with tenant_scope(world.own.tenant), transaction.atomic():
            task.apply(args=[planted.sentence()])
            transaction.set_rollback(True)
    sentry_sdk.flush(10)
    assert len(reports.reports) > before
    assert planted.found_in(reports.text) == []
    done = [line for line in map(json.loads, lines) if line["event"] in ("task_failed", "task_succeeded")]
    assert len(done) == len(ours)
    assert all(
        line["tenant"] == world.own.tenant.schema_name and line["task_id"] and line["task"] for line in done
    )
