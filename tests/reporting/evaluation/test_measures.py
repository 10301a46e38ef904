"""The measures against a naive second implementation, on made-up months, and their edges by hand."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from kernel.periods import WARSAW, Month, is_public_holiday, resolve_wall_time
from reporting.compliance.rules import Amount, AmountPer, DecisionFacts, Slot, VisitFacts, VisitState
from reporting.evaluation.rules.measures import (
    Reason,
    Staffing,
    continuity,
    delivered_hours,
    different_carers,
    evening_hours,
    is_kept,
    is_met,
    on_plan,
    planned_days,
    punctuality,
    qualified,
    replacement,
)
from reporting.evaluation.rules.work import Conditions, MonthWork, work_of
from tests.reporting.evaluation import naive

NOVEMBER = Month(2026, 11)
CONDITIONS = Conditions()
AFTER = date(2027, 1, 1)
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def decision(key: str = "d", *slots: tuple[int, str], **fields: Any) -> DecisionFacts:
    return DecisionFacts(
        key=key,
        number=key,
        person=fields.pop("person", f"p-{key}"),
        contract="c",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        amount=Amount(AmountPer.MONTH, 600),
        plan=tuple(Slot(weekday, time.fromisoformat(start), 60) for weekday, start in slots),
        **fields,
    )


def visit(
    of: DecisionFacts, day: date, start: str, minutes: int = 60, worker: str = "A", **fields: Any
) -> VisitFacts:
    starts_at = resolve_wall_time(day, time.fromisoformat(start))
    return VisitFacts(
        id=fields.pop("id", f"{of.key}-{day}-{start}-{worker}"),
        decision=of.key,
        person=of.person,
        worker=worker,
        date=day,
        start=time.fromisoformat(start),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        minutes=minutes,
        entered_on=day,
        **fields,
    )


def work(decisions: Any, visits: Any, today: date = AFTER) -> MonthWork:
    return work_of(NOVEMBER, decisions, visits, CONDITIONS, today=today)


def monday(week: int) -> date:
    """Mondays of November 2026: 2, 9, 16, 23, 30; none is a public holiday."""
    return date(2026, 11, 2) + timedelta(days=7 * week)


@pytest.mark.parametrize("seed", range(25))
def test_as_the_naive_implementation(seed: int) -> None:
    random = Random(seed)
    weekdays = random.sample(range(1, 8), random.randint(1, 5))
    of = decision("d", *((weekday, random.choice(["08:00", "12:30", "19:00"])) for weekday in weekdays))
    other = decision("e", person=random.choice(["p-d", "p-e"]))
    days = NOVEMBER.days()
    visits = [
        visit(
            random.choice([of, of, other]),
            random.choice(days),
            random.choice(["07:00", "08:00", "08:25", "12:00", "13:10", "18:45", "20:00"]),
            random.choice([30, 60, 90]),
            random.choice("ABC"),
            id=str(number),
        )
        for number in range(random.randint(0, 30))
    ]
    done = work([of, other], visits)
    by_visits, by_minutes, carers = naive.shares_of_main_carer(visits)
    assert continuity(done, by="visits").value == by_visits
    assert continuity(done, by="minutes").value == by_minutes
    assert different_carers(done).value == carers

    own = [
        SimpleNamespace(
            id=one.id, worker=one.worker, date=one.date, start=one.start, starts_at=one.starts_at, zone=WARSAW
        )
        for one in visits
        if one.decision == "d"
    ]
    waited = naive.replacements(of, own, days, tolerance=30, within=72)
    reading = replacement(done, Decimal(6), CONDITIONS, now=NOW)
    missed = sum(one.by_state is None for one in done.planned)
    assert missed == len(waited)
    if not waited:
        assert reading.reason is not None
        return
    assert reading.whole == len(waited)
    assert reading.part == sum(minutes is not None and minutes <= 360 for minutes in waited)
    assert reading.aside == waited.count(None)
    longest = max(72 * 60 if minutes is None else minutes for minutes in waited)
    assert reading.value == Fraction(longest, 60)


def test_a_replacement_after_the_end_of_the_month_counts() -> None:
    of = decision("d", (1, "10:00"))
    came = [visit(of, monday(week), "10:00") for week in range(4)]
    late = visit(of, date(2026, 12, 1), "09:00")
    reading = replacement(work([of], [*came, late]), Decimal(24), CONDITIONS, now=NOW)
    assert (reading.part, reading.whole, reading.rounded) == (1, 1, Decimal("23.00"))


def test_an_earlier_visit_of_the_day_made_nobody_wait() -> None:
    of = decision("d", (1, "10:00"))
    visits = [visit(of, monday(0), "07:00"), *(visit(of, monday(week), "10:00") for week in range(1, 5))]
    reading = replacement(work([of], visits), Decimal(0), CONDITIONS, now=NOW)
    assert (reading.value, reading.part, reading.whole) == (0, 1, 1)


def test_one_visit_makes_up_for_one_only_and_a_planned_one_for_none() -> None:
    of = decision("d", (1, "10:00"), (2, "10:00"), (3, "10:00"))
    visits = [visit(of, date(2026, 11, 3), "13:00"), visit(of, date(2026, 11, 4), "10:00")]
    done = work([of], visits, today=date(2026, 11, 5))
    reading = replacement(done, Decimal(30), CONDITIONS, now=datetime(2026, 11, 6, tzinfo=UTC))
    assert (reading.part, reading.whole, reading.aside) == (1, 2, 1)


def test_a_wait_that_may_still_end_is_left_out() -> None:
    of = decision("d", (1, "10:00"))
    done = work([of], [], today=date(2026, 11, 3))
    early, late = datetime(2026, 11, 2, 12, tzinfo=UTC), datetime(2026, 11, 2, 14, tzinfo=UTC)
    assert replacement(done, Decimal(4), CONDITIONS, now=early).reason is Reason.NOTHING_MISSED
    assert replacement(done, Decimal(4), CONDITIONS, now=late).whole == 1


def test_nobody_coming_keeps_no_promise_however_long() -> None:
    of = decision("d", (1, "10:00"))
    done = work([of], [])
    reading = replacement(done, Decimal(500), CONDITIONS, now=NOW)
    assert reading.value == 72 and not is_kept("replacement_hours", "at_most", Decimal(500), reading)


def test_decisions_for_two_carers_say_nothing_of_continuity() -> None:
    two = decision("d", two_workers=True)
    done = work([two], [visit(two, monday(0), "08:00", worker=code) for code in "AB"])
    assert continuity(done, by="minutes").reason is Reason.NO_VISITS
    assert different_carers(done).reason is Reason.NO_VISITS


def test_an_absence_answers_the_plan_but_is_no_punctual_visit() -> None:
    of = decision("d", (1, "10:00"))
    visits = [
        visit(of, monday(0), "10:00", state=VisitState.NO_SHOW),
        visit(of, monday(1), "10:15"),
        visit(of, monday(2), "10:16"),
        visit(of, monday(3), "10:31"),
    ]
    done = work([of], visits)
    assert (on_plan(done).part, on_plan(done).whole, on_plan(done).aside) == (3, 5, 1)
    assert (punctuality(done, CONDITIONS).part, punctuality(done, CONDITIONS).whole) == (1, 2)
    # On the fourth Monday somebody came, though not to the planned visit.
    assert (planned_days(done).part, planned_days(done).whole) == (4, 5)


def test_evenings_and_free_days() -> None:
    of = decision("d")
    independence = date(2026, 11, 11)
    assert is_public_holiday(independence)
    visits = [
        visit(of, monday(0), "17:30", 60),
        visit(of, monday(1), "23:30", 60),
        visit(of, independence, "08:00", 45),
        visit(of, date(2026, 11, 13), "23:00", 120),
        visit(of, monday(2), "08:00", 60),
    ]
    # Half an hour, half an hour before midnight, the holiday, and Friday evening with an hour of Saturday.
    assert evening_hours(work([of], visits), CONDITIONS).part == 30 + 30 + 45 + 120


def test_what_cannot_be_measured_says_why() -> None:
    planless, planned = decision("d"), decision("e", (1, "10:00"))
    nobody = Staffing(frozenset(), frozenset(), required=False)
    assert on_plan(work([planless], [])).reason is Reason.NO_PLAN
    assert on_plan(work([planned], [], today=NOVEMBER.first)).reason is Reason.NOTHING_PLANNED
    assert punctuality(work([planned], []), CONDITIONS).reason is Reason.NO_VISITS
    assert (
        qualified(work([planless], [visit(planless, monday(0), "08:00")]), nobody).reason
        is Reason.NOTHING_REQUIRED
    )
    assert qualified(work([planless], []), nobody).reason is Reason.NO_VISITS
    assert evening_hours(work([planless], []), CONDITIONS).reason is Reason.NO_VISITS
    assert delivered_hours(work([], [])).reason is Reason.NOTHING_GRANTED


@pytest.mark.parametrize(
    ("direction", "promised", "value", "met"),
    [
        ("at_least", "66.67", Fraction(200, 3), False),
        ("at_least", "66.66", Fraction(200, 3), True),
        ("at_most", "4", Fraction(4), True),
        ("at_most", "4", Fraction(241, 60), False),
    ],
)
def test_promises_are_compared_exactly(direction: str, promised: str, value: Fraction, met: bool) -> None:
    assert is_met(direction, Decimal(promised), value) is met
