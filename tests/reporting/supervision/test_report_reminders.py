"""Reports of services without a month close: awaited on the start page and by mail, as late months of care are."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracting.contracts.models import Commitment
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance import schedule as closing
from reporting.compliance.models import ComparisonSettings, LateReminder
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.late import all_late
from reporting.supervision import actions, schedule
from reporting.supervision.models import ReportReminder
from reporting.supervision.queries.services import unreported
from reporting.supervision.waiting import waiting_in_supervision
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory
from tests.queueing import mail_server_away
from tests.reporting.supervision.asking import ACTOR
from tests.reporting.supervision.serving import Serving, advised, build_serving, case
from ui.formatting import format_date_text, format_month

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def world(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> Serving:
    """Advice and crisis intervention since the month that ended; what is handed over is done at once."""

    def at_once(task: Any, pk: object) -> bool:
        with tenant_scope(alfa):
            task(str(pk))
        return True

    for clock in (schedule, closing):
        monkeypatch.setattr(clock, "hand_over", at_once)
    world = build_serving(alfa)
    with tenant_scope(alfa):
        _beginning(world, world.month)
        advised(world, 3)
        case(world, 3)
    return world


def _beginning(world: Serving, month: Month) -> None:
    for contract in (world.contract, world.crisis):
        contract.valid_from = month.first
        contract.save(update_fields=["valid_from"])


def _days(world: Serving) -> tuple[date, date]:
    with world.in_tenant():
        return due_and_grace_of([world.month])[world.month]


def _on(day: date, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(
        "django.utils.timezone.now", lambda: datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    )
    mail.outbox.clear()
    return schedule.remind_of_reports()


def _late(day: date, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The subject of what the clock of late months mails on the day, by address; it comes twice."""
    _on(day, monkeypatch)
    mail.outbox.clear()
    closing.remind_of_months()
    first = len(mail.outbox)
    closing.remind_of_months()
    assert len(mail.outbox) == first
    return {one.to[0]: one.subject for one in mail.outbox}


def _body(client: Any) -> str:
    (text,) = [str(one.body) for one in mail.outbox if one.to == [client.user.email]]
    return text


