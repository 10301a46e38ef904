"""What corrections say of which visits were held: late visits that stand, and visits found not to have been held.

Whoever asks whether somebody came to a person asks here too: the diary of an accepted month stays as it was.
"""

from collections.abc import Collection
from datetime import UTC, date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from contracting.contracts.models import Contract
from kernel.periods import resolve_wall_time
from reporting.compliance.rules import VisitFacts
from reporting.settlement.models import AcceptedLine, Adjustment


def late_lines() -> QuerySet[AcceptedLine]:
    """Late visits that were not withdrawn; their minutes are `adjusted_minutes`, their carer's code is `worker`."""
    lines: QuerySet[AcceptedLine] = AcceptedLine.objects.filter(is_late=True, adjusted_minutes__gt=0)
    return lines


def late_visits_of(contract: Contract, first: date, last: date) -> list[VisitFacts]:
    """Late visits under decisions of one contract that begin on these days (both inclusive); one query."""
    lines = late_lines().filter(decision__contract=contract, date__range=(first, last))
    return [_facts(line) for line in lines.select_related("decision")]


def not_held_lines() -> QuerySet[AcceptedLine]:
    """Lines of visits of the diary of which a correction says that they were not held: all of them was taken back.

    A correction for another reason takes the pay of a visit, not the visit: somebody was there.
    """
    said = Adjustment.objects.standing().filter(line=OuterRef("pk"), reason=Adjustment.Reason.NOT_HELD)
    lines: QuerySet[AcceptedLine] = AcceptedLine.objects.filter(Exists(said), is_late=False)
    return lines.filter(adjusted_minutes=-F("minutes"))


def visits_not_held(contract: Contract, first: date, last: date) -> Collection[UUID]:
    """The visits of those lines on these days, under decisions of one contract; one query."""
    lines = not_held_lines().filter(decision__contract=contract, date__range=(first, last))
    return set(lines.order_by().values_list("visit_id", flat=True))


def _facts(line: AcceptedLine) -> VisitFacts:
    starts_at = resolve_wall_time(line.date, line.start).astimezone(UTC)
    return VisitFacts(
        id=str(line.visit_id),
        decision=str(line.decision_id),
        person=str(line.decision.person_id),
        worker=line.worker,
        date=line.date,
        start=line.start,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=line.adjusted_minutes),
        minutes=line.adjusted_minutes,
        entered_on=line.date,
        activities=frozenset(line.activities),
    )
