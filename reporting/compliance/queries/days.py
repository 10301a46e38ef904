"""What was delivered on each day, and the visits of a day with who entered them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, Sum

from accounts.models import User
from kernel.access import Access
from kernel.periods import Month
from reporting.delivery.models import Visit

_DONE = Q(state=Visit.State.DONE)
_ABSENT = Q(state=Visit.State.NO_SHOW)


@dataclass(frozen=True, slots=True)
class DaySum:
    """Visits of a decision on a day: minutes and count of those done, count of those where the person was absent."""

    minutes: int = 0
    done: int = 0
    absent: int = 0


NOTHING = DaySum()


def days_of(month: Month, decisions: Collection[UUID]) -> Mapping[tuple[UUID, date], DaySum]:
    """Sums by decision and date; days without a visit are missing."""
    rows = (
        Visit.objects.filter(date__gte=month.first, date__lte=month.last, decision_id__in=list(decisions))
        .values_list("decision_id", "date")
        .annotate(
            minutes=Sum("minutes", filter=_DONE),
            done=Count("pk", filter=_DONE),
            absent=Count("pk", filter=_ABSENT),
        )
    )
    return {
        (decision, day): DaySum(minutes or 0, done, absent) for decision, day, minutes, done, absent in rows
    }


def visits_by_day(access: Access, decision: UUID, first: date, last: date) -> Mapping[date, list[Visit]]:
    """The visits of a decision, in any state, by date; each knows its worker and has `entered_by_name`."""
    visits = list(
        Visit.objects.visible_to(access)
        .filter(decision_id=decision, date__gte=first, date__lte=last)
        .select_related("worker")
        .order_by("date", "starts_at", "worker__code")
    )
    names = _names({visit.entered_by for visit in visits} | {visit.changed_by for visit in visits})
    found: dict[date, list[Visit]] = defaultdict(list)
    for visit in visits:
        visit.entered_by_name = names.get(visit.entered_by, "")
        visit.changed_by_name = names.get(visit.changed_by, "")
        found[visit.date].append(visit)
    return found


def _names(ids: Collection[UUID | None]) -> dict[UUID | None, str]:
    rows = User.objects.filter(pk__in=[one for one in ids if one is not None]).values_list("pk", "full_name")
    return dict(rows)
