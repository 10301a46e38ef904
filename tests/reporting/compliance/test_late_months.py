"""Months that were never handed in go on being told of, to both sides, however old: spaced, once each, without names."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance import actions, schedule, tasks
from reporting.compliance.models import LateReminder
from reporting.compliance.queries.late import late_months
from tenants.models import Membership, Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory
from tests.factories.people import UserFactory
from tests.queueing import mail_server_away
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER, ClosingWorld, build_world

AUGUST, SEPTEMBER = Month(2026, 8), Month(2026, 9)
# The fifth working day of November 2026 is the 6th.
LATE = date(2026, 11, 7)


@pytest.fixture
def world(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> ClosingWorld:
    """A contract of which August to October are not handed in; what is handed over is done at once."""

    def at_once(task: Any, pk: object) -> bool:
        with tenant_scope(alfa):
            task(str(pk))
        return True

    monkeypatch.setattr(schedule, "hand_over", at_once)
    world = build_world(alfa, valid_from=AUGUST.first)
    world.coordinator = _member(world, Role.NGO_COORDINATOR)  # type: ignore[attr-defined]
    world.director = _member(world, Role.DIRECTOR)  # type: ignore[attr-defined]
    for role in (Role.WORKER, Role.SOCIAL_WORKER, Role.ACCOUNTANT):
        _member(world, role)
    return world


def _member(world: ClosingWorld, role: Role) -> User:
    user = UserFactory(language="pl")
    ngo = role in (Role.NGO_COORDINATOR, Role.WORKER)
    Membership.objects.create(
        user=user, tenant=world.tenant, role=role, organisation=world.organisation if ngo else None
    )
    return user


def _on(day: date, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What was mailed on the day: subject by address. The clock comes twice."""
    monkeypatch.setattr(
        "django.utils.timezone.now", lambda: datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    )
    mail.outbox.clear()
    schedule.remind_of_months()
    first = len(mail.outbox)
    schedule.remind_of_months()
    assert len(mail.outbox) == first
    return {one.to[0]: one.subject for one in mail.outbox}


