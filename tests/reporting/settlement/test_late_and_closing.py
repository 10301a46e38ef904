"""What comes after a month was accepted: visits that nobody had entered, and corrections after a contract's end."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from openpyxl import load_workbook

from audit.models import Entry
from contracting.commissioning.models import Service
from contracting.contracts.models import NamedStaff
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, Suspension
from reporting.compliance.models import ContractMonth
from reporting.settlement.actions import LateVisit, add_late_visit
from reporting.settlement.models import AcceptedLine, Adjustment, Settlement
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import DecisionFactory, WorkerFactory
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER
from tests.reporting.settlement.test_cap_over_months import accept_november
from tests.reporting.settlement.test_settlement_pages import address, change, page, post
from tests.reporting.settlement.world import SettledWorld, accepted_world

NOVEMBER = Month(2026, 11)


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


@pytest.fixture
def accountant(sign_in: Callable[..., Client], world: SettledWorld) -> Client:
    return sign_in(Role.ACCOUNTANT, world.tenant)


def late(world: SettledWorld, **changed: Any) -> dict[str, Any]:
    typed = {
        "decision": world.clean.pk, "worker": world.worker.pk, "date": "12.10.2026", "start": "9:00",
        "minutes": "1:30", "words": "Karta papierowa dotarła po przyjęciu", "carried_in": "2026-11",
        "justification": "Zgoda kierowniczki",
    }  # fmt: skip
    return {**typed, **changed}


def test_a_visit_that_nobody_had_entered_is_carried_by_a_later_month(
    world: SettledWorld, accountant: Client, sign_in: Callable[..., Client]
) -> None:
    where = address(world, "late/")
    with tenant_scope(world.tenant):
        before = world.month().snapshot_sha256
    assert (
        f"late/?decision={world.clean.pk}"
        in accountant.get(address(world, f"visits/{world.clean.pk}/")).content.decode()
    )
    post(accountant, where, late(world))
    visits = page(accountant, address(world, f"visits/{world.clean.pk}/"))
    assert "wizyta niewpisana w terminie: Karta papierowa" in visits
    assert "+1:30" in visits
    with tenant_scope(world.tenant):
        assert world.month().snapshot_sha256 == before
        made = Adjustment.objects.get()
        assert (made.minutes, made.line.minutes, made.line.is_late) == (90, 0, True)
        assert Entry.objects.filter(verb="add_late_visit").count() == 1
    # Withdrawn, and added again with another length.
    post(accountant, address(world, f"withdraw/{made.pk}/"), {"reason": "Pomyłka"})
    post(accountant, where, late(world, minutes="1:00"))
    with tenant_scope(world.tenant):
        assert AcceptedLine.objects.get().adjusted_minutes == 60
        with pytest.raises(IntegrityError), transaction.atomic():
            AcceptedLine.objects.update(minutes=60)
    for role, organisation in ((Role.NGO_MANAGER, world.organisation), (Role.INSPECTOR, None)):
        stranger = sign_in(role, world.tenant, organisation)
        assert stranger.post(where, late(world)).status_code == 403


def test_a_late_visit_says_what_was_done_and_what_is_not_granted_needs_a_reason(
    world: SettledWorld, accountant: Client
) -> None:
    """The rule of the diary (S1): nobody is refused, and somebody writes why it is paid all the same."""
    where = address(world, "late/")
    with tenant_scope(world.tenant):
        roomy = {"amount_per": "month", "minutes": 6000}
        Decision.objects.filter(pk=world.clean.pk).update(activities=["shopping"], **roomy)
    granted = late(world, activities=["shopping"], justification="")
    beyond = late(world, activities=["shopping", "hygiene"], justification="")
    assert "nie przyznaje: Higiena." in post(accountant, where, beyond, 422)
    said = accountant.post(where, beyond).content.decode()
    assert 'href="#id_justification"' in said
    assert said.count('name="activities"') == 3 and said.count("checked") >= 2
    post(accountant, where, late(world, activities=["flying"]), 422)
    with tenant_scope(world.tenant):
        assert not AcceptedLine.objects.exists()
    post(accountant, where, {**beyond, "justification": "Zgoda kierowniczki"})
    visits = page(accountant, address(world, f"visits/{world.clean.pk}/"))
    assert "Zakupy, Higiena" in visits or "Higiena, Zakupy" in visits
    with tenant_scope(world.tenant):
        made = Adjustment.objects.select_related("line").get()
        assert made.line.activities == ["hygiene", "shopping"] and made.words.endswith("Zgoda kierowniczki")
        assert Entry.objects.get(verb="add_late_visit").payload["justified"] == ["S1"]
    # Withdrawn, and added again with what is granted only: the line says so.
    post(accountant, address(world, f"withdraw/{made.pk}/"), {"reason": "Pomyłka"})
    post(accountant, where, granted)
    with tenant_scope(world.tenant):
        assert AcceptedLine.objects.get().activities == ["shopping"]


def test_an_activity_of_another_service_is_none_of_this_one(world: SettledWorld) -> None:
    with tenant_scope(world.tenant):
        asked = LateVisit(
            world.clean, world.worker, date(2026, 10, 12), time(9), 60, "w", NOVEMBER, activities=("flying",)
        )
        with pytest.raises(DomainError) as refused:
            add_late_visit(world.contract, OCTOBER, asked, actor=DIRECTOR)
        assert (refused.value.code, refused.value.problems[0].field) == ("unknown_activity", "activities")


def test_what_a_late_visit_may_not_be(world: SettledWorld, accountant: Client) -> None:
    where = address(world, "late/")
    with tenant_scope(world.tenant):
        Suspension.objects.create(
            decision=world.clean, first_day=date(2026, 10, 20), last_day=date(2026, 10, 25), reason="hospital"
        )
        other: Any = WorkerFactory(organisation=world.organisation)
        stranger: Any = DecisionFactory()
    for changed, said in (
        ({"date": "12.11.2026"}, "nie przypada w miesiącu 10.2026"),
        ({"date": "21.10.2026"}, "jest w dniu 21.10.2026 zawieszona"),
        # The visit of 1 October, 8:00 to 10:00, is of this person; that of 5 October, 10:00, of this worker.
        ({"date": "01.10.2026", "worker": other.pk}, "01.10.2026, godz. 08:00"),
        ({"date": "05.10.2026", "start": "13:00"}, "05.10.2026, godz. 10:00"),
        ({"decision": stranger.pk}, "nie ma na liście"),
        ({"minutes": "0:00"}, ""),
        ({"words": ""}, ""),
        ({"carried_in": "2026-10"}, ""),
        ({"date": "30.02.2026"}, ""),
    ):
        assert said in post(accountant, where, late(world, **changed), 422), changed
    post(accountant, where, late(world))
    assert "12.10.2026, godz. 09:00" in post(accountant, where, late(world, start="9:30"), 422)
    with tenant_scope(world.tenant):
        assert Adjustment.objects.count() == 1


def test_what_is_added_above_the_grant_or_by_whom_nobody_named_needs_a_reason(
    world: SettledWorld, accountant: Client
) -> None:
    where, fix = address(world, "late/"), address(world, f"correct/{world.long.pk}/")
    with tenant_scope(world.tenant):
        Service.objects.update(required_qualifications=["carer_course"])
        another: Any = WorkerFactory(organisation=world.organisation)
        NamedStaff.objects.create(contract=world.contract, worker=another)
    told = post(accountant, where, late(world, justification=" "), 422)
    # 120 minutes are granted, and 120 were accepted.
    for said in ("przyznaje w miesiącu 2 h", "3 h 30 min", "nie miał w dniu 12.10.2026", "nie wymienia"):
        assert said in told
    more = {
        "direction": "more", "minutes": "0:30", "reason": "longer", "words": "Dłużej", "carried_in": "2026-11"
    }  # fmt: skip
    assert "przyznaje w miesiącu 2 h" in post(accountant, fix, more, 422)
    with tenant_scope(world.tenant):
        assert not Adjustment.objects.exists()
    post(accountant, where, late(world))
    post(accountant, fix, {**more, "justification": "Nagła choroba"})
    with tenant_scope(world.tenant):
        words = list(Adjustment.objects.values_list("words", flat=True))
        assert words == ["Karta papierowa dotarła po przyjęciu Zgoda kierowniczki", "Dłużej Nagła choroba"]
        assert Entry.objects.get(verb="add_late_visit").payload["justified"] == ["H1", "W1", "W2"]
        assert Entry.objects.get(verb="add_adjustment").payload["justified"] == [
            "refused_before",
            "H1",
            "W1",
            "W2",
        ]


def test_a_late_visit_is_corrected_once_its_carrier_is_accepted(
    world: SettledWorld, accountant: Client
) -> None:
    post(accountant, address(world, "late/"), late(world))
    accept_november(world)
    with tenant_scope(world.tenant):
        made = Adjustment.objects.select_related("line").get()
    fix = f"correct/{made.line.visit_id}/"
    assert fix in accountant.get(address(world, f"visits/{world.clean.pk}/")).content.decode()
    typed = {
        "direction": "less", "minutes": "2:00", "reason": "shorter", "words": "Krócej", "carried_in": "2026-12"
    }  # fmt: skip
    assert "1 h 30 min" in page(accountant, address(world, fix))
    assert "1 h 30 min" in post(accountant, address(world, fix), typed, 422)
    post(accountant, address(world, fix), {**typed, "minutes": "1:30"})
    with tenant_scope(world.tenant):
        assert AcceptedLine.objects.get().adjusted_minutes == 0
    # Nothing is left of it to be corrected.
    assert accountant.get(address(world, fix)).status_code == 404


def test_a_late_visit_is_not_withdrawn_beneath_its_correction(
    world: SettledWorld, accountant: Client
) -> None:
    post(accountant, address(world, "late/"), late(world))
    with tenant_scope(world.tenant):
        made = Adjustment.objects.select_related("line").get()
    typed = {
        "direction": "less", "minutes": "0:30", "reason": "shorter", "words": "Krócej", "carried_in": "2026-11"
    }  # fmt: skip
    post(accountant, address(world, f"correct/{made.line.visit_id}/"), typed)
    told = post(accountant, address(world, f"withdraw/{made.pk}/"), {"reason": "Pomyłka"}, 422)
    assert "najpierw wycofaj tamte" in told
    with tenant_scope(world.tenant):
        assert AcceptedLine.objects.get().adjusted_minutes == 60


def closed(world: SettledWorld) -> None:
    """October was the contract's last month; those before it were settled without a word."""
    change(world, valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 31))


