"""Reports of services without a month close: awaited on the start page and by mail, once for each reminder."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.supervision import schedule
from reporting.supervision.models import ReportReminder
from reporting.supervision.queries.services import unreported
from reporting.supervision.waiting import waiting_in_supervision
from tenants.models import Tenant
from tests.factories.care import DecisionFactory
from tests.queueing import mail_server_away
from tests.reporting.supervision.serving import Serving, advised, build_serving, case

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def world(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> Serving:
    """Advice and crisis intervention of the month; what is handed over is done at once."""

    def at_once(task: Any, pk: object) -> bool:
        with tenant_scope(alfa):
            task(str(pk))
        return True

    monkeypatch.setattr(schedule, "hand_over", at_once)
    world = build_serving(alfa)
    with tenant_scope(alfa):
        advised(world, 3)
        case(world, 3)
    return world


def _days(world: Serving) -> tuple[date, date]:
    with world.in_tenant():
        return due_and_grace_of([world.month])[world.month]


def _on(day: date, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(
        "django.utils.timezone.now", lambda: datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    )
    mail.outbox.clear()
    return schedule.remind_of_reports()


def test_the_organisation_is_reminded_before_the_day_and_once_grace_is_over(
    world: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, grace = _days(world)
    assert _on(due - 3 * DAY, monkeypatch) == 0 and mail.outbox == []
    assert _on(due - 2 * DAY, monkeypatch) == 2
    own = world.clients["ngo"].user.email
    assert {tuple(one.to) for one in mail.outbox} == {(own,)}
    assert {"U/P/1" in one.body or "U/K/1" in one.body for one in mail.outbox} == {True}
    assert _on(due, monkeypatch) == 0
    assert _on(grace + DAY, monkeypatch) == 2
    assert all("Nie złożono sprawozdania" in one.subject for one in mail.outbox)
    assert _on(grace + 2 * DAY, monkeypatch) == 0


def test_what_was_handed_in_is_not_asked_for(world: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    report = {"problems": "Nie było.", "measures": ""}
    assert world.post("ngo", "report_problems", report, **world.at()).status_code == 302
    due, _grace = _days(world)
    assert _on(due, monkeypatch) == 1
    assert "U/K/1" in mail.outbox[0].body


def test_a_report_that_comes_between_reminder_and_mail_stops_the_mail(
    world: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, _grace = _days(world)
    with world.in_tenant():
        kind = ReportReminder.Kind.SOON
        waiting = ReportReminder.objects.create(contract=world.contract, month=world.month.first, kind=kind)
    world.post("ngo", "report_problems", {"problems": "Nie było.", "measures": ""}, **world.at())
    _on(due, monkeypatch)
    with world.in_tenant():
        waiting.refresh_from_db()
        assert waiting.sent_at is not None and waiting.sent_to == 0
    assert all("U/P/1" not in one.body for one in mail.outbox)


def test_a_mail_server_that_is_away_is_asked_again(world: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    due, _grace = _days(world)
    with mail_server_away(), pytest.raises(OSError):
        _on(due, monkeypatch)
    with world.in_tenant():
        assert not ReportReminder.objects.filter(sent_at__isnull=False).exists()
    assert _on(due + DAY, monkeypatch) == 2


def test_what_decisions_grant_is_closed_by_month_and_not_asked_for_here(
    world: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.in_tenant():
        first = world.month.first
        for contract in (world.contract, world.crisis):
            DecisionFactory(contract=contract, minutes=480, valid_from=first, issued_on=first)
    due, _grace = _days(world)
    assert _on(due, monkeypatch) == 0


def test_the_start_page_asks_the_organisation_first_and_tells_the_unit_after_grace(world: Serving) -> None:
    due, grace = _days(world)

    def told(who: str, day: date) -> dict[str, str]:
        access = world.clients[who].get(f"/{world.tenant.slug}/").wsgi_request.access
        with world.in_tenant():
            lines = [one for one in waiting_in_supervision(access, day) if "U/P/1" in one.meta]
            return {one.title: one.kind for one in lines if str(world.month) in one.href}

    assert list(told("ngo", due).values()) == ["warn"]
    assert list(told("ngo", due + DAY).values()) == ["must"]
    assert told("director", grace) == {}
    assert list(told("director", grace + DAY).values()) == ["must"]
    assert told("other_ngo", grace + DAY) == {}
    world.post("ngo", "report_problems", {"problems": "Nie było.", "measures": ""}, **world.at())
    assert told("ngo", grace + DAY) == {}


def test_a_month_before_the_contract_is_asked_of_nobody(world: Serving) -> None:
    with world.in_tenant():
        world.contract.valid_from = Month.of(world.month.last).next().first
        world.contract.save()
        assert world.contract not in unreported(world.month)
