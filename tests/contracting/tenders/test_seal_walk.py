"""Before the opening nothing of an offer is found anywhere, whoever looks; after it the same walk finds it.

An organisation writes and hands in offers through the site, every text and file of them holding a marker. Then every
address is asked as every role, and logs, tasks, cache, sessions, every column of every table and every stored file
are searched for the marker.
"""

import base64
import io
import json
import logging
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pypdf
import pytest
import redis
from celery.app.task import Task
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from contracting.tenders.actions import drafting, opening
from contracting.tenders.content import SECTIONS
from contracting.tenders.models import Call, Declaration, Lot, Offer, OpenedOffer, SealedOffer, Seat
from contracting.tenders.rules.figures import section_of
from kernel import logs
from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tenants.roles import Role
from tests.architecture.entries import read_table
from tests.architecture.world import World, build_world
from tests.contracting.tenders.offers_world import after_deadline, complete_content, published_call
from tests.factories.people import partner, signed_in_client
from tests.factories.tenders import make_committee

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MARKER = "ZNAKWODNY77"
# Found by a search for it, but not the marker itself, which a page may tell back to who typed it.
HALF = "ZNAKWOD"
TABLE = read_table()
CALLS = {"open_call", "opened_call", "draft_call", "sealed_call"}
OFFERS = {"judged_offer", "written_offer", "sealed_offer", "replacing_offer", "opened_offer"}
KEYS = {"file_key", "opened_file_key"}
# Who looks at pages that name something else than a call or an offer: one of the unit, one of another organisation.
_EYES = {"director", "ngo_coordinator", "member"}
_REFUSED = {403, 404}


def _forms() -> list[bytes]:
    """The marker as bytes that may stand in a text, a hexadecimal column or a base64 token, in any letter case."""
    found = [MARKER.lower().encode()]
    for text in (MARKER, MARKER.lower()):
        found.append(text.encode().hex().encode())
        for shift in range(3):
            token = base64.b64encode(b"x" * shift + text.encode())
            found.append(token[4:12].lower())
    return found


FORMS = _forms()


def has_marker(content: bytes) -> bool:
    low = content.lower()
    return any(form in low for form in FORMS)


def texts_in(content: bytes) -> bytes:
    """What a file says: of an office document its parts, of a PDF its text, else the bytes as they are."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return content + b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        try:
            pages = pypdf.PdfReader(io.BytesIO(content)).pages
            return content + "\n".join(page.extract_text() for page in pages).encode()
        except pypdf.errors.PyPdfError:
            return content
    return content


class Lines(logging.Handler):
    """Every log line as it would leave the product, and as it came in."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logs.make_formatter())
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@contextmanager
def listening() -> Iterator[tuple[list[str], list[str]]]:
    """Log lines and payloads of tasks while the block runs."""
    lines, tasks, real = Lines(), [], Task.apply_async

    def note(self: Any, *given: Any, **named: Any) -> Any:
        tasks.append(repr((self.name, given, named)))
        return real(self, *given, **named)

    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        with mock.patch.object(Task, "apply_async", note):
            yield lines.told, tasks
    finally:
        root.removeHandler(lines)
        root.setLevel(level)


def _post(client: Client, name: str, *arguments: Any, **given: Any) -> Any:
    answer = client.post(reverse(name, args=["alfa", *arguments]), **given)
    assert answer.status_code in {200, 302}, answer.content.decode()[:2000]
    return answer


def _draft_of(alfa: Tenant, pk: Any) -> dict[str, Any]:
    with tenant_scope(alfa):
        content = drafting.read_draft(Offer.objects.get(pk=pk))
    assert content is not None
    return content


def _write(alfa: Tenant, writer: Client, lot: Lot, content: dict[str, Any]) -> Offer:
    """Write a whole offer through the editor, its sections one by one, and a file."""
    organisation = writer.organisation.pk  # type: ignore[attr-defined]
    answer = _post(writer, "offers:start", lot.pk, data={"organisation": str(organisation)})
    pk = answer.url.rstrip("/").rsplit("/", 1)[-1]
    begun = _draft_of(alfa, pk)
    for key in SECTIONS:
        if key == "partners":
            continue
        body = {"base": section_of(begun, key), "value": section_of(content, key)}
        _post(writer, "offers:section", pk, key, data=json.dumps(body), content_type="application/json")
    pdf = SimpleUploadedFile(f"Statut {MARKER}.pdf", f"%PDF-1.7 {MARKER} %%EOF".encode())
    _post(writer, "offers:files", pk, data={"file": pdf, "purpose": ""})
    assert b"Statut" in writer.get(reverse("offers:files", args=["alfa", pk])).content
    with tenant_scope(alfa):
        return Offer.objects.get(pk=pk)


