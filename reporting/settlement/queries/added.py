"""Time that stands added to accepted months, late visits and what corrections lengthened, as comparisons are told."""

from datetime import UTC, date, datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from kernel.periods import local_datetime, resolve_wall_time
from reporting.compliance.rules import VisitFacts
from reporting.delivery.models import Visit
from reporting.settlement.models import AcceptedLine


def added_between(first: date, last: date, whose: Q | None = None) -> list[VisitFacts]:
    """What was added to visits that begin on these days (both inclusive) and was not withdrawn; one query.

    A late visit is added whole, of a visit that was corrected longer than the diary has it what comes after its end.
    `whose` narrows the lines.
    """
    lines = AcceptedLine.objects.filter(whose or Q(), adjusted_minutes__gt=0, date__range=(first, last))
    visit = Visit.objects.filter(pk=OuterRef("visit_id"))
    told = lines.select_related("decision").annotate(
        diary_minutes=Subquery(visit.values("minutes")), diary_ends=Subquery(visit.values("ends_at"))
    )
    return [found for line in told if (found := _facts(line, line.diary_minutes, line.diary_ends))]


def _facts(line: AcceptedLine, diary_minutes: int | None, diary_ends: datetime | None) -> VisitFacts | None:
    """None where the correction only gives back what was refused: the diary has that time already."""
    if line.is_late or diary_minutes is None or diary_ends is None:
        starts_at, minutes = resolve_wall_time(line.date, line.start), line.adjusted_minutes
    else:
        starts_at, minutes = diary_ends, line.minutes + line.adjusted_minutes - diary_minutes
    if minutes <= 0:
        return None
    begins = local_datetime(starts_at)
    return VisitFacts(
        id=str(line.visit_id) if line.is_late else f"{line.visit_id}+",
        decision=str(line.decision_id),
        person=str(line.decision.person_id),
        worker=line.worker,
        date=begins.date(),
        start=begins.time(),
        starts_at=starts_at.astimezone(UTC),
        ends_at=starts_at.astimezone(UTC) + timedelta(minutes=minutes),
        minutes=minutes,
        entered_on=line.date,
        activities=frozenset(line.activities),
    )
