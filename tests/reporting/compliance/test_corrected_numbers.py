"""Numbers of decisions corrected, and used anew, after a month was accepted: figures and names stay whose they were."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from pypdf import PdfReader

from audit.models import Reading
from contracting.contracts.models import Contract
from kernel.tenancy import tenant_scope
from reporting.care.actions import DecisionEntry, correct_decision
from reporting.care.models import Decision
from reporting.compliance import actions
from reporting.compliance.hooks import approval_changed
from reporting.compliance.models import ContractMonth
from reporting.compliance.snapshots import digest_of
from reporting.statistics.models import FactsBatch
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory, ServiceFactory, visit
from tests.factories.facts import told_of_care
from tests.factories.people import partner
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)

SignIn = Callable[..., Client]
CORRECTED = "D/POPRAWIONY/2026"


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    return build_world(alfa)


def _accept(world: ClosingWorld) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        points = [(one.code, one.subject) for one in world.answered() if one.is_must]
        actions.justify_deviations(
            world.contract, OCTOBER, points=points, reason="urgent", together=True, actor=DIRECTOR
        )
        actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)


def _correct(decision: Decision, *, number: str | None = None, contract: Contract | None = None) -> None:
    entry = DecisionEntry(
        number=number or decision.number,
        contract=contract or decision.contract,
        issued_on=decision.issued_on,
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        amount_per=decision.amount_per,
        minutes=decision.minutes,
        activities=tuple(decision.activities),
    )
    correct_decision(decision, entry, reason="typing", actor=DIRECTOR)


def _use_anew(world: ClosingWorld, number: str, **fields: Any) -> Decision:
    """Another organisation's decision, for another service, gets the number."""
    stranger = partner(world.tenant)
    with tenant_scope(world.tenant):
        service = ServiceFactory(code="therapy", name="Terapia")
        contract = ContractFactory(organisation=stranger, service=service)
        made: Decision = DecisionFactory(contract=contract, number=number, **fields)
    return made


def _region(tenant: Tenant) -> list[tuple[int, int, int] | None]:
    return [told_of_care(tenant, OCTOBER.first, service) for service in ("*", "care")]


def _texts(client: Client, world: ClosingWorld) -> dict[str, str]:
    """All that the two files of the month say."""
    address = f"/alfa/month/{world.contract.pk}/2026-10/"
    pdf, book = (client.get(f"{address}{kind}/") for kind in ("pdf", "xlsx"))
    assert (pdf.status_code, book.status_code) == (200, 200)
    pages = PdfReader(io.BytesIO(pdf.content)).pages
    sheets = openpyxl.load_workbook(io.BytesIO(book.content))
    cells = (str(cell.value) for sheet in sheets for row in sheet for cell in row)
    return {
        "pdf": " ".join(" ".join(page.extract_text() for page in pages).split()),
        "xlsx": " ".join(cells),
    }


def test_the_figures_of_the_region_stay_when_a_number_is_corrected(world: ClosingWorld) -> None:
    _accept(world)
    told = _region(world.tenant)
    assert told == [(2, 240, 330)] * 2
    with tenant_scope(world.tenant):
        _correct(world.over, number=CORRECTED)
        approval_changed.fire(month=OCTOBER.first, actor=DIRECTOR)
    # The same figures are told once.
    assert FactsBatch.objects.filter(tenant=world.tenant).count() == 1
    assert _region(world.tenant) == told


def test_the_region_counts_the_person_of_then_where_the_number_is_used_anew(world: ClosingWorld) -> None:
    _accept(world)
    told = _region(world.tenant)
    old = world.over.number
    with tenant_scope(world.tenant):
        _correct(world.over, number=CORRECTED)
    # Were the number asked, one person would be left, and a service that nobody accepted would have figures.
    _use_anew(world, old, person=world.clean.person)
    with tenant_scope(world.tenant):
        approval_changed.fire(month=OCTOBER.first, actor=DIRECTOR)
    assert _region(world.tenant) == told


