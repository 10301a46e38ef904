"""Promises of advice and crisis intervention, measured: rules on figures of the fingers, pages, what is kept."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone

from contracting.contracts.models import Commitment, Contract
from reporting.advice.models import Request
from reporting.crisis.models import Duty
from reporting.crisis.rules import Gap
from reporting.evaluation.models import Measurement, MeasuringSettings
from reporting.evaluation.queries.months import months_of
from reporting.evaluation.queries.promises import PromisesOf
from reporting.evaluation.queries.records import newest_months, track_records
from reporting.evaluation.rules.measures import Reason
from reporting.evaluation.rules.services import (
    FirstAdvice,
    Meeting,
    ServiceMonth,
    duty,
    in_term,
    no_show,
    sessions,
    waiting_days,
)
from tenants.roles import Role
from tests.factories.people import signed_in_client
from tests.reporting.supervision.serving import Serving, advised, build_serving, case, on, session
from ui.formatting import format_date_long

DAY = date(2026, 10, 20)
TEN = time(10)
PROMISED: dict[str, tuple[str, str]] = {
    "advice_wait_days": ("at_most", "10"),
    "advice_in_term": ("at_least", "50"),
    "no_show": ("at_most", "20"),
    "sessions": ("at_least", "3"),
    "duty_staffed": ("at_least", "100"),
    "duty_full": ("at_least", "100"),
}


def _first(days: int) -> FirstAdvice:
    return FirstAdvice(str(days), DAY, TEN, DAY - timedelta(days=days))


def test_waiting_is_the_median_and_tells_the_longest() -> None:
    month = ServiceMonth(first_advice=[_first(2), _first(9), _first(30)])
    reading = waiting_days(month, Decimal(10))
    assert (reading.value, reading.part, reading.whole) == (9, 30, 3)
    assert [(one.number, one.said) for one in reading.behind] == [(30, "waited_days")]
    even = waiting_days(ServiceMonth(first_advice=[_first(2), _first(9)]), Decimal(10))
    assert even.value == Fraction(11, 2)
    assert waiting_days(ServiceMonth(), Decimal(10)).reason == Reason.NO_FIRST_ADVICE


def test_first_advice_in_term_is_a_share_with_the_day_of_the_term_inside() -> None:
    month = ServiceMonth(first_advice=[_first(14), _first(15), _first(0)])
    reading = in_term(month, 14)
    assert (reading.value, reading.part, reading.whole) == (Fraction(200, 3), 2, 3)
    assert [one.number for one in reading.behind] == [15]
    assert in_term(ServiceMonth(), 14).reason == Reason.NO_FIRST_ADVICE


def test_no_shows_are_a_share_of_what_came_up_and_none_held_is_a_number() -> None:
    month = ServiceMonth(meetings=[Meeting(str(n), DAY, TEN, is_held=n > 0) for n in range(4)])
    assert (no_show(month).value, no_show(month).part) == (25, 1)
    assert (sessions(month).value, len(sessions(month).behind)) == (3, 3)
    assert no_show(ServiceMonth()).reason == Reason.NO_MEETINGS
    assert sessions(ServiceMonth()).value == 0


def test_duty_is_counted_in_the_minutes_asked_for() -> None:
    def gap(hours: int, on_duty: int) -> Gap:
        start = datetime(2026, 10, 20, 8, tzinfo=UTC)
        return Gap(start, start + timedelta(hours=hours), on_duty, 2)

    month = ServiceMonth(asked=6000, gaps=[gap(10, 0), gap(20, 1)])
    staffed, full = duty(month, full=False), duty(month, full=True)
    assert (staffed.value, staffed.part, staffed.whole) == (90, 5400, 6000)
    assert (full.value, full.part) == (70, 4200)
    assert [one.said for one in full.behind] == ["nobody_on_duty", "few_on_duty"]
    assert [one.said for one in staffed.behind] == ["nobody_on_duty"]
    assert duty(ServiceMonth(), full=True).reason == Reason.NO_DUTY


@pytest.fixture
def world(alfa: Any) -> Serving:
    return build_serving(alfa)


def _promise(contract: Contract, *measures: str) -> dict[str, str]:
    for position, measure in enumerate(measures, start=1):
        direction, promised = PROMISED[measure]
        Commitment.objects.create(
            contract=contract,
            position=position,
            indicator=f"Obietnica {measure}",
            direction=direction,
            promised=Decimal(promised),
            measure=measure,
        )
    return {one.measure: one.key for one in PromisesOf(contract)._now}


def _requested(world: Serving, day: int, waited: int, **told: Any) -> None:
    """Somebody who asked so many days before the day of their advice."""
    asked = on(world.month, day).date() - timedelta(days=waited)
    request = Request.objects.create(
        kind="legal", requested_on=asked, state="booked", alias=f"Z-{day}-{told.get('hour', 10)}"
    )
    advised(world, day, request=request, alias=request.alias, **told)


def _conclude(world: Serving, contract: Contract) -> None:
    sent = world.post("director", "conclude_dossier", {"conclusions": "Tak."}, **world.at(contract))
    assert sent.status_code == 302


def _page(world: Serving, who: str, contract: Contract, *parts: str) -> str:
    path = "/".join([f"/{world.tenant.slug}/evaluation/commitments", str(contract.pk), *parts])
    return str(world.clients[who].get(f"{path}/?year={world.month.year}").content.decode())


@pytest.mark.django_db
def test_promises_of_advice_are_measured_and_shown_to_both_sides(world: Serving) -> None:
    with world.in_tenant():
        keys = _promise(world.contract, "advice_wait_days", "advice_in_term", "no_show", "sessions")
        _requested(world, 10, 5)
        _requested(world, 11, 20)
        _requested(world, 12, 9)
        # Came up before: the second appointment of the same request is nobody's first.
        advised(world, 13, request=Request.objects.get(alias="Z-10-10"), alias="Z-10-10")
        advised(world, 14, state="no_show")
        [month] = months_of(world.contract, [world.month], now=timezone.now())
        told = {name: month.cells[key] for name, key in keys.items()}
    values = {name: (cell.value, cell.part, cell.whole, cell.outcome) for name, cell in told.items()}
    assert values == {
        "advice_wait_days": (Decimal("9.00"), 20, 3, "met"),
        "advice_in_term": (Decimal("66.67"), 2, 3, "met"),
        "no_show": (Decimal("20.00"), 1, 5, "met"),
        "sessions": (Decimal("4.00"), 4, None, "met"),
    }
    for who in ("director", "ngo"):
        page = _page(world, who, world.contract)
        assert "66,7" in page and "najdłuższe oczekiwanie: 20 dni" in page
    behind = _page(world, "director", world.contract, str(world.month), keys["advice_in_term"])
    assert "D7" in behind and "dni od zgłoszenia" in behind and "Z-11" not in behind


@pytest.mark.django_db
def test_the_term_of_first_advice_is_the_tenants(world: Serving) -> None:
    with world.in_tenant():
        keys = _promise(world.contract, "advice_in_term")
        _requested(world, 11, 20)
    form = (
        world.clients["director"]
        .get(f"/{world.tenant.slug}/evaluation/commitments/settings/")
        .context["form"]
    )
    typed = {name: form[name].value() for name in form.fields}
    sent = world.clients["director"].post(
        f"/{world.tenant.slug}/evaluation/commitments/settings/",
        typed | {"evening_from": "18:00", "first_advice_days": "21"},
    )
    assert sent.status_code == 302
    with world.in_tenant():
        assert MeasuringSettings.objects.get().first_advice_days == 21
        [month] = months_of(world.contract, [world.month], now=timezone.now())
        assert month.cells[keys["advice_in_term"]].outcome == "met"


@pytest.mark.django_db
def test_double_duty_around_the_clock_is_measured_from_the_roster(world: Serving) -> None:
    with world.in_tenant():
        keys = _promise(world.crisis, "duty_staffed", "duty_full")
        start, end = world.month.bounds()
        for who, until in (("worker", end), ("ngo", start + (end - start) / 2)):
            user = world.clients[who].user
            told = {"user_id": user.pk, "name": user.full_name, "starts_at": start, "ends_at": until}
            Duty.objects.create(organisation=world.organisation, **told)
        [month] = months_of(world.crisis, [world.month], now=timezone.now())
        staffed, full = (month.cells[keys[name]] for name in ("duty_staffed", "duty_full"))
        assert (staffed.value, staffed.outcome) == (Decimal("100.00"), "met")
        assert (full.value, full.outcome) == (Decimal("50.00"), "not_met")
    page = _page(world, "ngo", world.crisis, str(world.month), keys["duty_full"])
    assert "mniej osób, niż wymaga standard" in page


@pytest.mark.django_db
def test_crisis_sessions_count_with_their_cases_and_name_nobody(world: Serving) -> None:
    with world.in_tenant():
        keys = _promise(world.crisis, "sessions", "no_show")
        made = case(world, 3)
        session(world, made, 4)
        session(world, made, 5, state="no_show")
        [month] = months_of(world.crisis, [world.month], now=timezone.now())
        cells = {name: (month.cells[key].value, month.cells[key].outcome) for name, key in keys.items()}
        number, surname = made.number, made.person.surname
    assert cells == {"sessions": (Decimal("1.00"), "not_met"), "no_show": (Decimal("50.00"), "not_met")}
    behind = _page(world, "director", world.crisis, str(world.month), keys["no_show"])
    assert number in behind and surname not in behind


@pytest.mark.django_db
def test_sessions_of_cases_that_the_reader_may_not_know_are_counted_and_no_more(
    world: Serving, django_assert_max_num_queries: Any
) -> None:
    world.clients["accountant"] = signed_in_client(Role.ACCOUNTANT, world.tenant)
    world.clients["social_worker"] = signed_in_client(Role.SOCIAL_WORKER, world.tenant)
    with world.in_tenant():
        keys = _promise(world.crisis, "sessions", "no_show")
        own, other = case(world, 3), case(world, 4)
        for made, day in ((own, 5), (other, 6)):
            session(world, made, day, state="no_show")
        worker = world.clients["social_worker"].user.pk
        own.team.create(user_id=worker, name="Pracownik", part="deputy", since=world.month.first)
    parts = (world.crisis, str(world.month), keys["no_show"])
    asked = []
    for more in (7, 8):
        for who, known in (("director", {own, other}), ("ngo", {own, other}), ("accountant", set())):
            page = _page(world, who, *parts)
            assert {made for made in (own, other) if made.number in page} == known
        page = _page(world, "social_worker", *parts)
        assert own.number in page and f"/crisis/{own.pk}/" in page
        assert other.number not in page and str(other.pk) not in page
        assert f"{format_date_long(on(world.month, 6).date())}" not in page
        assert "Sesje interwencji kryzysowej" in page
        with django_assert_max_num_queries(60) as counted:
            _page(world, "accountant", *parts)
        asked.append(len(counted))
        with world.in_tenant():
            session(world, case(world, more), more + 2, state="no_show")
    assert asked[0] == asked[1]


@pytest.mark.django_db
def test_a_concluded_dossier_keeps_what_was_measured_and_opening_it_lets_go(world: Serving) -> None:
    with world.in_tenant():
        _promise(world.contract, "sessions", "advice_wait_days")
        for day in (3, 4, 5):
            advised(world, day)
    _conclude(world, world.contract)
    with world.in_tenant():
        advised(world, 6)
        kept = {row.measure: (row.value, row.outcome, row.side) for row in Measurement.objects.all()}
        assert kept["sessions"] == (Decimal("3.00"), "met", "measured")
        assert kept["advice_wait_days"] == (None, "unmeasured", "measured")
        record = track_records([world.organisation.pk])[world.organisation.pk]
        assert (record.met, record.judged, record.months) == (1, 1, 1)
        assert newest_months([world.contract.pk])[world.contract.pk].met == 1
    assert "teczka zamknięta" in _page(world, "ngo", world.contract)
    assert world.post("director", "reopen_dossier", {"reason": "Dopisano."}, **world.at()).status_code == 302
    with world.in_tenant():
        assert not Measurement.objects.exists()
    _conclude(world, world.contract)
    with world.in_tenant():
        assert Measurement.objects.get(measure="sessions").value == 4


@pytest.mark.django_db
def test_a_promise_measured_from_records_takes_no_statement(world: Serving) -> None:
    with world.in_tenant():
        keys = _promise(world.contract, "sessions")
    path = f"/{world.tenant.slug}/evaluation/commitments/{world.contract.pk}/{world.month}/{keys['sessions']}/state/"
    sent = world.clients["ngo"].post(path, {"value": "40", "evidence": "Rejestr"})
    assert sent.status_code in {404, 422}


@pytest.mark.django_db
def test_the_page_asks_the_same_queries_of_few_and_of_many(
    world: Serving, django_assert_max_num_queries: Any
) -> None:
    counts = []
    with world.in_tenant():
        _promise(world.contract, *PROMISED)
        for first in (1, 6):
            for day in range(first, first + 5):
                _requested(world, day, day)
            with django_assert_max_num_queries(30) as asked:
                months_of(world.contract, [world.month.previous(), world.month], now=timezone.now())
            counts.append(len(asked))
    assert counts[0] == counts[1]
