"""Verbs on suspensions: days on which a decision rests."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid
from reporting.care import hooks
from reporting.care.actions.entries import printed
from reporting.care.models import Decision, Suspension


def suspend_decision(
    decision: Decision, *, first_day: date, last_day: date, reason: str, actor: Actor
) -> Suspension:
    """Let a decision rest on days, both inclusive. Raises DomainError with the field that is wrong."""
    with transaction.atomic():
        locked: Decision = Decision.objects.select_for_update().get(pk=decision.pk)
        suspension = Suspension(decision=locked, first_day=first_day, last_day=last_day, reason=reason)
        _save(suspension, locked)
        record(
            "suspend_decision",
            actor=actor,
            subject_type="decision",
            subject_id=locked.pk,
            payload={"suspension": suspension.pk, "after": [first_day, last_day, reason]},
        )
        hooks.decisions_changed.fire(ids=[locked.pk])
    return suspension


def change_suspension(
    suspension: Suspension, *, first_day: date, last_day: date, reason: str, actor: Actor
) -> Suspension:
    """Shorten, lengthen or correct a suspension. Raises DomainError with the field that is wrong."""
    with transaction.atomic():
        decision: Decision = Decision.objects.select_for_update().get(pk=suspension.decision_id)
        locked: Suspension = Suspension.objects.select_for_update().get(pk=suspension.pk)
        before = [locked.first_day, locked.last_day, locked.reason]
        locked.first_day, locked.last_day, locked.reason = first_day, last_day, reason
        _save(locked, decision)
        record(
            "change_suspension",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={"suspension": locked.pk, "before": before, "after": [first_day, last_day, reason]},
        )
        hooks.decisions_changed.fire(ids=[decision.pk])
    return locked


def lift_suspension(suspension: Suspension, *, actor: Actor) -> None:
    """Take a suspension back, as if the decision had never rested on these days."""
    with transaction.atomic():
        decision: Decision = Decision.objects.select_for_update().get(pk=suspension.decision_id)
        locked: Suspension = Suspension.objects.select_for_update().get(pk=suspension.pk)
        record(
            "lift_suspension",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={
                "suspension": locked.pk,
                "before": [locked.first_day, locked.last_day, locked.reason],
            },
        )
        hooks.decisions_changed.fire(ids=[decision.pk])
        locked.delete()


def _save(suspension: Suspension, decision: Decision) -> None:
    first, last = suspension.first_day, suspension.last_day
    if last < first:
        raise DomainError(
            "ends_before_it_begins",
            _("The suspension ends on %(last)s, before it begins on %(first)s: correct one of the dates.")
            % {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"},
            field="last_day",
            value=last,
        )
    if last < decision.valid_from or first > decision.valid_to:
        raise DomainError(
            "suspension_outside",
            _(
                "The suspension from %(rest)s touches no day of the decision, which holds from %(first)s to %(last)s. "
                "Correct the days."
            )
            % {
                "rest": printed(first),
                "first": printed(decision.valid_from),
                "last": printed(decision.valid_to),
            },
            field="first_day",
            value=first,
        )
    others = Suspension.objects.filter(decision=decision, first_day__lte=last, last_day__gte=first)
    other = others.exclude(pk=suspension.pk).first()
    if other is not None:
        raise DomainError(
            "suspensions_overlap",
            _(
                "The decision rests from %(first)s to %(last)s already. Change that suspension, or choose other days."
            )
            % {"first": printed(other.first_day), "last": printed(other.last_day)},
            field="first_day",
            value=first,
        )
    require_valid(suspension, exclude=["decision"])
    try:
        with transaction.atomic():
            suspension.save()
    except IntegrityError as error:
        raise DomainError(
            "suspensions_overlap",
            _("The decision is suspended on some of these days already."),
            field="first_day",
            value=first,
        ) from error
