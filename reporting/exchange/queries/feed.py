"""Changes of visits, decisions and advice in the order of time, so that a copy elsewhere can follow without losing one.

The lag rule. A row carries the time at which it was written, but others see it only when its transaction commits,
which is later. A reader who had passed that time already would never see it. So nothing is told that is newer than the
beginning of the oldest transaction that is still writing, less a few seconds for clocks that differ: whatever commits
later carries a later time than the last cursor given out. Writers are told from readers by their transaction id; a long
backup holds nothing up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from kernel.access import Access
from kernel.tenancy import connection
from reporting.advice.models import Appointment, Move
from reporting.delivery.models import RemovedVisit, Visit
from reporting.exchange.models import DecisionChange

_OLDEST_WRITER = """
SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Change:
    """A visit as it stands now, or (`visit` None) one that was removed."""

    changed_at: datetime
    pk: UUID
    visit: Visit | None


@dataclass(frozen=True)
class Changes:
    """A piece of the feed: `has_more` says that the next piece is there already; complete up to `until`."""

    items: list[Change]
    has_more: bool
    until: datetime


def settled_until() -> datetime:
    """The latest time of which it is certain that no change before it will still appear."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST_WRITER)
        oldest: datetime = cursor.fetchone()[0]
    return oldest - timedelta(seconds=settings.EXCHANGE_FEED_LAG_SECONDS)


def read_changes(access: Access, after: tuple[datetime, UUID] | None, limit: int) -> Changes:
    """The next changes after a place, at most `limit`; three statements."""
    until = settled_until()
    visits = (
        Visit.objects.visible_to(access)
        .select_related("decision__contract", "worker")
        .filter(_after("changed_at", after), changed_at__lte=until)
        .order_by("changed_at", "pk")[: limit + 1]
    )
    removed = (
        RemovedVisit.objects.visible_to(access)
        .filter(_after("removed_at", after), removed_at__lte=until)
        .order_by("removed_at", "pk")
        .values_list("removed_at", "pk")[: limit + 1]
    )
    found = [Change(visit.changed_at, visit.pk, visit) for visit in visits]
    found += [Change(removed_at, pk, None) for removed_at, pk in removed]
    found.sort(key=lambda change: (change.changed_at, change.pk))
    return Changes(found[:limit], len(found) > limit, until)


@dataclass(frozen=True)
class DecisionChanges:
    """The same of decisions: each once, as it stands now."""

    items: list[DecisionChange]
    has_more: bool
    until: datetime


def read_decision_changes(access: Access, after: tuple[datetime, UUID] | None, limit: int) -> DecisionChanges:
    """The next decisions issued or changed after a place, at most `limit`; three statements."""
    until = settled_until()
    found = list(
        DecisionChange.objects.visible_to(access)
        .select_related("decision__contract", "decision__person")
        .prefetch_related("decision__suspensions")
        .filter(_after("changed_at", after, "decision_id"), changed_at__lte=until)
        .order_by("changed_at", "decision_id")[: limit + 1]
    )
    return DecisionChanges(found[:limit], len(found) > limit, until)


@dataclass(frozen=True)
class AdviceChange:
    """Advice as it stands now, or (`advice` None) an appointment that another organisation's adviser has taken over."""

    changed_at: datetime
    pk: UUID
    advice: Appointment | None


@dataclass(frozen=True)
class AdviceChanges:
    """The same of advice: each appointment once, as it stands now."""

    items: list[AdviceChange]
    has_more: bool
    until: datetime


def read_advice_changes(access: Access, after: tuple[datetime, UUID] | None, limit: int) -> AdviceChanges:
    """The next appointments of advice booked or changed after a place, at most `limit`; three statements.

    No appointment is ever removed, but it can be moved to an adviser of another organisation: then it is theirs.
    """
    until = settled_until()
    place = _after("changed_at", after), Q(changed_at__lte=until)
    own = (
        Appointment.objects.visible_to(access)
        .select_related("contract", "adviser")
        .filter(*place)
        .order_by("changed_at", "pk")[: limit + 1]
    )
    found = [AdviceChange(one.changed_at, one.pk, one) for one in own]
    if access.organisation_ids is not None:
        left = Move.objects.filter(
            appointment=OuterRef("pk"), from_adviser__organisation_id__in=access.organisation_ids
        )
        gone = (
            Appointment.objects.exclude(adviser__organisation_id__in=access.organisation_ids)
            .filter(Exists(left), *place)
            .order_by("changed_at", "pk")
            .values_list("changed_at", "pk")[: limit + 1]
        )
        found += [AdviceChange(changed_at, pk, None) for changed_at, pk in gone]
    found.sort(key=lambda change: (change.changed_at, change.pk))
    return AdviceChanges(found[:limit], len(found) > limit, until)


def _after(field: str, place: tuple[datetime, UUID] | None, key: str = "pk") -> Any:
    if place is None:
        return Q()
    at, pk = place
    return Q(**{f"{field}__gt": at}) | Q(**{field: at, f"{key}__gt": pk})
