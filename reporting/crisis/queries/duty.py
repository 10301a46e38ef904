"""Duties and what they leave uncovered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from kernel.periods import local_date
from reporting.crisis.models import Duty, OpeningHours
from reporting.crisis.queries.terms import all_terms
from reporting.crisis.rules import (
    Demand,
    Gap,
    Opening,
    Shift,
    Terms,
    asked_minutes,
    coverage_gaps,
    demands_of,
    minutes_of,
    terms_on,
)


def of_centre(organisation_id: UUID | None, path: str = "organisation") -> Q:
    """What belongs to the organisation, or to the unit itself where it is None."""
    return Q(**{f"{path}_id": organisation_id}) if organisation_id else Q(**{f"{path}__isnull": True})


def duties_between(organisation_id: UUID | None, start: datetime, end: datetime) -> list[Any]:
    """Duties of a centre that touch the stretch, in their order; one query."""
    return list(Duty.objects.filter(of_centre(organisation_id), starts_at__lt=end, ends_at__gt=start))


def openings(rows: Iterable[Any]) -> list[Opening]:
    """Rows of opening hours as the rules take them."""
    return [
        Opening(
            tuple(row.weekdays),
            row.on_holidays,
            row.opens,
            row.closes,
            row.people,
            row.valid_from,
            row.valid_to,
        )
        for row in rows
    ]


def openings_between(organisation_id: UUID | None, first: date, last: date) -> list[Opening]:
    """Hours of a centre that hold on some of these days, or the night before them; one query."""
    rows = OpeningHours.objects.filter(of_centre(organisation_id)).between(first - timedelta(days=1), last)
    return openings(rows)


def gaps_between(
    duties: Iterable[Any], start: datetime, end: datetime, demands: Iterable[Demand]
) -> list[Gap]:
    """Where these duties leave the stretch with fewer people than are asked for."""
    shifts = [Shift(str(duty.user_id), duty.starts_at, duty.ends_at) for duty in duties]
    return coverage_gaps(shifts, start, end, demands)


@dataclass(frozen=True)
class Coverage:
    """Minutes in which a centre asked for people; of them with too few on duty (`short`) and with nobody (`empty`)."""

    asked: int
    short: int
    empty: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Roster:
    """Duties of a centre over a stretch, with its hours and the numbers of the standard."""

    duties: list[Any]
    openings: list[Opening]
    terms: list[Terms]

    def coverage(self, start: datetime, end: datetime) -> Coverage:
        """How it covers a part of the stretch (aware, half open), by the standard of the part's first day."""
        if end <= start:
            return Coverage(0, 0, 0, ())
        first, last = local_date(start), local_date(end)
        demands = demands_of(self.openings, first, last, terms_on(self.terms, first).duty_minimum)
        gaps = gaps_between(self.duties, start, end, demands)
        return Coverage(
            asked_minutes(demands, start, end),
            minutes_of(gaps, empty=False),
            minutes_of(gaps, empty=True),
            tuple(gaps),
        )


def read_roster(organisation_id: UUID | None, start: datetime, end: datetime) -> Roster:
    """The roster of a centre over a stretch (aware, half open); three queries."""
    return Roster(
        duties_between(organisation_id, start, end),
        openings_between(organisation_id, local_date(start), local_date(end)),
        all_terms(),
    )
