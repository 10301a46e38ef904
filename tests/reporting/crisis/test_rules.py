"""Pure rules: the limit of sessions, the chain, stays in months, duty over the clock changes, meetings."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.periods import WARSAW, Month
from reporting.crisis.rules import (
    GENESIS,
    PRODUCT_TERMS,
    Demand,
    Gap,
    Link,
    Nights,
    Opening,
    Shift,
    beds_by_day,
    canonical,
    content_hash,
    coverage_gaps,
    crisis_limit,
    demands_of,
    first_broken,
    last_leaving,
    link_hash,
    minutes_of,
    moved_week,
    place_of,
    pushed_beyond,
    terms_on,
    unbroken_since,
    unbroken_until,
    weeks_short,
)


@pytest.mark.parametrize(
    ("done", "reasons", "referrals", "over"),
    [(8, 0, 0, False), (9, 0, 0, True), (9, 1, 0, False), (9, 0, 1, False), (30, 0, 0, True)],
)
def test_k1_speaks_beyond_the_limit_without_reason_or_referral(
    done: int, reasons: int, referrals: int, over: bool
) -> None:
    assert crisis_limit(done, 8, reasons=reasons, referrals=referrals) is over


_DAYS = [datetime(2026, 10, day, 12, tzinfo=UTC) for day in range(1, 10)]


@pytest.mark.parametrize(("day", "place"), [(0, 1), (3, 4), (8, 9)])
def test_a_session_is_counted_among_those_before_it(day: int, place: int) -> None:
    others = [(at, "") for at in _DAYS if at != _DAYS[day]]
    assert place_of(_DAYS[day], others[::-1]) == place


@pytest.mark.parametrize(
    ("held", "reason", "is_new", "moved"),
    [
        (8, "", True, 8),
        (8, "waiting", True, None),
        (8, "", False, None),
        (7, "", True, None),
        (9, "", True, 8),
    ],
)
def test_a_session_entered_late_moves_one_beyond_the_limit(
    held: int, reason: str, is_new: bool, moved: int | None
) -> None:
    others = [(at, reason if place == 7 else "") for place, at in enumerate(_DAYS[:held])]
    expected = None if moved is None else _DAYS[moved - 1]
    assert pushed_beyond(_DAYS[0] - timedelta(days=1), others, 8, is_new=is_new) == expected


def test_numbers_hold_from_their_day_on() -> None:
    later = replace(PRODUCT_TERMS, session_limit=10, valid_from=date(2026, 6, 1))
    latest = replace(PRODUCT_TERMS, session_limit=6, valid_from=date(2026, 9, 1))
    rows = [latest, later]
    limits = [
        terms_on(rows, day).session_limit for day in (date(2026, 5, 31), date(2026, 6, 1), date(2027, 1, 1))
    ]
    assert limits == [8, 10, 6]


def _chain(count: int) -> list[tuple[Link, str, str]]:
    links, previous = [], GENESIS
    for sequence in range(1, count + 1):
        text = content_hash(canonical("salt", {"event": f"tekst {sequence}"}))
        at = datetime(2026, 10, sequence, 12, tzinfo=UTC)
        link = Link("case", sequence, "continuation", "series", sequence, text, at, "Anna", previous)
        previous = link_hash(link)
        links.append((link, previous, text))
    return links


def test_an_untouched_chain_holds() -> None:
    assert first_broken(_chain(4)) is None
    assert first_broken([]) is None


@pytest.mark.parametrize(
    ("harm", "broken"),
    [
        (lambda c: [c[0], (c[1][0], c[1][1], "0" * 64), *c[2:]], 2),
        (lambda c: [c[0], *c[2:]], 2),
        (lambda c: [c[0], c[2], c[1], c[3]], 2),
        (lambda c: [c[0], c[1], (replace(c[2][0], author="Ktoś"), *c[2][1:]), c[3]], 3),
        (lambda c: c[1:], 1),
    ],
    ids=["text changed", "one removed", "two swapped", "author changed", "first removed"],
)
def test_a_chain_that_was_touched_breaks_where_it_was(harm, broken: int) -> None:  # type: ignore[no-untyped-def]
    assert first_broken(harm(_chain(4))) == broken


@pytest.mark.parametrize(
    ("came", "leaves"),
    [
        (date(2026, 8, 15), date(2026, 11, 15)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_three_months_of_shelter_end_on_the_same_day_of_the_month(came: date, leaves: date) -> None:
    assert last_leaving(came, 3) == leaves


def test_a_change_of_place_does_not_begin_the_months_anew() -> None:
    first = Nights(date(2026, 7, 1), date(2026, 8, 1))
    second = Nights(date(2026, 8, 1), date(2026, 9, 10))
    third = Nights(date(2026, 9, 10), date(2026, 9, 30))
    assert unbroken_since(third, [second, first]) == date(2026, 7, 1)
    late = Nights(date(2026, 10, 2), date(2026, 10, 9))
    assert unbroken_since(late, [first, second, third]) == date(2026, 10, 2)


def test_stays_that_follow_or_overlap_are_one() -> None:
    stay = Nights(date(2026, 8, 1), date(2026, 9, 1))
    next_one, over_it = (
        Nights(date(2026, 9, 1), date(2026, 9, 20)),
        Nights(date(2026, 9, 5), date(2026, 10, 1)),
    )
    apart = Nights(date(2026, 10, 2), date(2026, 10, 9))
    assert unbroken_until(stay, [apart, over_it, next_one]) == date(2026, 10, 1)
    assert unbroken_until(stay, [apart, over_it]) == date(2026, 9, 1)
    overlapping = Nights(date(2026, 7, 10), date(2026, 8, 20))
    assert unbroken_since(stay, [overlapping]) == date(2026, 7, 10)


def test_the_day_of_leaving_is_no_night() -> None:
    stays = [Nights(date(2026, 10, 1), date(2026, 10, 3)), Nights(date(2026, 10, 3), date(2026, 10, 4))]
    assert beds_by_day(stays, date(2026, 9, 30), date(2026, 10, 4)) == [0, 1, 1, 1, 0]


def _shift(start: str, end: str, person: str = "a") -> Shift:
    return Shift(
        person,
        datetime.fromisoformat(start).replace(tzinfo=WARSAW),
        datetime.fromisoformat(end).replace(tzinfo=WARSAW),
    )


def test_nobody_on_duty_is_one_gap() -> None:
    start, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC)
    assert coverage_gaps([], start, end, [Demand(start, end, 2)]) == [Gap(start, end, 0, 2)]


def test_single_hours_and_empty_hours_are_told_apart() -> None:
    start = datetime(2026, 10, 1, tzinfo=WARSAW)
    shifts = [
        _shift("2026-10-01T00:00", "2026-10-01T20:00"),
        _shift("2026-10-01T08:00", "2026-10-01T22:00", "b"),
        _shift("2026-09-30T20:00", "2026-10-01T08:00", "b"),
    ]
    end = start + timedelta(days=1)
    gaps = coverage_gaps(shifts, start, end, [Demand(start, end, 2)])
    assert [(gap.on_duty, gap.minutes) for gap in gaps] == [(1, 120), (0, 120)]
    assert (minutes_of(gaps, empty=True), minutes_of(gaps, empty=False)) == (120, 120)


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-10-25", 25), ("2026-03-29", 23), ("2026-06-10", 24)],
    ids=["autumn", "spring", "plain"],
)
def test_days_of_clock_changes_have_their_own_length(day: str, hours: int) -> None:
    first = datetime.fromisoformat(day).replace(tzinfo=WARSAW)
    following = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=WARSAW)
    assert (
        minutes_of(coverage_gaps([], first, following, [Demand(first, following, 1)]), empty=True)
        == hours * 60
    )


def test_a_month_with_a_clock_change_is_covered_without_a_gap() -> None:
    month = Month(2026, 10)
    shifts = []
    for day in month.days():
        following = day + timedelta(days=1)
        shifts.append(_shift(f"{day}T00:00", f"{day}T12:00"))
        shifts.append(_shift(f"{day}T12:00", f"{following}T00:00", "b"))
    assert coverage_gaps(shifts, *month.bounds(), demands_of([], month.first, month.last, 1)) == []


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-10-20T08:00", "2026-10-27T08:00"),
        ("2026-03-24T20:00", "2026-03-31T20:00"),
        ("2026-03-22T02:30", "2026-03-29T03:30"),
    ],
    ids=["over autumn", "over spring", "into the skipped hour"],
)
def test_a_copied_week_keeps_the_clock_on_the_wall(at: str, then: str) -> None:
    moved = moved_week(datetime.fromisoformat(at).replace(tzinfo=WARSAW), 7)
    assert f"{moved.astimezone(WARSAW):%Y-%m-%dT%H:%M}" == then


def test_whole_weeks_with_too_few_meetings_are_told() -> None:
    held = [date(2026, 10, 6), date(2026, 10, 20), date(2026, 10, 22)]
    assert weeks_short(held, date(2026, 10, 1), date(2026, 10, 31), 1) == [(date(2026, 10, 12), 0)]
    assert weeks_short(held, date(2026, 10, 5), date(2026, 10, 18), 2) == [
        (date(2026, 10, 5), 1),
        (date(2026, 10, 12), 0),
    ]


_PHONE = Opening((1, 2, 3, 4, 5, 6, 7), True, 0, 1440, 1, date(2026, 1, 1), None)
_POINT = Opening((1, 2, 3, 4, 5), False, 480, 1200, 2, date(2026, 1, 1), None)


def _asked(openings: list[Opening], day: date) -> list[tuple[str, str, int]]:
    """Stretches of a day with what is asked for, by the clock on the wall; nobody is on duty."""
    start = datetime.combine(day, datetime.min.time(), WARSAW)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), WARSAW)
    gaps = coverage_gaps([], start, end, demands_of(openings, day, day, 2))
    told = [(gap.starts_at.astimezone(WARSAW), gap.ends_at.astimezone(WARSAW), gap.asked) for gap in gaps]
    return [(f"{since:%H:%M}", f"{until:%H:%M}", asked) for since, until, asked in told]


def test_a_telephone_around_the_clock_and_a_point_on_weekdays_add_up() -> None:
    """Police: the centre from Monday to Friday 8-20, a telephone around the clock (S-122)."""
    both = [_PHONE, _POINT]
    monday, sunday, holiday = date(2026, 10, 5), date(2026, 10, 4), date(2026, 11, 11)
    assert _asked(both, monday) == [("00:00", "08:00", 1), ("08:00", "20:00", 3), ("20:00", "00:00", 1)]
    assert _asked(both, sunday) == _asked(both, holiday) == [("00:00", "00:00", 1)]
    assert _asked([_POINT], sunday) == [], "closed: nobody is asked for"
    assert _asked([_POINT], monday) == [("08:00", "20:00", 2)]


def test_without_hours_on_the_day_the_standard_holds_around_the_clock() -> None:
    later = replace(_POINT, valid_from=date(2026, 10, 6))
    ended = replace(_POINT, valid_to=date(2026, 10, 4))
    assert _asked([later, ended], date(2026, 10, 5)) == [("00:00", "00:00", 2)]


def test_hours_over_midnight_reach_into_the_next_day() -> None:
    night = replace(_POINT, weekdays=(1,), opens=1200, closes=1920)
    assert _asked([night], date(2026, 10, 5)) == [("20:00", "00:00", 2)]
    assert _asked([night], date(2026, 10, 6)) == [("00:00", "08:00", 2)]


def test_hours_go_by_the_clock_on_the_wall_when_it_changes() -> None:
    day = date(2026, 10, 25)
    demands = demands_of([replace(_PHONE, opens=0, closes=480)], day, day, 2)
    assert (demands[1].ends_at - demands[1].starts_at) == timedelta(hours=9)
