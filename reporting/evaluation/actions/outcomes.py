"""The verbs on outcomes of a cycle, and on the tenant's dictionary of what outcomes count."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions import record_results
from contracting.commissioning.models import Cycle, Step
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.evaluation.actions.running import running
from reporting.evaluation.models import OutcomeIndicator, OutcomeKind
from reporting.evaluation.rules.outcomes import percent
from ui.formatting import format_plain

OUTCOME_FIELDS = (
    "kind",
    "indicator",
    "name",
    "direction",
    "target",
    "baseline_part",
    "baseline_whole",
    "result_part",
    "result_whole",
    "spent",
    "source",
)
KIND_FIELDS = ("name", "unit", "method", "direction", "source")


def outcome_stamp(outcome: OutcomeIndicator) -> str:
    """The stamp of an outcome as it stands."""
    return stamp_of(_outcome(outcome))


def _outcome(outcome: OutcomeIndicator) -> dict[str, Any]:
    return model_to_dict(outcome, fields=OUTCOME_FIELDS)


def save_outcome(
    cycle: Cycle,
    outcome: OutcomeIndicator | None,
    values: Mapping[str, Any],
    *,
    seen: str | None = None,
    actor: Actor,
) -> OutcomeIndicator:
    """Enter an outcome of a running cycle, or change it; values by field name.

    The result of an indicator of the scope is carried into it, in percent, while step 7 is in work. Raises DomainError
    with the fields that are wrong, `kind_retired`, Conflict where somebody changed it meanwhile.
    """
    with transaction.atomic():
        running(cycle)
        before = None
        if outcome is None:
            outcome = OutcomeIndicator(cycle=cycle)
        else:
            outcome = OutcomeIndicator.objects.select_for_update().get(pk=outcome.pk)
            before = _outcome(outcome)
            require_unchanged(seen, stamp_of(before))
        held = outcome.kind_id
        for name in OUTCOME_FIELDS:
            if name in values:
                setattr(outcome, name, values[name])
        if outcome.kind_id is not None:
            outcome.kind = _kind_in_use(outcome.kind_id, held)
        require_valid(outcome)
        outcome.save()
        after = _outcome(outcome)
        if after != before:
            record(
                "edit_outcomes",
                actor=actor,
                subject_type="cycle",
                subject_id=cycle.pk,
                payload={"outcome": outcome.pk, "before": before, "after": after},
            )
            _carry(cycle, outcome, actor)
    return outcome


def _kind_in_use(pk: UUID, held: UUID | None) -> OutcomeKind:
    """The kind, kept in the dictionary until the end of the transaction; a retired one only where it was held."""
    kind: OutcomeKind | None = OutcomeKind.objects.select_for_update().filter(pk=pk).first()
    if kind is None or (kind.retired_at is not None and pk != held):
        raise DomainError(
            "kind_retired",
            _("This is not in the dictionary of outcomes any more: choose another, or take it back there."),
            field="kind",
        )
    return kind


def _carry(cycle: Cycle, outcome: OutcomeIndicator, actor: Actor) -> None:
    result = percent(outcome.result_part, outcome.result_whole)
    in_work = (Step.State.OPEN, Step.State.TO_REVIEW)
    if outcome.indicator_id is None or result is None:
        return
    if Step.objects.filter(cycle=cycle, kind=steps.EVALUATION, state__in=in_work).exists():
        note = f"{format_plain(outcome.result_part)} / {format_plain(outcome.result_whole)}"
        record_results(cycle, {str(outcome.indicator_id): (result, note)}, actor=actor)


def remove_outcome(outcome: OutcomeIndicator, *, actor: Actor) -> None:
    """Remove an outcome of a running cycle; the audit line keeps what it said. Raises DomainError."""
    with transaction.atomic():
        running(outcome.cycle)
        record(
            "edit_outcomes",
            actor=actor,
            subject_type="cycle",
            subject_id=outcome.cycle_id,
            payload={"outcome": outcome.pk, "before": _outcome(outcome), "after": None},
        )
        outcome.delete()


def kind_stamp(kind: OutcomeKind) -> str:
    """The stamp of an entry of the dictionary as it stands."""
    return stamp_of(model_to_dict(kind, fields=KIND_FIELDS))


def save_kind(
    kind: OutcomeKind | None, values: Mapping[str, Any], *, seen: str | None = None, actor: Actor
) -> OutcomeKind:
    """Put what outcomes can count into the dictionary, or change an entry; values by field name.

    Raises DomainError with the fields that are wrong, `kind_counts` where outcomes have figures in its unit, Conflict
    where somebody changed it meanwhile.
    """
    with transaction.atomic():
        before = None
        if kind is None:
            kind = OutcomeKind()
        else:
            kind = _locked(kind)
            before = model_to_dict(kind, fields=KIND_FIELDS)
            require_unchanged(seen, stamp_of(before))
        for name in KIND_FIELDS:
            setattr(kind, name, values[name])
        kind.name = " ".join(kind.name.split())
        if before is not None and kind.unit != before["unit"] and kind.outcomes.exists():
            raise DomainError(
                "kind_counts",
                _(
                    "Outcomes of cycles have figures in this unit, so it stays: retire the entry and add another with "
                    "the unit that you need."
                ),
                field="unit",
                value=kind.unit,
            )
        require_valid(kind)
        kind.save()
        after = model_to_dict(kind, fields=KIND_FIELDS)
        if before is None:
            _note("add_outcome_kind", kind, {"after": after}, actor)
        elif after != before:
            _note("change_outcome_kind", kind, {"before": before, "after": after}, actor)
    return kind


def retire_kind(kind: OutcomeKind, *, actor: Actor) -> OutcomeKind:
    """Offer an entry no more; outcomes that count it keep it. Retired twice it stays so."""
    with transaction.atomic():
        locked = _locked(kind)
        if locked.retired_at is None:
            locked.retired_at = timezone.now()
            locked.save(update_fields=["retired_at"])
            _note("retire_outcome_kind", locked, {"name": locked.name}, actor)
    return locked


def restore_kind(kind: OutcomeKind, *, actor: Actor) -> OutcomeKind:
    """Offer a retired entry again."""
    with transaction.atomic():
        locked = _locked(kind)
        if locked.retired_at is not None:
            locked.retired_at = None
            locked.save(update_fields=["retired_at"])
            _note("restore_outcome_kind", locked, {"name": locked.name}, actor)
    return locked


def remove_kind(kind: OutcomeKind, *, actor: Actor) -> None:
    """Take out an entry that nothing counts. Raises DomainError `kind_used`."""
    with transaction.atomic():
        locked = _locked(kind)
        if locked.outcomes.exists():
            raise DomainError(
                "kind_used",
                _("Outcomes of cycles count “%(name)s”, so it cannot be removed: retire it instead.")
                % {"name": locked.name},
            )
        _note("remove_outcome_kind", locked, {"before": model_to_dict(locked, fields=KIND_FIELDS)}, actor)
        locked.delete()


def _locked(kind: OutcomeKind) -> OutcomeKind:
    found: OutcomeKind = OutcomeKind.objects.select_for_update().get(pk=kind.pk)
    return found


def _note(verb: str, kind: OutcomeKind, payload: dict[str, Any], actor: Actor) -> None:
    record(verb, actor=actor, subject_type="outcome_kind", subject_id=kind.pk, payload=payload)
