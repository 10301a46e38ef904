"""Calling the persons of a provider that fails: their contacts on the pack, who was reached, who was not yet."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import Entry, Reading
from kernel.tenancy import tenant_scope
from reporting.care.contacts import Contact
from reporting.continuity.models import RadarSettings, ReachNote
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory
from tests.reporting.continuity.test_moving import PAGE, MovingWorld, SignIn, _text, _today, world

__all__ = ["_today", "world"]
CONTACT = Contact("ul. Polna 4", "+48270000101", "Anna Lis", "córka", "+48270000102", "=Klucz u sąsiadki")
REMARK = "Syn wozi obiady do piątku"


def _pack(world: MovingWorld) -> str:
    return f"{PAGE}contracts/{world.source.pk}/"


def _form(world: MovingWorld, place: int, contract: Any = None) -> str:
    contract = contract or world.source
    return f"{PAGE}contracts/{contract.pk}/persons/{world.decisions[place].person_id}/reach/"


def _reachable(world: MovingWorld) -> None:
    with tenant_scope(world.tenant):
        for decision in world.decisions[:2]:
            decision.person.write_contact(CONTACT)
            decision.person.save()


def test_the_pack_tells_whom_to_call_on_the_page_and_in_both_files(
    world: MovingWorld, sign_in: SignIn
) -> None:
    _reachable(world)
    client = sign_in("coordinator", world.tenant)
    page = _text(client.get(_pack(world)))
    for told in (
        "ul. Polna 4",
        'href="tel:+48270000101"',
        "Anna Lis (córka)",
        "270 000 102",
        "=Klucz u sąsiadki",
    ):
        assert page.count(told) == 2
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{_pack(world)}xlsx/").content))
    head, *rows = book.get_sheet_by_index(0).to_python()
    first = head.index("Adres")
    told_rows = [row[first : first + 5] for row in rows if row[first]]
    assert [row[:4] for row in told_rows] == [
        ["ul. Polna 4", "270 000 101", "Anna Lis (córka)", "270 000 102"]
    ] * 2
    assert all("Klucz u sąsiadki" in str(row[4]) for row in told_rows)
    assert client.get(f"{_pack(world)}pdf/").content.startswith(b"%PDF")
    with tenant_scope(world.tenant):
        persons = sorted(str(one.person_id) for one in world.decisions)
        for reading in Reading.objects.filter(page__startswith="continuity.pack"):
            assert sorted(reading.subject_ids) == persons
        assert Reading.objects.filter(page__startswith="continuity.pack").count() == 3


@pytest.mark.parametrize("role", ["director", "coordinator", "social_worker"])
def test_the_latest_attempt_counts_and_the_remark_is_told_to_nobody_else(
    world: MovingWorld, sign_in: SignIn, role: str, caplog: Any
) -> None:
    _reachable(world)
    client = sign_in(role, world.tenant)
    calls = client.get(_pack(world)).context["pack"].calls
    assert (calls.reached, calls.needs_help, calls.not_reached, calls.untried, calls.missing) == (
        0,
        0,
        0,
        4,
        4,
    )
    assert "ul. Polna 4" in _text(client.get(_form(world, 0)))
    for place, outcome, remark in (
        (0, "not_reached", ""),
        (0, "reached", ""),
        (1, "reached", ""),
        (1, "needs_help", REMARK),
        (2, "not_reached", ""),
    ):
        sent = client.post(_form(world, place), {"outcome": outcome, "remark": remark})
        assert (sent.status_code, sent.url) == (302, _pack(world))
    answer = client.get(_pack(world))
    calls = answer.context["pack"].calls
    assert (calls.reached, calls.needs_help, calls.not_reached, calls.untried, calls.missing) == (
        1,
        1,
        1,
        1,
        2,
    )
    assert REMARK in _text(answer) and "potrzebuje innej pomocy" in _text(answer)
    assert "Dotychczasowe próby" in _text(client.get(_form(world, 1)))
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{_pack(world)}xlsx/").content))
    assert REMARK in str(book.get_sheet_by_index(0).to_python())
    with tenant_scope(world.tenant):
        assert ReachNote.objects.count() == 5
        stored = ReachNote.objects.exclude(remark_encrypted=None).get()
        assert REMARK.encode() not in bytes(stored.remark_encrypted) and stored.made_by == client.user.pk
        entries = Entry.objects.filter(verb="note_reached")
        assert {entry.subject_id for entry in entries} == {str(one.person_id) for one in world.decisions[:3]}
        assert all(entry.payload.keys() == {"outcome", "contract"} for entry in entries)
    assert "Syn wozi" not in caplog.text


def test_an_old_attempt_is_shown_and_counts_no_longer(world: MovingWorld, sign_in: SignIn) -> None:
    client = sign_in("director", world.tenant)
    client.post(_form(world, 0), {"outcome": "reached"})
    with tenant_scope(world.tenant):
        ReachNote.objects.update(made_at=timezone.now() - timedelta(days=8))
    assert client.get(_pack(world)).context["pack"].calls.untried == 4
    assert "jest kontakt" in _text(client.get(_form(world, 0)))
    with tenant_scope(world.tenant):
        RadarSettings.objects.create(call_days=9)
    assert client.get(_pack(world)).context["pack"].calls.reached == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "gone"}, "outcome"),
        ({"outcome": "needs_help", "remark": " "}, "remark"),
        ({"outcome": "reached", "remark": "x" * 301}, "remark"),
    ],
)
def test_refusals_name_the_field_and_note_nothing(
    world: MovingWorld, sign_in: SignIn, sent: dict[str, str], field: str
) -> None:
    answer = sign_in("director", world.tenant).post(_form(world, 0), sent)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    with tenant_scope(world.tenant):
        assert not ReachNote.objects.exists() and not Entry.objects.filter(verb="note_reached").exists()


def test_from_the_pack_of_an_organisation_one_comes_back_to_it(world: MovingWorld, sign_in: SignIn) -> None:
    with tenant_scope(world.tenant):
        ContractFactory(organisation=world.failing, number="U/3/2026", service=world.source.service)
    client = sign_in("director", world.tenant)
    pack = f"{PAGE}organisations/{world.failing.pk}/"
    address = f"{_form(world, 0)}?back=organisation"
    assert address in _text(client.get(pack))
    assert client.post(address, {"outcome": "reached"}).url == pack


def test_whoever_may_not_call_and_whoever_is_not_there(
    world: MovingWorld, beta: Tenant, sign_in: SignIn
) -> None:
    inspector = sign_in("inspector", world.tenant)
    assert _form(world, 0) not in _text(inspector.get(_pack(world)))
    assert inspector.post(_form(world, 0), {"outcome": "reached"}).status_code == 403
    provider = sign_in("ngo_coordinator", world.tenant, world.failing)
    assert provider.post(_form(world, 0), {"outcome": "reached"}).status_code == 403
    client = sign_in("director", world.tenant)
    assert client.post(_form(world, 0, world.target), {"outcome": "reached"}).status_code == 404
    abroad = sign_in("director", beta)
    there = _form(world, 0).replace("/alfa/", "/beta/")
    assert abroad.post(there, {"outcome": "reached"}).status_code == 404
    with tenant_scope(world.tenant):
        assert not ReachNote.objects.exists()


def test_the_pack_asks_as_often_for_many_persons(world: MovingWorld, sign_in: SignIn) -> None:
    client = sign_in("director", world.tenant)
    client.get(_pack(world))
    counts = []
    for more in (0, 6):
        with tenant_scope(world.tenant):
            for _ in range(more):
                person = PersonFactory()
                person.write_contact(CONTACT)
                person.save()
                DecisionFactory(contract=world.source, person=person)
                ReachNote.objects.create(person=person, outcome="reached")
        with CaptureQueriesContext(connection) as asked:
            client.get(_pack(world))
        counts.append(len(asked))
    assert counts[0] == counts[1]
