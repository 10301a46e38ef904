"""Verbs of an inspection: planned, sampled, held, sent to the provider, answered, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from documents.uploads import Upload
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import Month
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.supervision.actions.attaching import attach
from reporting.supervision.actions.gates import require_checked, require_followed_up
from reporting.supervision.actions.typed import NAME_LENGTH, require_text
from reporting.supervision.actions.workflow import INSPECTING
from reporting.supervision.locking import hold_subject, lock, next_number
from reporting.supervision.models import ANSWER_CODES, Inspection, Recommendation, SampledItem
from reporting.supervision.queries.documentation import Check, checks_of
from reporting.supervision.queries.drawing import Drawable
from reporting.supervision.queries.drawing_services import SAMPLED
from reporting.supervision.queries.terms import settings_at_hand
from reporting.supervision.rules.completeness import score
from reporting.supervision.rules.sampling import digest_of, draw

_PLAN = ("kind", "subject", "planned_on", "inspector_id", "inspector_name", "announced")


@dataclass(frozen=True)
class InspectionPlan:
    """Who inspects what and when; `inspector_id` is empty where the inspector has no account here."""

    kind: str
    subject: str
    planned_on: date
    inspector_name: str
    inspector_id: UUID | None = None
    announced: bool = True


def plan_inspection(contract: Contract, plan: InspectionPlan, *, actor: Actor) -> Inspection:
    """Put an inspection into the plan of the year. Raises DomainError naming the field, and outside the contract."""
    with transaction.atomic():
        _require_within(contract, plan.planned_on)
        year = plan.planned_on.year
        row = Inspection(contract=contract, year=year, number=next_number(Inspection, year))
        _set_plan(row, plan)
        require_valid(row)
        row.save(force_insert=True)
        note_inspection("plan_inspection", row, actor, planned_on=row.planned_on, kind=row.kind)
    return row


def change_inspection(inspection: Inspection, plan: InspectionPlan, *, actor: Actor) -> Inspection:
    """Plan it otherwise while it was not held; the number stays. Raises DomainError as above, and once it was held."""
    with transaction.atomic():
        row = lock(inspection)
        INSPECTING.take("change", row.state)
        _require_within(row.contract, plan.planned_on)
        before = {name: getattr(row, name) for name in _PLAN}
        _set_plan(row, plan)
        require_valid(row)
        row.save(update_fields=list(_PLAN))
        changed = [name for name in _PLAN if before[name] != getattr(row, name)]
        note_inspection("change_inspection", row, actor, fields=changed, planned_on=row.planned_on)
    return _kept(row)


def call_off_inspection(inspection: Inspection, *, reason: str, actor: Actor) -> Inspection:
    """Take it out of the plan, with a reason. Raises DomainError without one, and once it was held."""
    with transaction.atomic():
        row = lock(inspection)
        row.state = INSPECTING.take("call_off", row.state).target
        _end(row, require_text(reason, "reason"), actor)
        row.save()
        note_inspection("call_off_inspection", row, actor)
    return _kept(row)


def draw_sample(
    inspection: Inspection,
    *,
    of: str,
    method: str,
    size: int,
    month: Month,
    seed: str = "",
    actor: Actor,
) -> Inspection:
    """Draw of a month what `of` names (SAMPLED); the seed is made where none is given, and kept with the population.

    Of cards of advice and crisis cases the program answers what it can read; the inspector checks the rest. A sample
    may be drawn anew until something of it was checked. Raises DomainError `nothing_to_draw`, `sample_checked`.
    """
    with transaction.atomic():
        row = lock(inspection)
        INSPECTING.take("draw", row.state)
        if row.items.filter(checked_at__isnull=False).exists():
            raise DomainError(
                "sample_checked",
                _(
                    "Something of this sample was checked already, so it stays. Plan another inspection to draw anew."
                ),
                field="method",
            )
        found = SAMPLED[of](row.contract, month)
        if not found:
            raise DomainError(
                "nothing_to_draw",
                format_lazy(
                    _("The contract has nothing to draw from in {month}: choose another month."),
                    month=f"{month.month:02d}.{month.year}",
                ),
                field="month",
                value=month,
            )
        candidates = [one.candidate for one in found.values()]
        row.method, row.sampled_month, row.seed = method, month.first, seed.strip() or new_id().hex[-12:]
        row.population, row.population_sha256 = len(candidates), digest_of(candidates)
        require_valid(row)
        drawn = draw(candidates, method=method, size=size, seed=row.seed)
        row.save(update_fields=["method", "sampled_month", "seed", "population", "population_sha256"])
        row.items.all().delete()
        checks = checks_of([found[one.key] for one in drawn])
        SampledItem.objects.bulk_create(
            _item(row, place, found[one.key], checks[one.key]) for place, one in enumerate(drawn, start=1)
        )
        note_inspection(
            "draw_sample",
            row,
            actor,
            of=of,
            method=method,
            seed=row.seed,
            drawn=len(drawn),
            population=row.population,
        )
    return _kept(row)


def _item(row: Inspection, place: int, drawn: Drawable, checks: Sequence[Check]) -> SampledItem:
    return SampledItem(
        inspection=row,
        place=place,
        **drawn.subject,
        visit_on=drawn.visit_on,
        visit_start=drawn.visit_start,
        visit_worker=drawn.visit_worker,
        value_minutes=drawn.candidate.value,
        variance_permille=drawn.candidate.variance,
        checks=[{"section": section, "label": label, "answer": answer} for section, label, answer in checks],
    )


def check_item(item: SampledItem, answers: Mapping[int, str], *, note: str = "", actor: Actor) -> SampledItem:
    """Say of each question, by its place in `checks`, whether what it asks for is there; the score follows.

    Raises DomainError for an answer that is none, and once the protocol was sent.
    """
    with transaction.atomic():
        hold_subject(item)
        row = lock(item.inspection)
        INSPECTING.take("check", row.state)
        kept: SampledItem = SampledItem.objects.select_for_update().get(pk=item.pk)
        for place, check in enumerate(kept.checks):
            answer = answers.get(place, "")
            if answer not in ANSWER_CODES:
                raise DomainError(
                    "unknown_answer",
                    _("Choose yes, no or does not apply."),
                    field=f"check_{place}",
                    value=answer,
                )
            check["answer"] = answer
        kept.present, kept.asked = score(check["answer"] for check in kept.checks)
        kept.note, kept.checked_at = note.strip(), timezone.now()
        require_valid(kept, exclude=["inspection", "decision", "appointment", "case"])
        kept.save(update_fields=["checks", "present", "asked", "note", "checked_at"])
        note_inspection("check_item", row, actor, place=kept.place, present=kept.present, asked=kept.asked)
    return kept


def protocol_stamp(inspection: Inspection) -> str:
    """What somebody saw who began to write."""
    return stamp_of(inspection.held_on, inspection.present, inspection.protocol)


def write_protocol(
    inspection: Inspection,
    *,
    held_on: date,
    present: str,
    protocol: str,
    seen: str | None = None,
    actor: Actor,
) -> Inspection:
    """Say when it was held, with whom and how it went; may be written again until it is sent.

    Raises DomainError for a day to come or before the contract, and naming the field that is empty; Conflict where
    somebody wrote meanwhile.
    """
    with transaction.atomic():
        row = lock(inspection)
        require_unchanged(seen, protocol_stamp(row))
        row.state = INSPECTING.take("write", row.state).target
        if held_on > timezone.localdate():
            raise DomainError(
                "held_in_future",
                _("An inspection that was not held yet has no protocol: write the day on which it was held."),
                field="held_on",
                value=held_on,
            )
        if held_on < row.contract.valid_from:
            raise DomainError(
                "held_before_contract",
                format_lazy(
                    _(
                        "Contract {number} began on {day}: no inspection of it was held before. Correct the day."
                    ),
                    number=row.contract.number,
                    day=f"{row.contract.valid_from:%d.%m.%Y}",
                ),
                field="held_on",
                value=held_on,
            )
        row.held_on, row.present, row.protocol = held_on, present.strip(), require_text(protocol, "protocol")
        require_valid(row)
        row.save(update_fields=["state", "held_on", "present", "protocol"])
        note_inspection("write_protocol", row, actor, held_on=held_on)
    return _kept(row)


def send_protocol(inspection: Inspection, *, actor: Actor) -> Inspection:
    """Send the protocol with its findings to the provider: it stands as it is, and the term of the answer begins.

    Raises DomainError `sample_unchecked` while something drawn was not checked, `recommendation_in_past` where the
    provider would have no time, and from a wrong state.
    """
    with transaction.atomic():
        row = lock(inspection)
        row.state = INSPECTING.take("send", row.state).target
        require_checked(row)
        today = timezone.localdate()
        past = Recommendation.objects.filter(finding__inspection=row, due_on__lt=today).first()
        if past is not None:
            raise DomainError(
                "recommendation_in_past",
                format_lazy(
                    _(
                        "A recommendation was due on {day}, before the organisation learns of it: give it a later day."
                    ),
                    day=f"{past.due_on:%d.%m.%Y}",
                ),
                field="due_on",
                value=past.due_on,
            )
        row.sent_at, row.sent_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        row.answer_due_on = today + timedelta(days=settings_at_hand().answer_days)
        row.save(update_fields=["state", "sent_at", "sent_by_name", "answer_due_on"])
        note_inspection("send_protocol", row, actor, answer_due_on=row.answer_due_on)
    return _kept(row)


def answer_protocol(
    inspection: Inspection, *, answer: str, files: Sequence[Upload] = (), actor: Actor
) -> Inspection:
    """The provider answers the protocol, once; an answer after its term is taken too, and shown as late."""
    with transaction.atomic():
        row = lock(inspection)
        row.state = INSPECTING.take("answer", row.state).target
        row.answer = require_text(answer, "answer")
        row.answered_at, row.answered_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        require_valid(row)
        row.save(update_fields=["state", "answer", "answered_at", "answered_by_name"])
        late = row.answer_due_on is not None and timezone.localdate() > row.answer_due_on
        attached = attach(row, files, actor=actor)
        note_inspection("answer_protocol", row, actor, late=late, attached=attached)
    return _kept(row)


def close_inspection(inspection: Inspection, *, note: str, actor: Actor) -> Inspection:
    """Close it: answered, or the term of the answer is over; every recommendation confirmed as done or not done.

    Raises DomainError `answer_awaited`, `recommendations_open`, and without a closing note.
    """
    with transaction.atomic():
        row = lock(inspection)
        waits = row.state == Inspection.State.SENT and row.findings.exists()
        row.state = INSPECTING.take("close", row.state).target
        if waits and row.answer_due_on >= timezone.localdate():
            raise DomainError(
                "answer_awaited",
                format_lazy(
                    _(
                        "The organisation has until {day} to answer. "
                        "Close the inspection after that, or after its answer."
                    ),
                    day=f"{row.answer_due_on:%d.%m.%Y}",
                ),
                field="note",
            )
        require_followed_up(row)
        _end(row, require_text(note, "note"), actor)
        row.save(update_fields=["state", "closed_at", "closed_by_name", "closing_note"])
        note_inspection("close_inspection", row, actor)
    return _kept(row)


def _end(row: Inspection, note: str, actor: Actor) -> None:
    row.closing_note, row.closed_at, row.closed_by_name = note, timezone.now(), actor.label[:NAME_LENGTH]


def _set_plan(row: Inspection, plan: InspectionPlan) -> None:
    for name in _PLAN:
        setattr(row, name, getattr(plan, name))


def _require_within(contract: Contract, day: date) -> None:
    # Documents may be looked at for long after a contract ended, never before it begins.
    if day < contract.valid_from:
        raise DomainError(
            "before_contract",
            format_lazy(
                _("Contract {number} begins on {day}: plan the inspection for that day or later."),
                number=contract.number,
                day=f"{contract.valid_from:%d.%m.%Y}",
            ),
            field="planned_on",
            value=day,
        )


def note_inspection(verb: str, row: Inspection, actor: Actor, **facts: Any) -> None:
    """The audit line of a verb on an inspection."""
    record(
        verb,
        actor=actor,
        subject_type="inspection",
        subject_id=row.pk,
        payload={"number": str(row), "contract": row.contract_id, "state": row.state, **facts},
    )


def _kept(row: Any) -> Inspection:
    kept: Inspection = row
    return kept