def test_a_correction_after_the_last_month_is_settled_by_itself(
    world: SettledWorld, accountant: Client, sign_in: Callable[..., Client]
) -> None:
    closed(world)
    closing = f"/alfa/settlement/{world.contract.pk}/2026-11/"
    assert "nie jest jeszcze przyjęty" in page(accountant, closing)
    where = address(world, f"correct/{world.long.pk}/")
    typed = {"direction": "less", "minutes": "0:30", "reason": "shorter", "words": "Krócej"}
    assert "listopad 2026" in page(accountant, where)
    post(accountant, where, typed | {"carried_in": "2026-12"}, 422)
    post(accountant, where, typed | {"carried_in": "2026-11"})
    told = page(accountant, closing)
    # 30 minutes at 41.50 zł, of a decision that has no month of its own there.
    assert "Do zwrotu przez organizację 20,75 zł" in told
    assert "zamyka umowę" in told
    assert world.over.number in told
    listed = page(accountant, "/alfa/settlement/?month=2026-11")
    assert world.contract.number in listed
    assert "po zakończeniu umowy" in listed
    assert "2 przyjęte miesiące czekają na rozliczenie" in page(accountant, "/alfa/")
    assert "najpierw" in post(accountant, f"{closing}confirm/", status=422)
    post(accountant, address(world, "confirm/"))
    post(accountant, f"{closing}offer/")
    # What the organisation is asked to confirm takes no more corrections.
    assert "w żadnym późniejszym miesiącu" in page(accountant, where)
    manager = sign_in(Role.NGO_MANAGER, world.tenant, world.organisation)
    post(manager, f"{closing}confirm/")
    post(accountant, f"{closing}settle/")
    with tenant_scope(world.tenant):
        row = Settlement.objects.get(month=date(2026, 11, 1))
        assert (row.state, row.due, row.minutes) == ("settled", Decimal("-20.75"), -30)
        assert not ContractMonth.objects.filter(month=date(2026, 11, 1)).exists()
    book = load_workbook(BytesIO(accountant.get(f"{closing}xlsx/").content))
    assert [cell.value for cell in book.worksheets[2]["A"]][1:] == [world.over.number]
    assert accountant.get(f"{closing}pdf/").content.startswith(b"%PDF-")
    post(accountant, f"{closing}take-back/", {"reason": "Błąd"})
    with tenant_scope(world.tenant):
        pk = Adjustment.objects.get().pk
    post(accountant, address(world, f"withdraw/{pk}/"), {"reason": "Pomyłka"})
    assert "nie jest jeszcze przyjęty" in page(accountant, closing)


