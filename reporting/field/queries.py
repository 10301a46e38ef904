"""What stands in the diary where an entry of a phone wants to go."""

from uuid import UUID

from reporting.delivery.models import Visit
from reporting.delivery.rules import Instants, TimesRefused, resolve_visit
from reporting.field.models import PhoneEntry
from reporting.field.rules.clock import overlaps


def same_visit(entry: PhoneEntry, *, everywhere: bool = False) -> list[Visit]:
    """Visits of this carer under the decision on that day that share a moment with the entry.

    `everywhere` gives all of the day. A cancelled visit is no visit that took place.
    """
    visits = list(
        Visit.objects.filter(decision_id=entry.decision_id, worker_id=entry.worker_id, date=entry.day)
        .exclude(pk=entry.pk)
        .exclude(state=Visit.State.CANCELLED)
        .select_related("worker")
    )
    try:
        when = resolve_visit(entry.day, entry.start, entry.end)
    except TimesRefused:
        return visits if everywhere else []
    return [
        visit for visit in visits if everywhere or overlaps(when, Instants(visit.starts_at, visit.ends_at))
    ]


def in_the_way(entry: PhoneEntry) -> list[Visit]:
    """The visits beside which a conflict is shown."""
    if entry.state != PhoneEntry.State.CONFLICT or entry.decision_id is None:
        return []
    return same_visit(entry) or [
        each for each in same_visit(entry, everywhere=True) if each.pk not in entry.seen
    ]


def may_stand_beside(entry: PhoneEntry) -> bool:
    """Whether the entry of a conflict can be a second visit of the day: it overlaps with none."""
    return entry.state == PhoneEntry.State.CONFLICT and not same_visit(entry)


def visits_of_others(entry: PhoneEntry) -> frozenset[UUID]:
    """Visits of other carers under the decision on that day: they are no question to this one's entry."""
    others = Visit.objects.filter(decision_id=entry.decision_id, date=entry.day).exclude(
        worker_id=entry.worker_id
    )
    return frozenset(others.values_list("pk", flat=True))