def test_the_organisation_is_reminded_before_the_day(world: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    due, grace = _days(world)
    assert _on(due - 3 * DAY, monkeypatch) == 0 and mail.outbox == []
    assert _on(due - 2 * DAY, monkeypatch) == 2
    own = world.clients["ngo"].user.email
    assert {tuple(one.to) for one in mail.outbox} == {(own,)}
    assert {"U/P/1" in one.body or "U/K/1" in one.body for one in mail.outbox} == {True}
    assert _on(due, monkeypatch) == 0
    assert _on(grace + DAY, monkeypatch) == 0


def test_a_reminder_that_goes_out_within_grace_says_when_grace_ends(
    world: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.in_tenant():
        ComparisonSettings.objects.create(grace_working_days=3)
    due, grace = _days(world)
    assert _on(grace, monkeypatch) == 2
    for one in mail.outbox:
        assert "ostatniego dnia zwłoki" in one.subject
        said = f"minął {format_date_text(due)}; złożone do {format_date_text(grace)} nie będzie spóźnione"
        assert said in str(one.body)
    assert _on(grace + DAY, monkeypatch) == 0


def test_both_sides_are_told_of_all_late_reports_at_once_however_old(
    world: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.in_tenant():
        oldest = world.month
        for _count in range(13):
            oldest = oldest.previous()
        _beginning(world, oldest)
    _due, grace = _days(world)
    provider, director = world.clients["ngo"], world.clients["director"]
    told = _late(grace + DAY, monkeypatch)
    assert told[provider.user.email] == told[director.user.email] == "Niezłożone sprawozdania: 28"
    assert world.clients["worker"].user.email not in told
    assert world.clients["other_ngo"].user.email not in told
    months = f"{format_month(oldest)} – {format_month(world.month)}"
    for number in (world.contract.number, world.crisis.number):
        assert f"– {number}: 14 sprawozdań, {months}\n" in _body(provider)
        assert f"– {world.contract.organisation}, {number}: 14 sprawozdań, {months}\n" in _body(director)


def test_they_are_told_again_every_week_and_what_was_handed_in_is_left_out(
    world: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, grace = _days(world)
    provider = world.clients["ngo"]
    with world.in_tenant():
        for contract in (world.contract, world.crisis):
            contract.valid_to = world.month.last
            contract.save(update_fields=["valid_to"])
    assert provider.user.email in _late(grace + DAY, monkeypatch)
    for count in range(2, 8):
        assert _late(grace + count * DAY, monkeypatch) == {}
    with world.in_tenant():
        actions.report_problems(world.contract, world.month, problems="Nie było.", measures="", actor=ACTOR)
    month = format_month(world.month)
    assert _late(grace + 8 * DAY, monkeypatch)[provider.user.email] == f"Nie złożono sprawozdania za {month}"
    line = f"– {world.crisis.number}: sprawozdanie za {month}, termin minął {format_date_text(due)}\n"
    assert line in _body(provider)
    assert f"/supervision/dossiers/{world.crisis.pk}/{world.month}/" in _body(provider)
    with world.in_tenant():
        actions.conclude_dossier(world.crisis, world.month, conclusions="Bez sprawozdania.", actor=ACTOR)
        assert all_late(grace + 9 * DAY) == []
    assert _late(grace + 30 * DAY, monkeypatch) == {}


def test_months_of_care_and_reports_are_one_mail(world: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.in_tenant():
        first = world.month.first
        care = ContractFactory(organisation=world.contract.organisation, valid_from=first)
        DecisionFactory(contract=care, minutes=480, valid_from=first, issued_on=first)
    _due, grace = _days(world)
    provider = world.clients["ngo"]
    told = _late(grace + DAY, monkeypatch)
    assert told[provider.user.email] == "Nieoddane miesiące i sprawozdania: 3"
    assert f"– {care.number}: {format_month(world.month)}, termin minął" in _body(provider)
    assert len([one for one in mail.outbox if one.to == [provider.user.email]]) == 1
    with world.in_tenant():
        assert LateReminder.objects.filter(sent_at__isnull=False).count() == 2


def test_late_reports_are_read_in_as_many_queries_for_many_contracts(world: Serving) -> None:
    _due, grace = _days(world)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert all_late(grace + DAY)
        return len(queries)

    with world.in_tenant():
        asked()
        before = asked()
        for _count in range(4):
            contract = ContractFactory(organisation=world.contract.organisation, valid_from=world.month.first)
            Commitment.objects.create(
                contract=contract,
                indicator="Czas oczekiwania",
                promised=7,
                measure=Commitment.Measure.ADVICE_WAIT_DAYS,
            )
        assert asked() == before


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
        waiting = ReportReminder.objects.create(contract=world.contract, month=world.month.first)
    world.post("ngo", "report_problems", {"problems": "Nie było.", "measures": ""}, **world.at())
    _on(due, monkeypatch)
    with world.in_tenant():
        waiting.refresh_from_db()
        assert waiting.sent_at is not None and waiting.sent_to == 0
    assert all("U/P/1" not in one.body for one in mail.outbox)


def test_a_mail_server_that_is_away_is_asked_again(world: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    due, _grace = _days(world)
    with mail_server_away(), pytest.raises(OSError):
        _on(due - DAY, monkeypatch)
    with world.in_tenant():
        assert not ReportReminder.objects.filter(sent_at__isnull=False).exists()
    assert _on(due, monkeypatch) == 2


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
    # However long ago: nothing drops out of sight.
    assert list(told("director", grace + 400 * DAY).values()) == ["must"]
    world.post("ngo", "report_problems", {"problems": "Nie było.", "measures": ""}, **world.at())
    assert told("ngo", grace + DAY) == {}


def test_a_month_before_the_contract_is_asked_of_nobody(world: Serving) -> None:
    with world.in_tenant():
        world.contract.valid_from = Month.of(world.month.last).next().first
        world.contract.save()
        assert world.contract not in unreported(world.month)
