"""Late visits that stand, as the comparison of other months and contracts wants to be told of them."""

from datetime import UTC, date, timedelta

from kernel.periods import resolve_wall_time
from reporting.compliance.rules import VisitFacts
from reporting.settlement.models import AcceptedLine


def late_visits_between(first: date, last: date) -> list[VisitFacts]:
    """Visits added to accepted months that begin on these days (both inclusive) and were not withdrawn; one query."""
    lines = AcceptedLine.objects.filter(is_late=True, adjusted_minutes__gt=0, date__range=(first, last))
    return [_facts(line) for line in lines.select_related("decision")]


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
