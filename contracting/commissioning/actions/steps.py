"""Verbs on the steps of a cycle: passing a gate, opening again, owner, dates and ticks."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions.workflow import STEP
from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.models import Cycle, Step, StepDecision
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid


def lock_cycle(cycle_id: object) -> tuple[Cycle, list[Step]]:
    """The cycle, locked until the transaction ends, and its seven steps in order.

    Everything that moves a step locks the cycle first, so that two people never move steps at once.
    Raises DomainError `cycle_closed` where the cycle no longer runs.
    """
    cycle: Cycle = Cycle.objects.select_for_update().get(pk=cycle_id)
    if not cycle.is_running:
        raise DomainError(
            "cycle_closed",
            _("The cycle “%(title)s” is closed; nothing in it changes any more.") % {"title": cycle.title},
            field="state",
            value=cycle.state,
        )
    own = list(Step.objects.filter(cycle=cycle).order_by("position"))
    for step in own:
        step.cycle = cycle
    return cycle, own


def require_open_step(cycle: Cycle, kind: str) -> Step:
    """The step of the cycle, for an action that changes what it holds: call it first, inside the transaction.

    Raises DomainError `step_waiting` or `step_passed` where the step is not in work.
    """
    _locked, own = lock_cycle(cycle.pk)
    step = own[steps.ORDER.index(kind)]
    if step.state == Step.State.PASSED:
        raise DomainError(
            "step_passed",
            _("The step “%(step)s” is passed: open it again with a reason, then change it.")
            % {"step": step.get_kind_display()},
            field="state",
            value=step.state,
        )
    if step.state == Step.State.WAITING:
        raise DomainError(
            "step_waiting",
            _("The step “%(step)s” is waiting: it opens when the step before it is passed.")
            % {"step": step.get_kind_display()},
            field="state",
            value=step.state,
        )
    return step


def pass_step(step: Step, *, note: str, actor: Actor) -> Step:
    """Pass the gate with a decision note; the next step opens. Returns the step as it stands.

    Raises DomainError `gate_closed` with one problem for each unmet check, `wrong_state`, `earlier_step_open`,
    `note_missing`; `close_the_cycle` for the evaluation, which is passed by closing the cycle.
    """
    if step.kind == Step.Kind.EVALUATION:
        raise DomainError(
            "close_the_cycle",
            _("The evaluation ends with the cycle: close the cycle, so that the next one can take over."),
        )
    with transaction.atomic():
        return pass_locked(*lock_cycle(step.cycle_id), step.kind, note=note, actor=actor)


def pass_locked(cycle: Cycle, own: list[Step], kind: str, *, note: str, actor: Actor) -> Step:
    """Pass a step of a locked cycle; in the caller's transaction."""
    place = steps.ORDER.index(kind)
    step, states = own[place], [one.state for one in own]
    note = note.strip()
    _refuse_unless_next(own, place)
    STEP.take("pass", step.state)
    if not note:
        raise DomainError("note_missing", _("Write what was decided and why: the note stays."), field="note")
    unmet = contribution_to(kind, cycle, None).unmet
    if unmet:
        raise DomainError(
            "gate_closed",
            _("The gate is shut."),
            problems=[Problem("gate_closed", check.why or check.label) for check in unmet],
        )
    now = timezone.now()
    for one, state in zip(own, steps.after_passing(states, place), strict=True):
        if one.state != state:
            one.state = state
            if one is step:
                one.passed_at, one.passed_by, one.passed_by_name = now, actor.user_id, actor.label
                one.note = note
            require_valid(one, exclude=["cycle"])
            one.save()
    _write_down(step, StepDecision.Verb.PASSED, note, actor)
    record(
        "pass_step",
        actor=actor,
        subject_type="cycle",
        subject_id=cycle.pk,
        payload={"step": kind, "before": states, "after": [one.state for one in own]},
    )
    return step


def reopen_step(step: Step, *, reason: str, actor: Actor) -> Step:
    """Open a passed step again; later passed steps are marked for review. Returns the step as it stands.

    Raises DomainError `wrong_state` where it is not passed, `reason_missing`.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError(
            "reason_missing", _("Write why the step is opened again: the reason stays."), field="reason"
        )
    with transaction.atomic():
        cycle, own = lock_cycle(step.cycle_id)
        place = steps.ORDER.index(step.kind)
        locked, states = own[place], [one.state for one in own]
        STEP.take("reopen", locked.state)
        for one, state in zip(own, steps.after_reopening(states, place), strict=True):
            if one.state == state:
                continue
            one.state = state
            if one is locked:
                one.passed_at = one.passed_by = None
                one.passed_by_name = ""
            one.save()
            if state == Step.State.TO_REVIEW:
                _write_down(one, StepDecision.Verb.MARKED, reason, actor)
        _write_down(locked, StepDecision.Verb.REOPENED, reason, actor)
        record(
            "reopen_step",
            actor=actor,
            subject_type="cycle",
            subject_id=cycle.pk,
            payload={"step": step.kind, "before": states, "after": [one.state for one in own]},
        )
    return locked


def _refuse_unless_next(own: list[Step], place: int) -> None:
    refusal = steps.why_not_pass([one.state for one in own], place)
    if refusal is not None and refusal.code == "earlier":
        raise DomainError(
            "earlier_step_open",
            _("First pass the step “%(step)s”: steps are passed in their order.")
            % {"step": own[refusal.step or 0].get_kind_display()},
            field="state",
            value=own[place].state,
        )


def _write_down(step: Step, verb: str, note: str, actor: Actor) -> None:
    StepDecision.objects.create(
        step=step, verb=verb, note=note, at=timezone.now(), by=actor.user_id, by_name=actor.label
    )


def step_stamp(step: Step) -> str:
    """The stamp of what people plan of a step: owner, dates, ticks."""
    return stamp_of(_plan(step))


def _plan(step: Step) -> dict[str, Any]:
    return {
        "owner": step.owner_id,
        "starts_on": step.starts_on,
        "due_on": step.due_on,
        "ticks": sorted(step.checklist),
    }


def plan_step(
    step: Step,
    *,
    owner_id: UUID | None,
    starts_on: date | None,
    due_on: date | None,
    ticks: list[str],
    seen: str | None = None,
    actor: Actor,
) -> Step:
    """Set the owner, the dates and the ticks of a step, in any state of it while the cycle runs.

    A tick keeps the moment and the name of whoever first made it. Raises Conflict, DomainError `invalid`.
    """
    with transaction.atomic():
        cycle, own = lock_cycle(step.cycle_id)
        locked = own[steps.ORDER.index(step.kind)]
        require_unchanged(seen, step_stamp(locked))
        before = _plan(locked)
        locked.owner_id, locked.starts_on, locked.due_on = owner_id, starts_on, due_on
        made = {"at": timezone.now().isoformat(), "by": actor.label}
        known = steps.TICKS[step.kind]
        locked.checklist = {code: locked.checklist.get(code, made) for code in known if code in ticks}
        require_valid(locked, exclude=["cycle"])
        locked.save()
        after = _plan(locked)
        if after != before:
            record(
                "plan_step",
                actor=actor,
                subject_type="cycle",
                subject_id=cycle.pk,
                payload={"step": step.kind, "before": before, "after": after},
            )
    return locked
