"""Verbs on cycles: beginning one, changing its frame, abandoning it, closing it with what the next one takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions.steps import lock_cycle, pass_locked
from contracting.commissioning.models import (
    Cycle,
    Need,
    QualityIndicator,
    Service,
    StandardVersion,
    Step,
    TargetGroup,
)
from contracting.commissioning.queries import unmet_needs
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

_FRAME = ("title", "period_from", "period_to", "strategy_goal")


@dataclass(frozen=True)
class NextCycle:
    """The cycle that follows: its title and period, and the needs (ids) that it takes over as unmet."""

    title: str
    period_from: date
    period_to: date
    unmet: Sequence[UUID] = ()


def cycle_stamp(cycle: Cycle) -> str:
    """The stamp of the frame of a cycle: title, period, standard, goal."""
    return stamp_of(_as_values(cycle))


def _as_values(cycle: Cycle) -> dict[str, Any]:
    return {
        "service": cycle.service_id,
        "standard": cycle.standard_id,
        "predecessor": cycle.predecessor_id,
        **{name: getattr(cycle, name) for name in _FRAME},
    }


def create_cycle(
    *,
    service: Service,
    title: str,
    period_from: date,
    period_to: date,
    standard: StandardVersion | None = None,
    strategy_goal: str = "",
    predecessor: Cycle | None = None,
    unmet: Sequence[UUID] | None = None,
    actor: Actor,
) -> Cycle:
    """Begin a cycle with its seven steps, the first one open.

    With a closed predecessor it takes over indicators, lessons and the needs in `unmet` (ids), where that is None those
    which the predecessor answered neither by resources nor by its scope; a running one hands over when it is closed.
    Raises DomainError with the fields that are wrong.
    """
    cycle = Cycle(
        service=service,
        title=title,
        period_from=period_from,
        period_to=period_to,
        standard=standard,
        strategy_goal=strategy_goal,
        predecessor=predecessor,
    )
    with transaction.atomic():
        _save(cycle)
        _begin(cycle)
        if predecessor is not None and predecessor.state == Cycle.State.CLOSED:
            carry_indicators(predecessor, cycle)
            carry_needs(predecessor, cycle, unmet_needs(predecessor) if unmet is None else unmet)
        record(
            "create_cycle",
            actor=actor,
            subject_type="cycle",
            subject_id=cycle.pk,
            payload={"after": _as_values(cycle), "needs_taken_over": cycle.needs.count()},
        )
    return cycle


def _begin(cycle: Cycle) -> None:
    Step.objects.bulk_create(
        Step(cycle=cycle, kind=kind, position=position, state=state)
        for position, (kind, state) in enumerate(zip(steps.ORDER, steps.FIRST_STATES, strict=True), start=1)
    )


def _save(cycle: Cycle) -> None:
    standard, predecessor = cycle.standard, cycle.predecessor
    if standard is not None and (standard.service_id != cycle.service_id or not standard.is_published):
        raise DomainError(
            "standard_unfit",
            _("Choose a published version of the standard of this service."),
            field="standard",
            value=standard,
        )
    if predecessor is not None and predecessor.service_id != cycle.service_id:
        raise DomainError(
            "predecessor_unfit",
            _("The earlier cycle organised another service: choose one of this service."),
            field="predecessor",
            value=predecessor,
        )
    require_valid(cycle)
    try:
        with transaction.atomic():
            cycle.save()
    except IntegrityError as error:
        raise DomainError(
            "cycle_exists",
            _("The service has a cycle with this title, or the earlier cycle has a successor already."),
            field="title",
            value=cycle.title,
        ) from error


def edit_cycle(
    cycle: Cycle,
    *,
    title: str,
    period_from: date,
    period_to: date,
    standard: StandardVersion | None,
    strategy_goal: str,
    seen: str | None = None,
    actor: Actor,
) -> Cycle:
    """Change the frame of a running cycle; its service stays.

    The standard is fixed by the scope and the period by the financing, once these are passed. Raises DomainError with
    the fields that are wrong or fixed, Conflict.
    """
    with transaction.atomic():
        locked, own = lock_cycle(cycle.pk)
        require_unchanged(seen, cycle_stamp(locked))
        before = _as_values(locked)
        if standard != locked.standard:
            _refuse_after(own, steps.SCOPE, "standard")
        if (period_from, period_to) != (locked.period_from, locked.period_to):
            _refuse_after(own, steps.FINANCING, "period_from")
        locked.title, locked.period_from, locked.period_to = title, period_from, period_to
        locked.standard, locked.strategy_goal = standard, strategy_goal
        _save(locked)
        after = _as_values(locked)
        if after != before:
            record(
                "edit_cycle",
                actor=actor,
                subject_type="cycle",
                subject_id=locked.pk,
                payload={"before": before, "after": after},
            )
    return locked


def _refuse_after(own: Sequence[Step], kind: str, field: str) -> None:
    step = own[steps.ORDER.index(kind)]
    if step.state == Step.State.PASSED:
        raise DomainError(
            "fixed_by_step",
            _("The step “%(step)s” is passed and rests on this: open it again with a reason first.")
            % {"step": step.get_kind_display()},
            field=field,
        )


def abandon_cycle(cycle: Cycle, *, reason: str, actor: Actor) -> Cycle:
    """End a cycle that leads nowhere; it stays to be read. Raises DomainError `reason_missing`, `cycle_closed`."""
    if not reason.strip():
        raise DomainError(
            "reason_missing", _("Write why the cycle is abandoned: the reason stays."), field="reason"
        )
    with transaction.atomic():
        locked, _steps = lock_cycle(cycle.pk)
        locked.state, locked.closed_at = Cycle.State.ABANDONED, timezone.now()
        locked.save(update_fields=["state", "closed_at"])
        record(
            "abandon_cycle",
            actor=actor,
            subject_type="cycle",
            subject_id=locked.pk,
            payload={"reason": reason.strip()},
        )
    return locked


def close_cycle(
    cycle: Cycle, *, lessons: str, note: str, following: NextCycle | None, actor: Actor
) -> Cycle | None:
    """Pass the evaluation and close the cycle; the next one takes over lessons, indicators and unmet needs.

    Where a next cycle was begun before, it is that one, and `following` says only which needs it takes over. Returns
    the next cycle, None where there is none. Raises DomainError: see pass_step, and `lessons_missing`.
    """
    if not lessons.strip():
        raise DomainError(
            "lessons_missing", _("Write what the next cycle should learn from this one."), field="lessons"
        )
    with transaction.atomic():
        locked, own = lock_cycle(cycle.pk)
        pass_locked(locked, own, steps.EVALUATION, note=note, actor=actor)
        locked.lessons = lessons.strip()
        locked.state, locked.closed_at = Cycle.State.CLOSED, timezone.now()
        locked.save(update_fields=["lessons", "state", "closed_at"])
        successor = _successor(locked, following, actor)
        carried = _hand_over(locked, successor, following)
        record(
            "close_cycle",
            actor=actor,
            subject_type="cycle",
            subject_id=locked.pk,
            payload={"successor": successor and successor.pk, **carried},
        )
    return successor


def _successor(cycle: Cycle, following: NextCycle | None, actor: Actor) -> Cycle | None:
    existing: Cycle | None = Cycle.objects.select_for_update().filter(predecessor=cycle).first()
    if existing is not None or following is None:
        return existing
    return create_cycle(
        service=cycle.service,
        title=following.title,
        period_from=following.period_from,
        period_to=following.period_to,
        strategy_goal=cycle.strategy_goal,
        predecessor=cycle,
        # Those that were chosen at the closing are handed over next.
        unmet=(),
        actor=actor,
    )


def _hand_over(cycle: Cycle, successor: Cycle | None, following: NextCycle | None) -> dict[str, int]:
    if successor is None or not successor.is_running:
        return {"indicators": 0, "needs": 0}
    return {
        "indicators": carry_indicators(cycle, successor),
        "needs": carry_needs(cycle, successor, following.unmet if following else ()),
    }


def _in_work(cycle: Cycle, kind: str) -> bool:
    return not Step.objects.filter(cycle=cycle, kind=kind, state=Step.State.PASSED).exists()


def carry_indicators(cycle: Cycle, successor: Cycle) -> int:
    """Copy the indicators that the successor lacks, each with its result as the baseline; returns how many are carried.

    Where the successor has passed its scope, nothing is copied: what was decided stays.
    """
    if not _in_work(successor, steps.SCOPE):
        return 0
    known = set(successor.indicators.values_list("name", flat=True))
    carried = [
        QualityIndicator(
            cycle=successor,
            name=indicator.name,
            unit=indicator.unit,
            direction=indicator.direction,
            target=indicator.target,
            method=indicator.method,
            measure=indicator.measure,
            baseline=indicator.result,
            carried_from=indicator,
        )
        for indicator in cycle.indicators.all()
        if indicator.name not in known
    ]
    QualityIndicator.objects.bulk_create(carried)
    count: int = QualityIndicator.objects.filter(cycle=successor, carried_from__cycle=cycle).count()
    return count


def carry_needs(cycle: Cycle, successor: Cycle, unmet: Sequence[UUID]) -> int:
    """Copy these needs with their groups where the successor lacks them; returns how many were copied.

    Where the successor has passed its diagnosis, nothing is copied: it is opened again by people, with a reason.
    """
    if not _in_work(successor, steps.NEEDS_DIAGNOSIS):
        return 0
    copied = 0
    for need in cycle.needs.filter(pk__in=list(unmet)).select_related("group"):
        group, _made = TargetGroup.objects.get_or_create(
            cycle=successor,
            addressees=need.group.addressees,
            description=need.group.description,
            defaults={
                "persons": need.group.persons,
                "source": need.group.source,
                "year": need.group.year,
            },
        )
        _need, made = Need.objects.get_or_create(
            cycle=successor,
            group=group,
            name=need.name,
            defaults={
                "activity": need.activity,
                "specialism": need.specialism,
                "persons": need.persons,
                "minutes_month": need.minutes_month,
                "carried_from": need,
            },
        )
        copied += made
    return copied
