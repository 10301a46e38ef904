"""A visit that nobody had entered when its month was accepted, added to a later month as a correction with a reason."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract, Worker
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import Month
from kernel.validation import require_valid
from reporting.care.locking import hold_person_of
from reporting.care.models import Decision
from reporting.settlement.actions.adjusting import hold_months, month_text, note_adjustment
from reporting.settlement.actions.justifying import (
    above_the_grant,
    beyond_the_scope,
    justified_words,
    wrong_worker,
)
from reporting.settlement.actions.occupying import instant_of, visit_beside
from reporting.settlement.locking import lock_time
from reporting.settlement.models import AcceptedLine, Adjustment

_NAME_LENGTH = 150
_A_DAY = 24 * 60


@dataclass(frozen=True)
class LateVisit:
    """The visit: whose, when (wall-clock start, minutes), by whom, what was done (codes of the service's activities);
    why it is added late, and which month carries it.
    """

    decision: Decision
    worker: Worker
    date: date
    start: time
    minutes: int
    words: str
    carried_in: Month
    justification: str = ""
    activities: tuple[str, ...] = ()


def add_late_visit(contract: Contract, month: Month, late: LateVisit, *, actor: Actor) -> Adjustment:
    """Add a visit to an accepted month: the month stays as it is, a later one counts and pays the visit.

    Raises DomainError as `add_adjustment` does of the months; `outside_month`, `decision_not_in_force`,
    `decision_suspended`, `not_of_the_contract`, `unknown_activity`, `visit_known` where the diary or another late visit
    has the person or the worker in that time, `justification_missing` where the visit exceeds the grant, something was
    done that the decision does not grant, or its worker is not qualified or not named, and nobody says why it is paid
    all the same, or naming the field that is wrong.
    """
    with transaction.atomic():
        hold_person_of(late.decision.pk)
        row = hold_months(contract, month, late.carried_in)
        _require_possible(contract, month, late)
        lock_time(late.worker.code, late.decision.person_id)
        _require_free(late)
        points = [
            *above_the_grant(row, late.decision, late.minutes),
            *beyond_the_scope(late.decision, late.activities),
            *wrong_worker(row, late.decision, late.worker.code, late.date),
        ]
        words = justified_words(late.words, late.justification, points)
        line = _line_of(contract, month, late)
        adjustment = Adjustment(
            line=line,
            minutes=late.minutes,
            reason=Adjustment.Reason.LATE,
            words=words,
            carried_in=late.carried_in.first,
            made_by=actor.user_id,
            made_by_name=actor.label[:_NAME_LENGTH],
        )
        require_valid(adjustment, exclude=["line", "made_by", "made_by_name"])
        adjustment.save()
        line.adjusted_minutes += late.minutes
        line.activities = sorted(set(late.activities))
        line.save(update_fields=["adjusted_minutes", "activities"])
        codes = [str(code) for code, _text in points]
        note_adjustment("add_late_visit", row, adjustment, actor, justified=codes)
    return adjustment


def _require_possible(contract: Contract, month: Month, late: LateVisit) -> None:
    decision, day = late.decision, late.date
    if decision.contract_id != contract.pk or late.worker.organisation_id != contract.organisation_id:
        raise DomainError(
            "not_of_the_contract",
            _("The decision or the worker does not belong to this contract. Choose another."),
            field="decision",
        )
    facts: dict[str, Any] = {
        "day": f"{day:%d.%m.%Y}",
        "number": decision.number,
        "month": month_text(month.first),
        "worker": late.worker,
    }
    refusal: tuple[str, Any, str] | None = None
    if not month.contains(day):
        refusal = ("outside_month", _("{day} does not lie in {month}. Choose a day of that month."), "date")
    elif not decision.valid_from <= day < decision.ends_before:
        refusal = (
            "decision_not_in_force",
            _("Decision {number} does not hold on {day}. Choose another day, or another decision."),
            "date",
        )
    elif decision.suspensions.filter(first_day__lte=day, last_day__gte=day).exists():
        refusal = (
            "decision_suspended",
            _("Decision {number} is suspended on {day}, so no visit can be paid on that day."),
            "date",
        )
    elif late.worker.ended_on is not None and day > late.worker.ended_on:
        refusal = (
            "worker_left",
            _("{worker} did not work there any more on {day}. Choose who made the visit, or another day."),
            "worker",
        )
    elif not 0 < late.minutes <= _A_DAY:
        refusal = ("minutes_wrong", _("A visit lasts from 1 minute to 24 hours."), "minutes")
    elif unknown := _unknown_activities(late):
        facts["activities"] = ", ".join(unknown)
        refusal = (
            "unknown_activity",
            _("The service of decision {number} has no activity {activities}. Choose among its own."),
            "activities",
        )
    if refusal is not None:
        code, text, field = refusal
        raise DomainError(code, format_lazy(text, **facts), field=field)


def _unknown_activities(late: LateVisit) -> list[str]:
    if not late.activities:
        return []
    known = Activity.objects.filter(service=late.decision.service_id).values_list("code", flat=True)
    return sorted(set(late.activities) - set(known))


def _require_free(late: LateVisit) -> None:
    """Neither the worker nor (unless two may come) the person has a visit in that time."""
    begins = instant_of(late.date, late.start)
    known = visit_beside(late.decision, late.worker.code, begins, begins + timedelta(minutes=late.minutes))
    if known is not None:
        raise DomainError(
            "visit_known",
            format_lazy(
                _(
                    "In that time the person or the worker has a visit already, on {day} at {start}. Correct that one "
                    "if it is the same, or write other hours."
                ),
                day=f"{known[0]:%d.%m.%Y}",
                start=f"{known[1]:%H:%M}",
            ),
            field="start",
        )


def _line_of(contract: Contract, month: Month, late: LateVisit) -> AcceptedLine:
    """The line of the late visit; one that was withdrawn is taken up again."""
    line: AcceptedLine = AcceptedLine.objects.get_or_create(
        decision=late.decision,
        date=late.date,
        start=late.start,
        worker=late.worker.code,
        is_late=True,
        defaults={"contract": contract, "month": month.first, "visit_id": new_id(), "minutes": 0},
    )[0]
    return line
