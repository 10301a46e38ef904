"""Stays with the day by which art. 47 ends them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from contracting.commissioning.law import rows_by_code
from contracting.commissioning.rules.limits import Limit, in_force
from reporting.crisis.models import ShelterStay
from reporting.crisis.rules import Nights, last_leaving, unbroken_since

SHELTER_MONTHS = "shelter_months"


@dataclass(frozen=True)
class Limited:
    """A stay with the last day of leaving that the law allows without a further ground; None where it says nothing."""

    stay: Any
    last_day: date | None
    months: Limit | None

    def warns_on(self, today: date, days: int) -> bool:
        """Whether somebody must look at it: the limit or the agreed day is so many days away, or has passed."""
        if self.stay.ended:
            return False
        ends = self.stay.to_day if self.stay.ground or self.last_day is None else self.last_day
        return bool((min(ends, self.stay.to_day) - today).days <= days)

    def is_late(self, today: date) -> bool:
        """Whether the agreed day of leaving has passed, and nobody has noted that the person left."""
        return not self.stay.ended and self.stay.to_day < today


def nights_of(stay: Any) -> Nights:
    return Nights(stay.from_day, stay.to_day)


def others_of(stay: Any) -> Any:
    """The other stays of the same person in whichever case and centre of the tenant, as far as the person is known."""
    case = stay.case
    same = Q(case=case) if case.person_id is None else Q(case__person=case.person_id)
    return ShelterStay.objects.filter(same).exclude(pk=stay.pk)


def last_day_of(nights: Nights, others: Iterable[Nights]) -> tuple[date | None, Limit | None]:
    """The last day of leaving of these nights after others of the same person, and the limit behind it; one query."""
    return _last_day(nights, others, rows_by_code()[SHELTER_MONTHS])


def _last_day(
    nights: Nights, others: Iterable[Nights], rows: Sequence[Limit]
) -> tuple[date | None, Limit | None]:
    since = unbroken_since(nights, others)
    months = in_force(rows, since)
    return (last_leaving(since, months.whole), months) if months else (None, None)


def limited(stays: Iterable[Any]) -> list[Limited]:
    """Each stay, with its case, and its limit; two queries for all."""
    shown = list(stays)
    if not shown:
        return []
    rows = rows_by_code()[SHELTER_MONTHS]
    cases = {stay.case_id for stay in shown}
    persons = {stay.case.person_id for stay in shown} - {None}
    near = ShelterStay.objects.filter(Q(case__in=cases) | Q(case__person__in=persons)).select_related("case")
    by_person: dict[Any, list[Any]] = {}
    for stay in near:
        by_person.setdefault(_person_of(stay), []).append(stay)
    found = []
    for stay in shown:
        others = [nights_of(one) for one in by_person.get(_person_of(stay), []) if one.pk != stay.pk]
        found.append(Limited(stay, *_last_day(nights_of(stay), others, rows)))
    return found


def _person_of(stay: Any) -> Any:
    """What tells that stays are those of one person: the person, or the case where nobody knows who it is."""
    return stay.case.person_id or stay.case_id
