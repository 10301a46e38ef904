"""Duties and what they leave uncovered."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from reporting.crisis.models import Duty, OpeningHours
from reporting.crisis.rules import Demand, Gap, Opening, Shift, coverage_gaps


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
