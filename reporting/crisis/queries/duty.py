"""Duties and what they leave uncovered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from reporting.crisis.models import Duty
from reporting.crisis.rules import Gap, Shift, coverage_gaps


def of_centre(organisation_id: UUID | None, path: str = "organisation") -> Q:
    """What belongs to the organisation, or to the unit itself where it is None."""
    return Q(**{f"{path}_id": organisation_id}) if organisation_id else Q(**{f"{path}__isnull": True})


def duties_between(organisation_id: UUID | None, start: datetime, end: datetime) -> list[Any]:
    """Duties of a centre that touch the stretch, in their order; one query."""
    return list(Duty.objects.filter(of_centre(organisation_id), starts_at__lt=end, ends_at__gt=start))


def gaps_between(duties: Iterable[Any], start: datetime, end: datetime, minimum: int) -> list[Gap]:
    """Where these duties leave the stretch with fewer people than the minimum."""
    shifts = [Shift(str(duty.user_id), duty.starts_at, duty.ends_at) for duty in duties]
    return coverage_gaps(shifts, start, end, minimum)
