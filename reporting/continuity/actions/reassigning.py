"""Moving the persons of a contract: asked once, prepared a few at a time in the background, safe to begin again."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from reporting.care.models import Decision
from reporting.compliance.queries.papers import decisions_by_id
from reporting.continuity import hooks
from reporting.continuity.capacity import capacity_of, why_not
from reporting.continuity.models import Reassignment, ReassignmentLine
from reporting.continuity.pack import to_be_moved
from reporting.continuity.rules import needed_minutes
from reporting.delivery.models import Visit

# So many decisions are looked at in one transaction: a page shows steps, a lost worker loses one.
AT_ONCE = 25

State, Refusal = ReassignmentLine.State, ReassignmentLine.Refusal
_MET = [Visit.State.DRAFT, Visit.State.DONE, Visit.State.NO_SHOW]


def ask_reassignment(
    source: Contract,
    target: Contract,
    *,
    first_day: date,
    decisions: Collection[UUID] | None = None,
    actor: Actor,
) -> Reassignment:
    """Begin to prepare, for the chosen decisions of a contract, their amendments to another contract from a day on.

    Without `decisions` all that hold on that day are chosen; of those chosen, whatever holds no longer is left out.
    Raises DomainError with everything that speaks against the contract or the day, and where nobody is to be moved or
    persons of the contract are being moved already.
    """
    today = timezone.localdate()
    with transaction.atomic():
        problems = list(why_not(source, capacity_of(target, first_day, today), first_day, today))
        if problems:
            first = problems[0]
            raise DomainError(first.code, first.message, field=first.field, problems=problems)
        lines = [
            line
            for line in to_be_moved(source, first_day, today)
            if decisions is None or line.decision.pk in decisions
        ]
        if not lines:
            raise DomainError(
                "nobody_to_move",
                _(
                    "On that day none of these decisions holds under this contract any more: there is nobody to move."
                ),
                field="first_day",
            )
        asked: Reassignment
        asked, is_new = Reassignment.objects.get_or_create(
            source=source,
            finished_at=None,
            defaults={
                "target": target,
                "first_day": first_day,
                "asked_by": actor.user_id,
                "asked_by_name": actor.label[:150],
            },
        )
        if not is_new:
            raise DomainError(
                "reassignment_going_on",
                _("Somebody is moving the persons of this contract already: follow how it goes below."),
                value=asked.pk,
            )
        ReassignmentLine.objects.bulk_create(
            ReassignmentLine(reassignment=asked, decision=line.decision, position=position)
            for position, line in enumerate(lines, start=1)
        )
        record(
            "ask_reassignment",
            actor=actor,
            subject_type="contract",
            subject_id=source.pk,
            payload={"target": target.pk, "first_day": first_day, "decisions": len(lines)},
        )
        hooks.reassignment_asked.fire(pk=asked.pk)
    return asked


def prepare_next(pk: UUID) -> bool:
    """Prepare the next few lines, in one transaction; says whether any may be left.

    Two workers never prepare the same line: the later one waits for the first, and finds it done. Whoever prepares
    for the same contract waits too, so that its hours are promised once.
    """
    with transaction.atomic():
        asked = Reassignment.objects.select_for_update().filter(pk=pk, finished_at__isnull=True).first()
        if asked is None:
            return False
        waiting = asked.lines.filter(state=State.WAITING).select_related("decision")
        lines = list(waiting.order_by("position")[:AT_ONCE])
        if not lines:
            asked.finished_at = timezone.now()
            asked.save(update_fields=["finished_at"])
            return False
        target = Contract.objects.select_for_update(no_key=True).get(pk=asked.target_id)
        _prepare(asked, target, lines)
        record(
            "prepare_amendments",
            actor=Actor(asked.asked_by, asked.asked_by_name),
            subject_type="contract",
            subject_id=asked.source_id,
            payload={
                "prepared": [line.decision_id for line in lines if line.state == State.PREPARED],
                "refused": {
                    str(line.decision_id): line.refusal for line in lines if line.state == State.REFUSED
                },
            },
        )
        asked.moved_at = timezone.now()
        asked.save(update_fields=["moved_at"])
    return True


def _prepare(asked: Reassignment, target: Contract, lines: Iterable[ReassignmentLine]) -> None:
    left = capacity_of(target, asked.first_day, timezone.localdate()).left
    keys = [line.decision_id for line in lines]
    facts = decisions_by_id({str(key) for key in keys})
    amended = set(Decision.objects.filter(amends__in=keys).values_list("amends_id", flat=True))
    met = Visit.objects.filter(decision__in=keys, date__gte=asked.first_day, state__in=_MET)
    visited = set(met.values_list("decision_id", flat=True))
    drafted = ReassignmentLine.objects.filter(decision__in=keys, state=State.PREPARED)
    waiting_elsewhere = set(drafted.values_list("decision_id", flat=True))
    now = timezone.now()
    for line in lines:
        decision = line.decision
        minutes = needed_minutes(facts[str(decision.pk)], asked.first_day, target.valid_to)
        checks = {
            Refusal.MOVED: decision.contract_id != asked.source_id,
            Refusal.AMENDED: decision.pk in amended,
            Refusal.OVER: decision.ends_before <= asked.first_day,
            Refusal.BEGINS_LATER: decision.valid_from >= asked.first_day,
            Refusal.PREPARED_ELSEWHERE: decision.pk in waiting_elsewhere,
            Refusal.VISITS_AFTER: decision.pk in visited,
            Refusal.CAP: left is not None and minutes > left,
        }
        refusal = next((code for code, speaks in checks.items() if speaks), "")
        line.state = State.REFUSED if refusal else State.PREPARED
        line.refusal, line.minutes, line.done_at = refusal, minutes, now
        if not refusal and left is not None:
            left -= minutes
    ReassignmentLine.objects.bulk_update(lines, ["state", "refusal", "minutes", "done_at"])
