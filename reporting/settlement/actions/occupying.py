"""Time that is added to an accepted month is nobody else's: neither its worker nor its person has a visit in it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.periods import NonexistentTime, local_datetime, resolve_wall_time
from reporting.care.models import Decision
from reporting.delivery.models import Visit
from reporting.settlement.models import AcceptedLine
from reporting.settlement.queries.added import added_between


def visit_beside(
    decision: Decision, worker: str, begins: datetime, ends: datetime
) -> tuple[date, time] | None:
    """The day and start of a visit of the worker (a code) or, unless two may come, of the person in that time.

    Asked under `lock_time`: of the diary as it stands, and of what other corrections added.
    """
    whose = Q(worker__code=worker)
    person = Q(decision__person=decision.person_id, decision__two_workers=False)
    if not decision.two_workers:
        whose |= person
    met = Visit.objects.filter(whose, state=Visit.State.DONE, starts_at__lt=ends, ends_at__gt=begins)
    known = met.order_by("starts_at").values_list("date", "start").first()
    if known is not None:
        return known[0], known[1]
    by_code = Q(worker=worker) if decision.two_workers else Q(worker=worker) | person
    # A visit lasts at most a day, and so does what was added to it.
    near = local_datetime(begins).date() - timedelta(days=2), local_datetime(ends).date()
    for added in added_between(*near, whose=by_code):
        if added.starts_at < ends and added.ends_at > begins:
            return added.date, added.start
    return None


def instant_of(day: date, at: time) -> datetime:
    """The instant of a wall-clock time. Raises DomainError `nonexistent_time`."""
    try:
        return resolve_wall_time(day, at)
    except NonexistentTime:
        raise DomainError(
            "nonexistent_time",
            _("At this time the clocks were put forward that night, so it did not exist. Write another."),
            field="start",
        ) from None


def require_free_for_more(line: AcceptedLine, adjusted: int, *, field: str) -> None:
    """What the line would last longer than now, with `adjusted` minutes corrected in all, is free time.

    Minutes given back of a refused part are in the diary already and lengthen nothing. Raises DomainError
    `visit_known`.
    """
    visit = None if line.is_late else Visit.objects.get(pk=line.visit_id)
    starts = instant_of(line.date, line.start) if visit is None else visit.starts_at
    in_diary = 0 if visit is None else visit.minutes
    before = max(in_diary, line.minutes + line.adjusted_minutes)
    after = line.minutes + adjusted
    if after <= before:
        return
    begins, ends = starts + timedelta(minutes=before), starts + timedelta(minutes=after)
    known = visit_beside(line.decision, line.worker, begins, ends)
    if known is not None:
        facts: dict[str, Any] = {
            "ends": f"{local_datetime(ends):%H:%M}",
            "day": f"{known[0]:%d.%m.%Y}",
            "start": f"{known[1]:%H:%M}",
        }
        raise DomainError(
            "visit_known",
            format_lazy(
                _(
                    "The visit would last until {ends}, and the person or the worker has another one in that time, on "
                    "{day} at {start}. Lower the correction; where the other visit is wrong, correct that one in the "
                    "diary while its month is open."
                ),
                **facts,
            ),
            field=field,
        )