def test_nothing_is_carried_past_the_end_while_a_month_can(world: SettledWorld, accountant: Client) -> None:
    change(world, valid_from=date(2026, 10, 1), valid_to=date(2026, 11, 30))
    where = address(world, f"correct/{world.long.pk}/")
    typed = {"direction": "less", "minutes": "0:30", "reason": "shorter", "words": "Krócej"}
    post(accountant, where, typed | {"carried_in": "2026-12"}, 422)
    post(accountant, where, typed | {"carried_in": "2026-11"})


SHORTER = {
    "direction": "less", "minutes": "0:30", "reason": "shorter", "words": "Krócej", "carried_in": "2026-11"
}  # fmt: skip


def november(world: SettledWorld) -> tuple[str, str, Decimal | None]:
    """State of the month and of its settlement, and what is due."""
    with tenant_scope(world.tenant):
        row = Settlement.objects.get(month=date(2026, 11, 1))
        return ContractMonth.objects.get(month=date(2026, 11, 1)).state, row.state, row.due


def test_a_month_that_closed_a_contract_is_settled_anew_once_the_contract_was_extended(
    world: SettledWorld, accountant: Client
) -> None:
    closed(world)
    where = f"/alfa/settlement/{world.contract.pk}/2026-11/"
    post(accountant, address(world, f"correct/{world.long.pk}/"), SHORTER)
    post(accountant, address(world, "confirm/"))
    post(accountant, f"{where}confirm/")
    post(accountant, f"{where}settle/")
    change(world, valid_to=date(2026, 11, 30))
    # What is settled takes no more, and loses nothing, before it is taken back.
    with tenant_scope(world.tenant):
        pk = Adjustment.objects.get().pk
    assert "jest już przyjęty" in post(
        accountant, address(world, f"withdraw/{pk}/"), {"reason": "Pomyłka"}, 422
    )
    assert "w żadnym późniejszym miesiącu" in page(accountant, address(world, f"correct/{world.short.pk}/"))
    accept_november(world)
    assert november(world) == ("accepted", "settled", Decimal("-20.75"))
    assert "1 miesiąc przyjęto po jego rozliczeniu" in page(accountant, "/alfa/")
    post(accountant, f"{where}take-back/", {"reason": "Aneks przedłużył umowę"})
    post(accountant, f"{where}confirm/")
    post(accountant, f"{where}settle/")
    # 210 minutes at 41.50 zł, less the half hour that it carried before.
    assert november(world) == ("settled", "settled", Decimal("124.50"))


