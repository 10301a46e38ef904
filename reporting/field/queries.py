"""What stands in the diary where an entry of a phone wants to go."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef
from django.db.models.functions import TruncMonth

from kernel.access import Access
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.delivery.knowing import vouched_for
from reporting.delivery.limits import entry_limits
from reporting.delivery.models import Visit
from reporting.delivery.rules import Instants, TimesRefused, resolve_visit
from reporting.field.models import PhoneEntry
from reporting.field.rules.clock import overlaps

# How far back the start page looks for visits of doubtful length: the month before is handed in by then.
_RECENT = timedelta(days=62)


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
    if entry.corrects is not None:
        return list(Visit.objects.filter(pk=entry.corrects).select_related("worker"))
    return same_visit(entry) or [
        each for each in same_visit(entry, everywhere=True) if each.pk not in entry.seen
    ]


def may_stand_beside(entry: PhoneEntry) -> bool:
    """Whether the entry of a conflict can be a second visit of the day: it overlaps with none."""
    return entry.state == PhoneEntry.State.CONFLICT and entry.corrects is None and not same_visit(entry)


def visits_of_others(entry: PhoneEntry) -> frozenset[UUID]:
    """Visits of other carers under the decision on that day: they are no question to this one's entry."""
    others = Visit.objects.filter(decision_id=entry.decision_id, date=entry.day).exclude(
        worker_id=entry.worker_id
    )
    return frozenset(others.values_list("pk", flat=True))


def numbered(number: str, day: date, organisations: Iterable[UUID], access: Access) -> Decision | None:
    """The decision with the number as typed, if it is entrusted to one of the organisations and in force on the day.

    Whether another organisation has the number, or another day, is told to nobody: numbers can be guessed.
    """
    found: Decision | None = (
        Decision.objects.visible_to(access)
        .in_force_on(day)
        .select_related("contract")
        .filter(number__iexact=" ".join(number.split()), contract__organisation_id__in=organisations)
        .first()
    )
    return found


def known_by_number_only(access: Access, today: date) -> Any:
    """Carer and decision, as ids, of lately entered visits for which nobody vouches besides the carer herself.

    She typed the number of the decision, and until somebody confirms that she serves the person her phone tells
    neither the name nor the address.
    """
    visits = Visit.objects.visible_to(access)
    vouched = vouched_for(Visit.objects.filter(worker=OuterRef("worker"), decision=OuterRef("decision")))
    return (
        visits.filter(date__gte=today - _RECENT, entered_by=F("worker__user_id"))
        .exclude(state=Visit.State.CANCELLED)
        .exclude(worker__user_id=access.actor.user_id)
        .filter(~Exists(vouched))
        .order_by("worker", "decision")
        .values("worker", "decision")
        .annotate(first=Min("date"), last=Max("date"), visits=Count("pk"))
    )


def unusually_long(access: Access, today: date) -> Any:
    """Visits from phones that lasted longer than compliance's T2 takes for usual, of months not handed in yet."""
    closed = ContractMonth.objects.filter(
        contract=OuterRef("decision__contract"),
        month=OuterRef("first_day"),
        state__in=[
            ContractMonth.State.SUBMITTED,
            ContractMonth.State.ACCEPTED,
            ContractMonth.State.SETTLED,
        ],
    )
    visits = Visit.objects.visible_to(access).annotate(first_day=TruncMonth("date"))
    return visits.filter(
        ~Exists(closed),
        source=Visit.Source.PHONE,
        state=Visit.State.DONE,
        date__gte=today - _RECENT,
        minutes__gt=entry_limits().long_visit_minutes,
    )


def too_late_for_the_diary(access: Access) -> Any:
    """Entries of visits made whose month the social unit has accepted: a later month can carry them."""
    accepted = ContractMonth.objects.filter(
        contract=OuterRef("decision__contract"),
        month=OuterRef("first_day"),
        state__in=[ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED],
    )
    entries = PhoneEntry.objects.visible_to(access).annotate(first_day=TruncMonth("day"))
    return entries.filter(
        Exists(accepted),
        state=PhoneEntry.State.WAITING,
        visit_state=Visit.State.DONE,
        corrects__isnull=True,
    )
