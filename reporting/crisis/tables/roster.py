"""A month of the duty roster, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from kernel.periods import Month, resolve_wall_time
from reporting.crisis.queries.duty import gaps_between
from reporting.crisis.rules import Gap, Opening, demands_of, minutes_of


@dataclass(frozen=True)
class DayRow:
    """A day with the duties that begin on it and the stretches of it with too few people."""

    day: date
    duties: list[Any]
    gaps: list[Gap]

    @property
    def shifts(self) -> list[list[Any]]:
        """The duties, those of the same hours together."""
        return [
            list(same) for _hours, same in groupby(self.duties, key=lambda one: (one.starts_at, one.ends_at))
        ]

    @property
    def empty_minutes(self) -> int:
        return minutes_of(self.gaps, empty=True)

    @property
    def short_minutes(self) -> int:
        return minutes_of(self.gaps, empty=False)


@dataclass(frozen=True)
class Roster:
    """A month: its days, and the minutes with nobody and with too few people on duty."""

    days: list[DayRow]

    @property
    def empty_minutes(self) -> int:
        return sum(row.empty_minutes for row in self.days)

    @property
    def short_minutes(self) -> int:
        return sum(row.short_minutes for row in self.days)


def _midnight(day: date) -> datetime:
    return resolve_wall_time(day, time.min)


def roster_of(month: Month, duties: Sequence[Any], hours: Sequence[Opening], minimum: int) -> Roster:
    """The month's days from the duties that touch it, against the hours of the centre or, without any, around the
    clock."""
    rows = []
    demands = demands_of(hours, month.first, month.last, minimum)
    for day in month.days():
        start, end = _midnight(day), _midnight(day + timedelta(days=1))
        touching = [duty for duty in duties if duty.starts_at < end and duty.ends_at > start]
        begun = [duty for duty in touching if duty.starts_at >= start]
        begun.sort(key=lambda duty: (duty.starts_at, duty.ends_at, duty.name))
        rows.append(DayRow(day, begun, gaps_between(touching, start, end, demands)))
    return Roster(rows)