def test_the_list_of_months_counts_the_persons_of_then(world: ClosingWorld, sign_in: SignIn) -> None:
    _accept(world)
    old = world.over.number
    with tenant_scope(world.tenant):
        _correct(world.over, number=CORRECTED)
    _use_anew(world, old, person=world.clean.person)
    page = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation).get(
        "/alfa/month/months/?month=2026-10"
    )
    assert page.context["table"].persons == 2
    [row] = page.context["table"].rows
    assert row.persons == {str(world.clean.person_id), str(world.over.person_id)}


@pytest.mark.parametrize("role", [Role.NGO_COORDINATOR, Role.DIRECTOR])
def test_files_of_the_month_never_name_who_got_the_number_later(
    world: ClosingWorld, sign_in: SignIn, role: Role
) -> None:
    _accept(world)
    client = sign_in(role, world.tenant, None if role == Role.DIRECTOR else world.organisation)
    before = _texts(client, world)
    old = world.over.number
    with tenant_scope(world.tenant):
        _correct(world.over, number=CORRECTED)
        person = PersonFactory(surname="Obcowska")
    _use_anew(world, old, person=person)
    after = _texts(client, world)
    for kind in ("pdf", "xlsx"):
        assert "Obcowska" not in after[kind]
        assert "Łącka" in after[kind]
        # Diary and decisions are printed under the numbers that were accepted.
        assert CORRECTED not in after[kind]
        assert after[kind] == before[kind]
    with tenant_scope(world.tenant):
        read = list(
            Reading.objects.filter(page__in=["month_pdf", "month_xlsx"]).values_list("subject_ids", flat=True)
        )
    assert len(read) == 4
    assert all(set(ids) == {str(world.clean.person_id), str(world.over.person_id)} for ids in read)


def test_a_person_entrusted_to_another_organisation_since_is_no_longer_named(
    world: ClosingWorld, sign_in: SignIn
) -> None:
    stranger = partner(world.tenant)
    with tenant_scope(world.tenant):
        moving = DecisionFactory(contract=world.contract, person=PersonFactory(surname="Przeniesiona"))
        other = ContractFactory(organisation=stranger)
    _accept(world)
    told = _region(world.tenant)
    coordinator = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    assert all("Przeniesiona" in text for text in _texts(coordinator, world).values())
    with tenant_scope(world.tenant):
        _correct(moving, contract=other)
    for text in _texts(coordinator, world).values():
        assert "Przeniesiona" not in text
        assert moving.number in text
    director = sign_in(Role.DIRECTOR, world.tenant)
    assert all("Przeniesiona" in text for text in _texts(director, world).values())

    # Accepted under the other contract too, the decision still counts once.
    with tenant_scope(world.tenant):
        world.contract = other
    _accept(world)
    assert _region(world.tenant) == told


def test_the_snapshot_says_what_its_numbers_mean_and_the_hash_covers_it(world: ClosingWorld) -> None:
    _accept(world)
    with tenant_scope(world.tenant):
        row = ContractMonth.objects.get()
    assert row.snapshot["identities"] == [
        {"number": one.number, "decision": str(one.pk), "person": str(one.person_id)}
        for one in (world.clean, world.over)
    ]
    # What the command prints of a decision is frozen as it prints it.
    assert {key for line in row.snapshot["decisions"] for key in line} == {
        "number",
        "granted_minutes",
        "delivered_minutes",
        "fulfilment_percent",
        "deviations",
    }
    assert digest_of(row.snapshot) == row.snapshot_sha256
    assert digest_of({**row.snapshot, "identities": []}) != row.snapshot_sha256


def test_the_percentage_of_the_month_is_rounded_half_up(alfa: Tenant, sign_in: SignIn) -> None:
    world = build_world(alfa)
    with tenant_scope(alfa):
        world.contract = ContractFactory(organisation=world.organisation)
        decision = DecisionFactory(contract=world.contract, minutes=2000)
        visit(decision, world.worker, date(2026, 10, 12), "08:00", 720)
        visit(decision, world.worker, date(2026, 10, 13), "08:00", 720)
        visit(decision, world.worker, date(2026, 10, 14), "08:00", 285)
    text = _texts(sign_in(Role.DIRECTOR, alfa), world)["pdf"]
    # 1725 of 2000 minutes are 86.25 %: in the totals and in the row of the decision.
    assert text.count("86,3") == 2
    assert "86,2" not in text
