"""Of a prepared line a human makes a decision under a number of the unit, or nothing."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from reporting.care.actions import DecisionEntry, amend_decision
from reporting.care.models import Decision
from reporting.care.moving import hold_diaries
from reporting.care.rules import Slot
from reporting.continuity.models import Reassignment, ReassignmentLine
from reporting.delivery.models import Visit

State = ReassignmentLine.State
_ONE_DAY = timedelta(days=1)


def issue_line(pk: UUID, *, number: str, issued_on: date, actor: Actor) -> Decision:
    """Issue the amendment that a line prepared: the same terms under the new contract, from the day on.

    Raises DomainError where the line is issued or dropped by now, where the diary has visits from that day on, and
    whatever amending a decision raises.
    """
    with transaction.atomic():
        asked = Reassignment.objects.select_related("target").get(lines=pk)
        line_of = ReassignmentLine.objects.only("decision_id").get(pk=pk)
        hold_diaries({asked.source_id, asked.target_id}, {line_of.decision_id})
        line = ReassignmentLine.objects.select_for_update().get(pk=pk)
        if line.state != State.PREPARED:
            raise DomainError(
                "line_done",
                _("Somebody has issued or dropped this amendment a moment ago: look at the list again."),
                field="number",
            )
        earlier = Decision.objects.get(pk=line.decision_id)
        visits = Visit.objects.filter(decision=earlier, date__gte=asked.first_day)
        if visits.exclude(state=Visit.State.CANCELLED).exists():
            raise DomainError(
                "visits_after",
                _(
                    "The diary has visits of %(number)s on %(day)s or later. Drop it and move the person later."
                )
                % {"number": earlier.number, "day": f"{asked.first_day:%d.%m.%Y}"},
                field="number",
            )
        decision = amend_decision(earlier, _entry(earlier, asked, number, issued_on), actor=actor)
        line.state, line.issued, line.done_at = State.ISSUED, decision, timezone.now()
        line.save(update_fields=["state", "issued", "done_at"])
    return decision


def _entry(earlier: Decision, asked: Reassignment, number: str, issued_on: date) -> DecisionEntry:
    """The terms as they stand; what was revoked to a later day ends there under the new contract too."""
    revoked = earlier.revoked_from
    return DecisionEntry(
        number=number,
        contract=asked.target,
        issued_on=issued_on,
        valid_from=asked.first_day,
        valid_to=earlier.valid_to if revoked is None else min(earlier.valid_to, revoked - _ONE_DAY),
        amount_per=earlier.amount_per,
        minutes=earlier.minutes,
        activities=tuple(earlier.activities),
        two_workers=earlier.two_workers,
        slots=tuple(
            Slot(one.weekday, one.start, one.minutes, one.on_holidays) for one in earlier.slots.all()
        ),
    )


def drop_lines(asked: Reassignment, lines: Sequence[UUID], *, actor: Actor) -> int:
    """Drop prepared amendments that nobody will issue; gives how many. Others of them stay as they are."""
    with transaction.atomic():
        prepared = list(
            asked.lines.select_for_update().filter(pk__in=lines, state=State.PREPARED).order_by("position")
        )
        for line in prepared:
            line.state, line.done_at = State.DROPPED, timezone.now()
        ReassignmentLine.objects.bulk_update(prepared, ["state", "done_at"])
        if prepared:
            record(
                "drop_amendments",
                actor=actor,
                subject_type="contract",
                subject_id=asked.source_id,
                payload={"dropped": [line.decision_id for line in prepared]},
            )
    return len(prepared)
