"""Persons whom nobody has visited for long though their plan says otherwise."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import (
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from kernel.access import Access
from reporting.care.models import Decision, PlanSlot, Suspension
from reporting.delivery.models import Visit

DAYS_WITHOUT_VISIT = 9
SHOWN = 5


@dataclass(frozen=True)
class Unvisited:
    """A decision without a done visit; `days` have passed since the last one, or since visits could begin."""

    decision_id: UUID
    number: str
    person_id: UUID
    person_name: str
    days: int


def unvisited_persons(access: Access, today: date) -> tuple[list[Unvisited], int]:
    """Up to SHOWN decisions whose persons wait longest, and how many there are in all; two queries.

    Counted are decisions that are in force and not suspended today, have a plan, and had neither a done visit nor
    a suspension in the last DAYS_WITHOUT_VISIT days, and did not begin in them.
    """
    day_before = ExpressionWrapper(
        F("valid_from") - Value(1, output_field=IntegerField()), output_field=DateField()
    )
    last_visit = (
        Visit.objects.filter(decision=OuterRef("pk"), state=Visit.State.DONE, date__lte=today)
        .order_by()
        .values("decision")
        .annotate(last=Max("date"))
        .values("last")
    )
    last_rest = (
        Suspension.objects.filter(decision=OuterRef("pk"), last_day__lt=today)
        .order_by()
        .values("decision")
        .annotate(last=Max("last_day"))
        .values("last")
    )
    rests_now = Suspension.objects.filter(decision=OuterRef("pk"), first_day__lte=today, last_day__gte=today)
    found = (
        Decision.objects.visible_to(access)
        .in_force_on(today)
        .filter(Exists(PlanSlot.objects.filter(decision=OuterRef("pk"))), ~Exists(rests_now))
        .annotate(
            since=Greatest(
                day_before,
                Coalesce(Subquery(last_visit), day_before),
                Coalesce(Subquery(last_rest), day_before),
            )
        )
        .filter(since__lte=today - timedelta(days=DAYS_WITHOUT_VISIT))
    )
    shown = found.select_related("person").order_by("since", "number")[:SHOWN]
    listed = [
        Unvisited(one.pk, one.number, one.person_id, str(one.person), (today - one.since).days)
        for one in shown
    ]
    return listed, len(listed) if len(listed) < SHOWN else found.count()