def test_a_confirmed_closing_settlement_does_not_settle_a_month_accepted_since(
    world: SettledWorld, accountant: Client
) -> None:
    closed(world)
    where = f"/alfa/settlement/{world.contract.pk}/2026-11/"
    post(accountant, address(world, f"correct/{world.long.pk}/"), SHORTER)
    post(accountant, address(world, "confirm/"))
    post(accountant, f"{where}confirm/")
    change(world, valid_to=date(2026, 11, 30))
    accept_november(world)
    assert "przyjęto po potwierdzeniu" in post(accountant, f"{where}settle/", status=422)
    assert november(world) == ("accepted", "confirmed", Decimal("-20.75"))


def test_a_month_accepted_before_the_contract_was_shortened_keeps_its_care(
    world: SettledWorld, accountant: Client
) -> None:
    accept_november(world)
    where = f"/alfa/settlement/{world.contract.pk}/2026-11/"
    post(accountant, address(world, "confirm/"))
    post(accountant, f"{where}confirm/")
    post(accountant, f"{where}settle/")
    change(world, valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 31))
    assert world.contract.number in page(accountant, "/alfa/settlement/?month=2026-11")
    assert "zamyka umowę" not in page(accountant, where)
    post(accountant, f"{where}take-back/", {"reason": "Błąd"})
    assert november(world) == ("accepted", "draft", None)
    # Corrections of either month are carried by the first month without care.
    assert "grudzień 2026" in page(accountant, address(world, f"correct/{world.long.pk}/"))
    post(accountant, address(world, f"correct/{world.long.pk}/"), SHORTER, 422)
    post(accountant, f"{where}confirm/")
    post(accountant, f"{where}settle/")
    assert november(world) == ("settled", "settled", Decimal("145.25"))


def test_corrections_that_close_a_contract_reach_what_persons_pay(
    world: SettledWorld, accountant: Client
) -> None:
    closed(world)
    assert "nie ma za co płacić" in page(accountant, "/alfa/settlement/payments/?month=2026-11")
    post(accountant, address(world, f"correct/{world.long.pk}/"), SHORTER)
    told = page(accountant, "/alfa/settlement/payments/?month=2026-11")
    assert world.over.number in told
    assert world.clean.number not in told
    assert "listopad 2026" in page(accountant, "/alfa/settlement/payments/?month=2026-10")