def test_both_sides_are_told_of_all_late_months_at_once(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = "Nieoddane miesiące: 3"
    assert _on(LATE, monkeypatch) == {
        world.coordinator.email: subject,  # type: ignore[attr-defined]
        world.director.email: subject,  # type: ignore[attr-defined]
    }
    texts = {one.to[0]: str(one.body) for one in mail.outbox}
    number, organisation = world.contract.number, str(world.organisation)
    lines = [
        f"{number}: sierpień 2026, termin minął 7 września 2026",
        f"{number}: wrzesień 2026, termin minął 7 października 2026",
        f"{number}: październik 2026, termin minął 6 listopada 2026",
    ]
    plain = {to: text.replace("\u00a0", " ") for to, text in texts.items()}
    for line in lines:
        assert f"– {line}\n" in plain[world.coordinator.email]  # type: ignore[attr-defined]
        assert f"– {organisation}, {line}\n" in plain[world.director.email]  # type: ignore[attr-defined]
    for text in plain.values():
        assert "/alfa/\n" in text
        assert "Czysta" not in text and "Łąck" not in text


def test_they_are_told_again_every_week_and_after_a_month_every_four(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [LATE + timedelta(days=count) for count in range(80)]
    with tenant_scope(world.tenant):
        # Nothing becomes late after October.
        world.contract.valid_to = OCTOBER.last
        world.contract.save(update_fields=["valid_to"])
    told = {day: set(_on(day, monkeypatch)) for day in days}
    both = {world.coordinator.email, world.director.email}  # type: ignore[attr-defined]
    assert [(day - LATE).days for day in days if told[day]] == [0, 7, 14, 21, 49, 77]
    assert all(told[day] in (set(), both) for day in days)


def test_a_month_that_becomes_late_is_told_at_once(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of September and of August both know.
    assert set(_on(date(2026, 11, 2), monkeypatch).values()) == {"Nieoddane miesiące: 2"}
    assert set(_on(LATE, monkeypatch).values()) == {"Nieoddane miesiące: 3"}
    assert _on(LATE + timedelta(days=1), monkeypatch) == {}


def test_who_hands_in_is_left_in_peace_and_the_last_month_is_named(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on(LATE, monkeypatch)
    with tenant_scope(world.tenant):
        for month in (AUGUST, OCTOBER):
            actions.submit_month(world.contract, month, actor=PROVIDER)
        world.contract.valid_to = OCTOBER.last
        world.contract.save(update_fields=["valid_to"])
    # September became late more than four weeks ago: no longer every week.
    assert _on(LATE + timedelta(days=7), monkeypatch) == {}
    assert set(_on(LATE + timedelta(days=28), monkeypatch).values()) == {"Miesiąc nieoddany: wrzesień 2026"}
    assert f"/alfa/month/{world.contract.pk}/2026-09/" in mail.outbox[0].body
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, SEPTEMBER, actor=PROVIDER)
    assert _on(LATE + timedelta(days=90), monkeypatch) == {}


def test_a_month_that_came_back_is_told_after_a_week(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on(LATE, monkeypatch)
    with tenant_scope(world.tenant):
        for month in (AUGUST, SEPTEMBER, OCTOBER):
            actions.submit_month(world.contract, month, actor=PROVIDER)
        actions.return_month(world.contract, SEPTEMBER, reason="Pani Łącka była w szpitalu", actor=DIRECTOR)
    _on(LATE, monkeypatch)
    assert _on(LATE + timedelta(days=6), monkeypatch) == {}
    assert set(_on(LATE + timedelta(days=7), monkeypatch).values()) == {"Miesiąc nieoddany: wrzesień 2026"}
    for one in mail.outbox:
        assert "wrzesień 2026, wrócił do poprawy 7 listopada 2026" in str(one.body).replace("\u00a0", " ")
        assert "Łąck" not in one.body


def test_many_months_of_a_contract_are_one_line(world: ClosingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_scope(world.tenant):
        world.contract.valid_from = date(2026, 3, 1)
        world.contract.save(update_fields=["valid_from"])
    assert set(_on(LATE, monkeypatch).values()) == {"Nieoddane miesiące: 8"}
    for one in mail.outbox:
        said = f"{world.contract.number}: 8 miesięcy, marzec 2026 – październik 2026\n"
        assert said in str(one.body).replace("\u00a0", " ")


def test_a_reminder_waits_while_mail_is_away_and_no_second_one_joins_it(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = schedule.hand_over
    monkeypatch.setattr(schedule, "hand_over", lambda _task, _pk: False)
    for day in (LATE, LATE + timedelta(days=7)):
        assert _on(day, monkeypatch) == {}
    with tenant_scope(world.tenant):
        waiting = LateReminder.objects.all()
        assert [(one.day, one.sent_at) for one in waiting] == [(LATE, None)] * 2
        with mail_server_away(), pytest.raises(ConnectionRefusedError):
            tasks.send_late_reminder.run(str(waiting[0].pk))
        assert LateReminder.objects.filter(sent_at__isnull=True).count() == 2
    monkeypatch.setattr(schedule, "hand_over", done)
    assert len(_on(LATE + timedelta(days=8), monkeypatch)) == 2
    assert _on(LATE + timedelta(days=9), monkeypatch) == {}


def test_a_reminder_overtaken_by_handing_in_reaches_nobody(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 8, 6, tzinfo=UTC))
    with tenant_scope(world.tenant):
        for month in (AUGUST, SEPTEMBER, OCTOBER):
            actions.submit_month(world.contract, month, actor=PROVIDER)
        reminder = LateReminder.objects.create(organisation=world.organisation, day=LATE)
        tasks.send_late_reminder(str(reminder.pk))
        reminder.refresh_from_db()
    assert (reminder.sent_at is not None, reminder.sent_to, mail.outbox) == (True, 0, [])


def test_what_is_late_is_read_in_as_many_queries_for_many_contracts(world: ClosingWorld) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert late_months(LATE)
        return len(queries)

    with tenant_scope(world.tenant):
        asked()
        before = asked()
        for _count in range(5):
            DecisionFactory(contract=ContractFactory(valid_from=AUGUST.first))
        assert asked() == before
