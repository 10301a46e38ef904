"""A carer's day: the planned visits of persons whom they usually serve, and the visits entered today."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from kernel.access import Access
from kernel.periods import is_public_holiday
from reporting.care.models import Decision, PlanSlot, Suspension
from reporting.delivery.models import Visit

_USUALLY = timedelta(days=28)


@dataclass(frozen=True)
class RoundStop:
    """A visit of the day, planned or in the diary; `state` is a state of a visit, or "planned" without a visit."""

    start: time
    minutes: int
    decision: Decision
    state: str
    state_name: str
    visit: Visit | None = None

    @property
    def person_id(self) -> UUID:
        return self.decision.person_id


def round_of(access: Access, today: date) -> list[RoundStop]:
    """The carer's visits of the day by time; a planned one is left out once the diary has a visit of it.

    Planned are slots of decisions that the carer had a done visit of in the last four weeks. Two queries.
    """
    own = Visit.objects.filter(worker__user_id=access.actor.user_id)
    logged = list(
        own.filter(date=today).select_related("decision__person", "decision__contract").order_by("start")
    )
    stops = [
        RoundStop(one.start, one.minutes, one.decision, one.state, one.get_state_display(), one)
        for one in logged
    ]
    lately = own.filter(
        decision=OuterRef("decision"), state=Visit.State.DONE, date__gte=today - _USUALLY, date__lte=today
    )
    rests = Suspension.objects.filter(
        decision=OuterRef("decision"), first_day__lte=today, last_day__gte=today
    )
    due = PlanSlot.objects.filter(
        Q(weekday=today.isoweekday()),
        Exists(lately),
        ~Exists(rests),
        decision__in=Decision.objects.visible_to(access).in_force_on(today),
    )
    if is_public_holiday(today):
        due = due.filter(on_holidays=True)
    seen = {one.decision_id: 0 for one in logged}
    for one in logged:
        seen[one.decision_id] += 1
    for slot in due.select_related("decision__person", "decision__contract").order_by("start"):
        if seen.get(slot.decision_id, 0) > 0:
            seen[slot.decision_id] -= 1
            continue
        stops.append(RoundStop(slot.start, slot.minutes, slot.decision, "planned", ""))
    return sorted(stops, key=lambda stop: (stop.start, stop.decision.number))
