"""PDF and XLSX of a contract's month: who gets them, what they say, and the same bytes for the same data."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from audit.models import Entry, Reading
from contracting.commissioning.models import Service
from kernel.tenancy import tenant_scope
from reporting.compliance import actions
from reporting.compliance.models import ContractMonth
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)

SignIn = Callable[..., Client]
KINDS = ["pdf", "xlsx"]


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    return build_world(alfa)


def _address(world: ClosingWorld, kind: str, month: str = "2026-10") -> str:
    return f"/alfa/month/{world.contract.pk}/{month}/{kind}/"


def _content(client: Client, world: ClosingWorld, kind: str) -> bytes:
    answer = client.get(_address(world, kind))
    assert answer.status_code == 200
    return bytes(answer.content)


def _text(content: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.split())


def _sheets(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def _cells(content: bytes) -> str:
    return " ".join(
        str(cell.value) for sheet in _sheets(content) for row in sheet for cell in row if cell.value
    )


def _accept(world: ClosingWorld) -> ContractMonth:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        actions.justify_deviations(
            world.contract,
            OCTOBER,
            points=[("H1", world.one("H1").subject)],
            reason="other",
            note="@pilna wizyta",
            actor=DIRECTOR,
        )
        return actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.DIRECTOR, 200),
        (Role.COORDINATOR, 200),
        (Role.SOCIAL_WORKER, 200),
        (Role.INSPECTOR, 200),
        (Role.ACCOUNTANT, 200),
        (Role.NGO_MANAGER, 200),
        (Role.NGO_COORDINATOR, 200),
        (Role.WORKER, 403),
        (Role.BENEFITS_WORKER, 403),
        (Role.COMMITTEE_MEMBER, 403),
    ],
)
def test_who_gets_the_file(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, kind: str, role: Role, status: int
) -> None:
    own = world.organisation if role in (Role.NGO_MANAGER, Role.NGO_COORDINATOR, Role.WORKER) else None
    assert sign_in(role, alfa, own).get(_address(world, kind)).status_code == status


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_learns_that_it_exists(
    alfa: Tenant, beta: Tenant, world: ClosingWorld, sign_in: SignIn, client: Client, kind: str
) -> None:
    with tenant_scope(alfa):
        other = ContractFactory()
    assert client.get(_address(world, kind)).status_code == 302
    assert sign_in(Role.NGO_MANAGER, alfa, other.organisation).get(_address(world, kind)).status_code == 404
    assert sign_in(Role.DIRECTOR, beta).get(_address(world, kind)).status_code == 404
    stranger = sign_in(Role.DIRECTOR, beta)
    assert stranger.get(_address(world, kind).replace("/alfa/", "/beta/")).status_code == 404
    assert sign_in(Role.DIRECTOR, alfa).get(_address(world, kind, "2026-13")).status_code == 404
    with tenant_scope(alfa):
        assert not Reading.objects.exists()
        assert not Entry.objects.exists()


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_pdf_is_tagged_and_says_its_language_and_title(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, language: str
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    client.cookies["django_language"] = language
    reader = PdfReader(io.BytesIO(_content(client, world, "pdf")))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or bool(root["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith(language)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    title = {
        "pl": "Porównanie usług przyznanych i wykonanych",
        "en": "Comparison of granted and delivered care",
    }
    assert title[language] in str((reader.metadata or {}).get("/Title"))


def test_before_its_end_a_month_is_told_as_far_as_it_went(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    assert "D4 ×3" in _cells(_content(client, world, "xlsx"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 10, 20, 9, tzinfo=UTC))
    cells, paper = _cells(_content(client, world, "xlsx")), _text(_content(client, world, "pdf"))
    assert "D4 ×2" in cells
    assert "D4 ×3" not in cells
    for said in (cells, paper):
        assert "stan na 20.10.2026" in said


def test_the_pdf_says_what_the_month_says(alfa: Tenant, world: ClosingWorld, sign_in: SignIn) -> None:
    text = _text(_content(sign_in(Role.DIRECTOR, alfa), world, "pdf"))
    for expected in (
        "Ośrodek Pomocy Społecznej w Alfie",
        world.contract.number,
        str(world.organisation),
        "październik 2026",
        "otwarty",
        "4:00",
        "5:30",
        "137,5",
        f"{world.over.number} =Łącka Helena 2:00 3:30 175,0",
        "D4 ×3",
        "H1 ponad decyzję, do wyjaśnienia",
        "bez wyjaśnienia",
        "strona 1 z 1",
        "za wykonawcę",
    ):
        assert expected in text, expected
    with tenant_scope(alfa):
        reading = Reading.objects.get()
        assert reading.page == "month_pdf"
        assert reading.subject_count == 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_give_the_same_bytes(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, kind: str
) -> None:
    first = _content(sign_in(Role.DIRECTOR, alfa), world, kind)
    assert _content(sign_in(Role.COORDINATOR, alfa), world, kind) == first
    with tenant_scope(alfa):
        visit(world.clean, world.worker, date(2026, 10, 8), "08:00", 30)
    assert _content(sign_in(Role.DIRECTOR, alfa), world, kind) != first


def test_names_of_persons_stay_out_for_those_who_may_not_read_them(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn
) -> None:
    accountant = sign_in(Role.ACCOUNTANT, alfa)
    text = _text(_content(accountant, world, "pdf"))
    assert "Łącka" not in text
    assert f"{world.over.number} 2:00 3:30" in text
    sheet = _sheets(_content(accountant, world, "xlsx"))["Decyzje"]
    assert [cell.value for cell in sheet[1]][1] == "przyznano, h"
    with tenant_scope(alfa):
        assert not Reading.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_another_organisations_worker_is_not_told(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, kind: str
) -> None:
    with tenant_scope(alfa):
        other = ContractFactory()
        service = Service.objects.create(code="cleaning", name="Sprzątanie")
        decision = DecisionFactory(contract=other, service=service, person=world.clean.person)
        worker = WorkerFactory(organisation=other.organisation, code="OBCY01")
        visit(decision, worker, date(2026, 10, 1), "08:30", 60)
    told = {}
    for role, own in ((Role.DIRECTOR, None), (Role.NGO_MANAGER, world.organisation)):
        content = _content(sign_in(role, alfa, own), world, kind)
        told[role] = _text(content) if kind == "pdf" else _cells(content)
        assert "nakładające się wizyty u osoby" in told[role]
    assert "OBCY01" in told[Role.DIRECTOR]
    assert "OBCY01" not in told[Role.NGO_MANAGER]
    assert "z wizytą innej organizacji" in told[Role.NGO_MANAGER]


def test_an_accepted_month_is_printed_as_it_was_accepted(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn
) -> None:
    row = _accept(world)
    client = sign_in(Role.DIRECTOR, alfa)
    before = _text(_content(client, world, "pdf"))
    assert row.snapshot_sha256 in before.replace(" ", "")
    assert "przyjęty" in before
    assert "uzasadnione: inny, opisany w uwadze · @pilna wizyta · Dorota Dyrektor" in before
    with tenant_scope(alfa):
        world.over.minutes = 6_000
        world.over.save(update_fields=["minutes"])
    assert _text(_content(client, world, "pdf")) == before


def test_the_workbook_holds_numbers_dates_and_durations(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn
) -> None:
    _accept(world)
    book = _sheets(_content(sign_in(Role.DIRECTOR, alfa), world, "xlsx"))
    assert book.sheetnames == ["Decyzje", "Odchylenia", "Wizyty", "O miesiącu"]
    decisions, deviations, visits, about = (book[name] for name in book.sheetnames)
    assert [cell.value for cell in decisions[1]] == [
        "Decyzja",
        "Osoba",
        "przyznano, h",
        "wykonano, h",
        "wykonanie, %",
        "Odchylenia",
    ]
    assert [cell.value for cell in decisions[3]] == [
        world.over.number,
        "'=Łącka Helena",
        timedelta(hours=2),
        timedelta(hours=3, minutes=30),
        175,
        "D4 ×3, H1",
    ]
    assert decisions["C3"].number_format == "[h]:mm"
    assert decisions.freeze_panes == "B2"
    assert decisions.auto_filter.ref == "A1:F3"
    missed = [cell.value for cell in deviations[2]]
    assert missed[:2] == [world.over.number, "D4"]
    assert missed[4].date() == date(2026, 10, 12)
    over = [cell.value for cell in deviations[5]]
    assert (over[1], over[6]) == ("H1", timedelta(minutes=90))
    assert "@pilna wizyta" in over[7]
    assert visits["B2"].value.date() == date(2026, 10, 1)
    assert [cell.value for cell in visits[2] if cell.column != 2][:6] == [
        world.clean.number,
        time(8, 0),
        time(10, 0),
        timedelta(hours=2),
        world.worker.code,
        str(world.worker),
    ]
    assert visits.max_row == 3
    assert about["B1"].value == world.contract.number
    assert "przyjęty" in about["B5"].value


def test_more_than_a_day_of_hours_survives(alfa: Tenant, world: ClosingWorld, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        DecisionFactory(contract=world.contract, minutes=80 * 60 + 15)
    sheet = _sheets(_content(sign_in(Role.DIRECTOR, alfa), world, "xlsx"))["Decyzje"]
    assert sheet["C4"].value == timedelta(hours=80, minutes=15)


@pytest.mark.parametrize("kind", KINDS)
def test_queries_do_not_grow_with_persons(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, kind: str
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    _content(client, world, kind)
    counts = []
    for persons in (3, 47):
        with tenant_scope(alfa):
            for number in range(persons):
                decision = DecisionFactory(contract=world.contract)
                visit(decision, world.worker, date(2026, 10, 1 + number % 28), "08:00", 60)
        with CaptureQueriesContext(connection) as captured:
            _content(client, world, kind)
        counts.append(len(captured))
    assert counts[0] == counts[1]
