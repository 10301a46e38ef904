"""Reminders around the day on which a month is due: to whom, when, once, and never with a person's name."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from kernel.tenancy import tenant_scope
from reporting.compliance import actions, schedule, tasks
from reporting.compliance.models import MonthReminder
from tenants.models import Membership, Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory
from tests.factories.people import UserFactory
from tests.queueing import mail_server_away
from tests.reporting.compliance.closing_world import OCTOBER, PROVIDER, ClosingWorld, build_world


@pytest.fixture
def world(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> ClosingWorld:
    """A contract with persons in care in October and one without; what is handed over is done at once."""

    def at_once(task: Any, pk: object) -> bool:
        with tenant_scope(alfa):
            task(str(pk))
        return True

    monkeypatch.setattr(schedule, "hand_over", at_once)
    world = build_world(alfa, valid_from=OCTOBER.first)
    with tenant_scope(alfa):
        ContractFactory()
    return world


def _member(world: ClosingWorld, role: Role, **fields: Any) -> User:
    user = UserFactory(**fields)
    organisation = (
        world.organisation if role in (Role.NGO_MANAGER, Role.NGO_COORDINATOR, Role.WORKER) else None
    )
    Membership.objects.create(user=user, tenant=world.tenant, role=role, organisation=organisation)
    return user


def _on(day: date, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(
        "django.utils.timezone.now", lambda: datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    )
    mail.outbox.clear()
    return schedule.remind_of_months()


def test_who_may_hand_in_is_reminded_before_the_day_and_after_it_once_each(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = _member(world, Role.NGO_COORDINATOR, language="pl")
    manager = _member(world, Role.NGO_MANAGER, language="en")
    for role in (Role.WORKER, Role.SOCIAL_WORKER):
        _member(world, role)
    # The fifth working day of November 2026: the 1st is All Saints, a Sunday.
    assert _on(date(2026, 11, 3), monkeypatch) == 0
    assert _on(date(2026, 11, 4), monkeypatch) == 1
    written = {one.to[0]: one for one in mail.outbox}
    assert set(written) == {coordinator.email, manager.email}
    polish, english = written[coordinator.email], written[manager.email]
    assert polish.subject == "Oddaj miesiąc do 6 listopada 2026: październik 2026"
    assert english.subject == "Hand in October 2026 by 6 November 2026"
    assert f"/alfa/month/{world.contract.pk}/2026-10/" in polish.body
    for text in (polish.body, english.body):
        assert world.contract.number in text
        assert "Czysta" not in text
    assert _on(date(2026, 11, 6), monkeypatch) == 0
    # To the organisation and to the unit, of whom nobody accepts months here.
    assert _on(date(2026, 11, 7), monkeypatch) == 2
    assert {one.subject for one in mail.outbox} == {
        "Miesiąc nieoddany: październik 2026",
        "October 2026 has not been handed in",
    }
    assert _on(date(2026, 11, 8), monkeypatch) == 0


def test_a_month_handed_in_is_not_reminded_of(world: ClosingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    _member(world, Role.NGO_MANAGER)
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    assert _on(date(2026, 11, 7), monkeypatch) == 0
    with tenant_scope(world.tenant):
        actions.return_month(world.contract, OCTOBER, reason="popraw", actor=PROVIDER)
    # The queue has not taken the mail of the return, so the clock sends it; there is a week to correct.
    assert _on(date(2026, 11, 7), monkeypatch) == 1
    assert [one.subject for one in mail.outbox] == ["Miesiąc wrócił do poprawy: październik 2026"]
    assert _on(date(2026, 11, 8), monkeypatch) == 0


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reminders of which the queue was told, by id."""
    told: list[str] = []
    monkeypatch.setattr(tasks.send_reminder, "apply_async", lambda args, headers: told.extend(args))
    return told


def test_each_return_is_mailed_once_also_after_the_reminder_that_the_month_is_late(
    world: ClosingWorld,
    sign_in: Any,
    queued: list[str],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    coordinator = _member(world, Role.NGO_COORDINATOR, language="pl")
    manager = _member(world, Role.NGO_MANAGER, language="en")
    for role in (Role.WORKER, Role.DIRECTOR):
        _member(world, role)
    assert _on(date(2026, 11, 7), monkeypatch) == 2
    address = f"/alfa/month/{world.contract.pk}/2026-10/"
    for times in (1, 2):
        mail.outbox.clear()
        with tenant_scope(world.tenant):
            actions.submit_month(world.contract, OCTOBER, answers={world.over.pk: "Tak było"}, actor=PROVIDER)
        typed = {f"reason_{world.over.pk}": "other", f"note_{world.over.pk}": "Pani Łącka była w szpitalu"}
        # Nobody stays signed in over night.
        director = sign_in(Role.DIRECTOR, world.tenant)
        with django_capture_on_commit_callbacks(execute=True):
            assert director.post(f"{address}return/", typed).status_code == 302
        assert len(queued) == times
        with tenant_scope(world.tenant):
            for _try in range(2):
                tasks.send_reminder(queued[-1])
            told = MonthReminder.objects.get(kind=MonthReminder.Kind.RETURNED)
            assert (str(told.pk), told.sent_to) == (queued[-1], 2)
        written = {one.to[0]: one for one in mail.outbox}
        assert len(mail.outbox) == 2
        assert written[coordinator.email].subject == "Miesiąc wrócił do poprawy: październik 2026"
        assert written[manager.email].subject == "October 2026 has been returned"
        for one in mail.outbox:
            assert address in one.body and world.contract.number in one.body
            assert "Łąck" not in one.body
        assert _on(date(2026, 11, 8), monkeypatch) == 0


def test_of_a_return_that_was_answered_meanwhile_nobody_is_told(
    world: ClosingWorld, queued: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    _member(world, Role.NGO_MANAGER)
    with tenant_scope(world.tenant), django_capture_on_commit_callbacks(execute=True):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        actions.return_month(world.contract, OCTOBER, reason="popraw", actor=PROVIDER)
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    with tenant_scope(world.tenant):
        tasks.send_reminder(*queued)
        told = MonthReminder.objects.get()
    assert (told.kind, told.sent_at is not None, told.sent_to, mail.outbox) == ("returned", True, 0, [])


def test_a_mail_that_cannot_be_sent_waits_and_one_overtaken_is_not_sent(world: ClosingWorld) -> None:
    _member(world, Role.NGO_MANAGER)
    with tenant_scope(world.tenant):
        reminder = MonthReminder.objects.create(
            contract=world.contract, month=OCTOBER.first, kind=MonthReminder.Kind.SOON
        )
        with mail_server_away(), pytest.raises(ConnectionRefusedError):
            tasks.send_reminder.run(str(reminder.pk))
        reminder.refresh_from_db()
        assert reminder.sent_at is None
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        tasks.send_reminder.run(str(reminder.pk))
        reminder.refresh_from_db()
        assert reminder.sent_at is not None
        assert reminder.sent_to == 0
    assert mail.outbox == []