def _hand_in(manager: Client, offer: Offer) -> None:
    page = manager.get(reverse("offers:hand_in", args=["alfa", offer.pk]))
    given = {"version": page.context["version"], "code": page.context["code"]}
    answer = _post(manager, "offers:hand_in", offer.pk, data=given)
    assert manager.get(answer.url).context["row"].state == "current"


def _bidder(alfa: Tenant, role: str, organisation: Any) -> Client:
    client = signed_in_client(role, alfa, organisation)
    client.organisation = organisation  # type: ignore[attr-defined]
    return client


def _kwargs(name: str, world: World, planted: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """The arguments of a route: of the world, and with calls, offers and files exchanged for the planted ones."""
    entry = TABLE[name]
    plain = entry.kwargs(world.own)
    yield plain, False
    kinds = set(entry.arguments.values())
    if not kinds & (CALLS | OFFERS | KEYS):
        return
    # Routes of a call say the same whichever of its offers is meant.
    chosen = planted["offers"][:2] if kinds & OFFERS else planted["offers"][:1]
    for offer in chosen:
        changed = dict(plain)
        for argument, kind in entry.arguments.items():
            if kind in CALLS:
                changed[argument] = planted["call"].pk
            elif kind in OFFERS:
                changed[argument] = offer.pk
            elif kind in KEYS:
                changed[argument] = planted["keys"][offer.pk]
            elif kind == "open_lot":
                changed[argument] = offer.lot_id
        yield changed, True


def _told(client: Client, address: str, drawn: set[int]) -> Iterator[bytes]:
    """What the address tells the person, as a browser is told it; of refusals whose page was drawn once their words.

    Such pages differ in nothing else, and drawing them took a quarter of the walk.
    """
    answer: Any = client.get(address, headers={"accept": "application/json"})
    if answer.status_code in _REFUSED:
        yield answer.content
        if answer.status_code in drawn:
            return
        drawn.add(answer.status_code)
    if answer["Content-Type"] == "application/json":
        answer = client.get(address)
    yield texts_in(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def walk_pages(
    world: World, planted: dict[str, Any], people: dict[str, Client]
) -> Iterator[tuple[str, bytes]]:
    """Every address as everybody, also with a search for half of the marker."""
    drawn = defaultdict[str, set[int]](set)
    for name in TABLE:
        for kwargs, about_offers in _kwargs(name, world, planted):
            try:
                address = reverse(name, kwargs={"tenant_slug": "alfa", **kwargs})
            except NoReverseMatch:
                address = reverse(name, kwargs=kwargs)
            for who, client in people.items():
                if not about_offers and TABLE[name].arguments and who not in _EYES:
                    continue
                for told in _told(client, address, drawn[who]):
                    yield f"{name} as {who}", told
    for who, client in people.items():
        for name in (
            "care:search",
            "audit:entries",
            "calls:list",
            "board:list",
            "offers:list",
            "contracts:list",
        ):
            query = {"q": HALF, "text": HALF, "number": HALF, "subject": HALF}
            yield f"{name} with a search as {who}", client.get(reverse(name, args=["alfa"]), query).content


def walk_tables() -> Iterator[tuple[str, bytes]]:
    """Every row of every table of every schema, columns of bytes as hexadecimal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{schema}"."{table}" t')
            for (row,) in cursor.fetchall():
                yield f"table {schema}.{table}", row.encode()


def walk_rest() -> Iterator[tuple[str, bytes]]:
    """Stored files, sessions and the cache."""
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            yield f"file {path.name}", texts_in(path.read_bytes())
    for session in Session.objects.all():
        yield "session", repr(session.get_decoded()).encode()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}:*"):
            kind = client.type(key)
            yield f"cache {key!r}", client.get(key) or b"" if kind == b"string" else repr(kind).encode()


def found_in(places: Iterator[tuple[str, bytes]]) -> list[str]:
    return sorted({place for place, content in places if has_marker(content)})


def receipts_of(alfa: Tenant, call: Call) -> list[bytes]:
    """Number and hash of every handing in: from any of them one reads that an offer came."""
    with tenant_scope(alfa):
        rows = SealedOffer.objects.filter(offer__call=call).values_list("receipt", "sha256")
        return [fact.encode() for row in rows for fact in row]


def telling(receipts: list[bytes], places: Iterator[tuple[str, bytes]]) -> list[str]:
    return sorted({place for place, content in places if any(fact in content for fact in receipts)})


def _plant(alfa: Tenant) -> dict[str, Any]:
    """Offers at every stage before the opening: a draft, one handed in, one being replaced, one withdrawn."""
    with public_scope():
        organisation = partner(alfa, name="Fundacja Zimorodek")
    manager = _bidder(alfa, Role.NGO_MANAGER, organisation)
    writer = _bidder(alfa, Role.NGO_COORDINATOR, organisation)
    with tenant_scope(alfa):
        call = published_call(number="K/spacer/1", title="Konkurs do obejścia", lots=("600000.00",) * 4)
        content, lots = complete_content(call, MARKER), list(call.lots.order_by("position"))
    offers = [_write(alfa, writer, lot, content) for lot in lots]
    keys = {one.pk: _draft_of(alfa, one.pk)["files"][0]["key"] for one in offers}
    _draft, handed, replaced, withdrawn = offers
    for offer in (handed, replaced, withdrawn):
        _hand_in(manager, offer)
    _post(manager, "offers:begin_anew", replaced.pk)
    body = {"base": {"text": ""}, "value": {"text": f"po zmianie {MARKER}"}}
    _post(
        manager,
        "offers:section",
        replaced.pk,
        "other",
        data=json.dumps(body),
        content_type="application/json",
    )
    assert MARKER in _draft_of(alfa, replaced.pk)["other"]
    _post(manager, "offers:withdraw", withdrawn.pk)
    return {"call": call, "offers": offers, "keys": keys, "manager": manager, "writer": writer}


def _everybody(world: World) -> dict[str, Client]:
    """Everybody but the bidder's own people."""
    return {
        **{str(role): client for role, client in world.members.items()},
        "analyst": world.analyst,
        "operator": world.operator,
        "director elsewhere": world.stranger,
        "nobody": world.nobody,
        "signed out": Client(),
    }


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> Path:
    """A store of its own, so that every file in it is of this test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_there_is_no_admin() -> None:
    assert not apps.is_installed("django.contrib.admin")
    assert not [name for name in TABLE if "admin" in name]


def test_the_search_finds_the_marker_in_every_form() -> None:
    for text in (MARKER, MARKER.lower(), f"\\x{MARKER.encode().hex()}", json.dumps([MARKER])):
        assert has_marker(text.encode()), text
    for shift in range(3):
        assert has_marker(base64.b64encode(b"a" * shift + MARKER.encode() + b"zz"))
    assert not has_marker(HALF.encode())


def test_nothing_is_found_before_the_opening_and_everything_after(
    alfa: Tenant, beta: Tenant, stored: Path, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    settings.EMAIL_FILE_PATH = tmp_path_factory.mktemp("outbox")
    world = build_world(alfa, beta)
    with listening() as (lines, tasks):
        planted = _plant(alfa)
        people, receipts = _everybody(world), receipts_of(alfa, planted["call"])
        assert len(receipts) == 6
        # Twice asked for: the content in any form, and that anything was handed in at all.
        pages = list(walk_pages(world, planted, people))
        asked = len(pages)
        assert found_in(iter(pages)) == []
        assert telling(receipts, iter(pages)) == []
        assert asked > 1500
    assert len(lines) > asked, "every request leaves lines"
    assert [line for line in lines if has_marker(line.encode())] == []
    assert [task for task in tasks if has_marker(task.encode())] == []
    assert found_in(walk_tables()) == []
    assert found_in(walk_rest()) == []
    # The bidder's own people see what they write, so the walk looks where the offer is.
    own = {"writer": planted["writer"], "manager": planted["manager"]}
    pages = list(walk_pages(world, planted, own))
    assert "offers:list as manager" in telling(receipts, iter(pages))
    seen = found_in(iter(pages))
    assert {"offers:preview as writer", "offers:section as writer", "offers:draft_file as writer"} <= set(
        seen
    )

    _open(alfa, planted["call"], world)
    after = found_in(walk_pages(world, planted, {"member": world.members[Role.COMMITTEE_MEMBER]}))
    assert {"committee:offer as member", "offers:opened_file as member"} <= set(after)
    schema = alfa.schema_name
    assert f"table {schema}.{OpenedOffer._meta.db_table}" in found_in(walk_tables())
    assert found_in(walk_pages(world, planted, {"operator": world.operator, "nobody": world.nobody})) == []
    director = {"director": people["director"]}
    assert "audit:entries as director" in telling(receipts, walk_pages(world, planted, director))


def _open(alfa: Tenant, call: Call, world: World) -> None:
    people = [world.members[role].user for role in (Role.COMMITTEE_MEMBER, Role.COORDINATOR)]
    with tenant_scope(alfa):
        make_committee(call, *people)
        with after_deadline(call):
            for one in people:
                opening.confirm_opening(call, seat_user=one.pk, actor=Actor(one.pk, one.full_name))
        assert SealedOffer.objects.filter(offer__call=call, opened__isnull=False).count() == 2
        for seat in Seat.objects.filter(committee__call=call):
            for offer in Offer.objects.filter(call=call, opened__isnull=False):
                Declaration.objects.create(seat=seat, offer=offer, impartial=True)
