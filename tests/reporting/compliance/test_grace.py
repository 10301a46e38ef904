"""Days of grace after the day on which a month is due: it is late only when they have passed, wherever that is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kernel.tenancy import tenant_scope
from reporting.compliance import actions, schedule, tasks
from reporting.compliance.models import LateReminder, MonthReminder
from reporting.compliance.queries.deadlines import due_and_grace_of
from tenants.models import Membership, Tenant
from tenants.roles import Role
from tests.factories.people import UserFactory
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER, ClosingWorld, build_world

SignIn = Callable[..., Client]
# The fifth working day of November 2026, and the third after it: a weekend and Independence Day lie between.
DUE, GRACE, AFTER = date(2026, 11, 6), date(2026, 11, 12), date(2026, 11, 13)
DAYS = [(DUE, False), (date(2026, 11, 7), False), (GRACE, False), (AFTER, True)]


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    _go_to(DUE, monkeypatch)


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    made = build_world(alfa, valid_from=OCTOBER.first)
    with tenant_scope(alfa):
        actions.change_thresholds({"grace_working_days": 3}, actor=DIRECTOR)
    return made


def _go_to(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(day.year, day.month, day.day, 11, tzinfo=UTC))


def _page(client: Client, path: str = "") -> str:
    answer = client.get(f"/alfa/{path}")
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_grace_is_counted_in_working_days_from_the_day_it_is_due(world: ClosingWorld) -> None:
    with tenant_scope(world.tenant):
        assert due_and_grace_of([OCTOBER]) == {OCTOBER: (DUE, GRACE)}
        actions.change_thresholds({"grace_working_days": 0}, actor=DIRECTOR)
        assert due_and_grace_of([OCTOBER]) == {OCTOBER: (DUE, DUE)}


@pytest.mark.parametrize(("day", "is_late"), DAYS, ids=str)
def test_an_open_month_is_marked_late_in_the_list_after_grace(
    world: ClosingWorld, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, day: date, is_late: bool
) -> None:
    _go_to(day, monkeypatch)
    for client in (
        sign_in(Role.DIRECTOR, world.tenant),
        sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation),
    ):
        page = _page(client, "month/months/?month=2026-10")
        assert ("▲ po terminie" in page) is is_late
        assert "6 listopada 2026" in page


@pytest.mark.parametrize(("day", "is_late"), DAYS, ids=str)
def test_a_month_handed_in_within_grace_is_not_handed_in_late(
    world: ClosingWorld, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, day: date, is_late: bool
) -> None:
    _go_to(day, monkeypatch)
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    # Looked at long after, it is what it was.
    _go_to(date(2026, 11, 27), monkeypatch)
    page = _page(sign_in(Role.DIRECTOR, world.tenant), "month/months/?month=2026-10")
    assert ("▲ oddany po terminie" in page) is is_late
    assert "▲ po terminie" not in page


@pytest.mark.parametrize(("day", "is_late"), DAYS, ids=str)
def test_today_calls_a_month_late_after_grace(
    world: ClosingWorld, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, day: date, is_late: bool
) -> None:
    _go_to(day, monkeypatch)
    provider = _page(sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation))
    assert ("Październik 2026: termin oddania minął 6 listopada 2026" in provider) is is_late
    assert ("Oddaj październik 2026 do 6 listopada 2026" in provider) is (day <= DUE)
    in_grace = DUE < day <= GRACE
    assert (
        "Październik 2026: termin minął 6 listopada 2026, oddany do 12 listopada 2026 nie będzie spóźniony"
        in provider
    ) is in_grace
    unit = _page(sign_in(Role.DIRECTOR, world.tenant))
    assert ("Październik 2026 nie został oddany; termin minął 6 listopada 2026" in unit) is is_late
    assert ("Październik 2026: wykonawca ma czas do 6 listopada 2026" in unit) is (day <= DUE)
    assert (
        "Październik 2026: termin minął 6 listopada 2026, wykonawca ma dni zwłoki do 12 listopada 2026"
        in unit
    ) is in_grace


def test_the_pages_of_a_month_say_until_when_grace_lasts(
    world: ClosingWorld, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    months, month = "month/months/?month=2026-10", f"month/{world.contract.pk}/2026-10/"
    assert "Termin oddania: 6 listopada 2026, dni zwłoki do 12 listopada 2026" in _page(client, months)
    said = "Organizacja oddaje miesiąc do 6 listopada 2026; ma dni zwłoki do 12 listopada 2026."
    assert said in _page(client, month)
    with tenant_scope(world.tenant):
        actions.change_thresholds({"grace_working_days": 0}, actor=DIRECTOR)
    assert "zwłoki" not in _page(client, months) + _page(client, month)


def test_the_provider_is_reminded_that_it_is_late_after_grace_and_once(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(task: Any, pk: object) -> bool:
        assert task in (tasks.send_reminder, tasks.send_late_reminder)
        with tenant_scope(world.tenant):
            task(str(pk))
        return True

    monkeypatch.setattr(schedule, "hand_over", at_once)
    Membership.objects.create(
        user=UserFactory(language="pl"),
        tenant=world.tenant,
        role=Role.NGO_COORDINATOR,
        organisation=world.organisation,
    )
    sent = {}
    for day in (date(2026, 11, 4), *(one for one, _ in DAYS), date(2026, 11, 14)):
        _go_to(day, monkeypatch)
        mail.outbox.clear()
        schedule.remind_of_months()
        sent[day] = [one.subject for one in mail.outbox]
    assert sent == {
        date(2026, 11, 4): ["Oddaj miesiąc do 6 listopada 2026: październik 2026"],
        **{day: [] for day, is_late in DAYS if not is_late},
        AFTER: ["Miesiąc nieoddany: październik 2026"],
        date(2026, 11, 14): [],
    }
    with tenant_scope(world.tenant):
        assert list(MonthReminder.objects.values_list("kind", "sent_to")) == [("soon", 1)]
        # To the organisation; of the unit nobody reads mail here.
        assert sorted(LateReminder.objects.values_list("day", "sent_to")) == [(AFTER, 0), (AFTER, 1)]


def test_a_reminder_that_goes_out_within_grace_says_when_grace_ends(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    Membership.objects.create(
        user=UserFactory(language="pl"),
        tenant=world.tenant,
        role=Role.NGO_COORDINATOR,
        organisation=world.organisation,
    )
    _go_to(GRACE, monkeypatch)
    with tenant_scope(world.tenant):
        reminder = MonthReminder.objects.create(
            contract=world.contract, month=OCTOBER.first, kind=MonthReminder.Kind.SOON
        )
        tasks.send_reminder(str(reminder.pk))
    (one,) = mail.outbox
    assert one.subject == "Oddaj miesiąc do 12 listopada 2026, ostatniego dnia zwłoki: październik 2026"
    assert "minął 6 listopada 2026" in str(one.body).replace("\u00a0", " ")
