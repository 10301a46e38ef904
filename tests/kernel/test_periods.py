"""Months, wall-clock time over the nights of a clock change, public holidays and working days."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.periods import (
    WARSAW,
    Month,
    NonexistentTime,
    elapsed_minutes,
    is_public_holiday,
    is_working_day,
    local_date,
    local_datetime,
    nth_working_day,
    resolve_wall_time,
    working_day_after,
)

months = st.builds(Month, st.integers(1900, 2200), st.integers(1, 12))


def test_a_month_is_written_as_it_is_read() -> None:
    month = Month.parse("2026-10")
    assert (month.year, month.month) == (2026, 10)
    assert str(month) == "2026-10"
    assert str(Month(987, 1)) == "0987-01"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-00",
        "2026-1",
        "26-10",
        "2026-10-01",
        "2026/10",
        " 2026-10",
        "2026-10\n",
        "٢٠٢٦-10",
        "0000-01",
    ],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Month.parse(text)


def test_a_leap_year_has_29_february() -> None:
    assert Month(2028, 2).last == date(2028, 2, 29)
    assert Month(2026, 2).last == date(2026, 2, 28)
    assert Month(2100, 2).last == date(2100, 2, 28)


def test_neighbours_and_order() -> None:
    assert Month(2026, 12).next() == Month(2027, 1)
    assert Month(2026, 1).previous() == Month(2025, 12)
    assert Month(2025, 12) < Month(2026, 1) < Month(2026, 2)


@given(months)
def test_the_days_of_a_month_are_all_and_only_those_it_contains(month: Month) -> None:
    days = month.days()
    assert days[0] == month.first
    assert days[-1] == month.last
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))
    assert all(month.contains(day) and Month.of(day) == month for day in days)
    assert not month.contains(days[0] - timedelta(days=1))
    assert month.next().first == days[-1] + timedelta(days=1)
    assert month.next().previous() == month == Month.parse(str(month))


def test_bounds_are_local_midnights() -> None:
    # October begins in summer time and ends in winter time: 31 days and an hour.
    assert Month(2026, 10).bounds() == (
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )


def test_the_local_date_changes_at_local_midnight() -> None:
    assert local_date(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == date(2026, 7, 1)
    assert local_date(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == date(2026, 7, 2)
    assert local_date(datetime(2026, 1, 1, 23, 0, tzinfo=timezone(timedelta(hours=1)))) == date(2026, 1, 1)


def test_an_instant_needs_a_zone() -> None:
    bare = datetime(2026, 7, 1, 21, 59)  # noqa: DTZ001
    aware = bare.replace(tzinfo=UTC)
    for refused in (
        lambda: local_date(bare),
        lambda: elapsed_minutes(bare, aware),
        lambda: elapsed_minutes(aware, bare),
    ):
        with pytest.raises(ValueError, match="time zone"):
            refused()
    with pytest.raises(ValueError, match="no time zone"):
        resolve_wall_time(date(2026, 7, 1), time(8, tzinfo=UTC))


def test_an_ordinary_time_is_resolved() -> None:
    assert resolve_wall_time(date(2026, 10, 5), time(8)) == datetime(2026, 10, 5, 6, tzinfo=UTC)
    assert resolve_wall_time(date(2026, 12, 5), time(8)) == datetime(2026, 12, 5, 7, tzinfo=UTC)


def test_in_the_doubled_hour_a_time_means_its_first_occurrence() -> None:
    for at in (time(2, 30), time(2, 30, fold=1)):
        assert resolve_wall_time(date(2026, 10, 25), at) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert resolve_wall_time(date(2026, 10, 25), time(3, 0)) == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("at", [time(2, 0), time(2, 30), time(2, 59)])
def test_the_skipped_hour_does_not_exist(at: time) -> None:
    with pytest.raises(NonexistentTime) as refusal:
        resolve_wall_time(date(2026, 3, 29), at)
    assert (refusal.value.day, refusal.value.at) == (date(2026, 3, 29), at)
    assert isinstance(refusal.value, ValueError)


def test_both_sides_of_the_skipped_hour_exist() -> None:
    assert resolve_wall_time(date(2026, 3, 29), time(1, 59)) == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert resolve_wall_time(date(2026, 3, 29), time(3, 0)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.times())
def test_what_is_resolved_is_shown_by_the_clock(day: date, at: time) -> None:
    try:
        instant = resolve_wall_time(day, at)
    except NonexistentTime:
        assert day.month == 3
        assert at.hour == 2
        return
    shown = local_datetime(instant)
    assert (shown.date(), shown.time().replace(fold=0)) == (day, at.replace(fold=0))
    assert instant.utcoffset() == timedelta(0)


def test_elapsed_minutes_are_counted_over_clock_changes() -> None:
    def local(day: date, hour: int, fold: int = 0) -> datetime:
        return datetime(day.year, day.month, day.day, hour, 30, tzinfo=WARSAW, fold=fold)

    autumn, spring = date(2026, 10, 25), date(2026, 3, 29)
    assert elapsed_minutes(local(autumn, 1), local(autumn, 3)) == 180
    assert elapsed_minutes(local(autumn, 2), local(autumn, 2, fold=1)) == 60
    assert elapsed_minutes(local(spring, 1), local(spring, 3)) == 60
    assert elapsed_minutes(local(spring, 3), local(spring, 1)) == -60


def test_public_holidays_of_2026() -> None:
    year = [date(2026, 1, 1) + timedelta(days=at) for at in range(365)]
    assert [f"{day:%m-%d}" for day in year if is_public_holiday(day)] == [
        "01-01",
        "01-06",
        "04-05",
        "04-06",
        "05-01",
        "05-03",
        "05-24",
        "06-04",
        "08-15",
        "11-01",
        "11-11",
        "12-24",
        "12-25",
        "12-26",
    ]


def test_christmas_eve_is_a_holiday_since_2025() -> None:
    assert not is_public_holiday(date(2024, 12, 24))
    assert is_public_holiday(date(2025, 12, 24))


def test_working_days_pass_over_weekends_and_holidays() -> None:
    # Wednesday 24 to Sunday 27 December 2026 are off: 24-26 by law, 27 a Sunday.
    assert working_day_after(date(2026, 12, 23)) == date(2026, 12, 28)
    assert working_day_after(date(2026, 10, 31), 5) == date(2026, 11, 6)
    assert not is_working_day(date(2026, 10, 31))
    assert is_working_day(date(2026, 10, 30))


@pytest.mark.parametrize(
    ("month", "fifth"),
    [
        (Month(2026, 10), date(2026, 10, 7)),
        (Month(2027, 1), date(2027, 1, 11)),  # 1 and 6 January, a weekend between
        (Month(2026, 5), date(2026, 5, 8)),  # 1 and 3 May
    ],
)
def test_the_fifth_working_day(month: Month, fifth: date) -> None:
    assert nth_working_day(month, 5) == fifth
    assert working_day_after(month.previous().last, 5) == fifth


def test_a_working_day_is_counted_from_one() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        working_day_after(date(2026, 10, 1), 0)
