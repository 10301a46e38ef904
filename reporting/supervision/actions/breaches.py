"""Verbs of the procedure of a breach: report, answer, decide; or withdraw."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from documents.uploads import Upload
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.validation import require_valid
from reporting.settlement.locking import lock_settlements
from reporting.settlement.queries import deductible_months
from reporting.supervision.actions.attaching import attach
from reporting.supervision.actions.typed import NAME_LENGTH, require_text
from reporting.supervision.actions.workflow import BREACHING
from reporting.supervision.locking import lock, next_number
from reporting.supervision.models import Breach, Inspection
from reporting.supervision.queries.terms import settings_at_hand


def report_breach(
    contract: Contract, *, facts: str, basis: str, inspection: Inspection | None = None, actor: Actor
) -> Breach:
    """Report what was breached and on which term of the contract; the term of the answer begins.

    Raises DomainError naming what is empty, and `inspection_elsewhere` for one of another contract.
    """
    with transaction.atomic():
        if inspection is not None and inspection.contract_id != contract.pk:
            raise DomainError(
                "inspection_elsewhere",
                _("The inspection is of another contract: choose one of this contract, or none."),
                field="inspection",
            )
        today = timezone.localdate()
        row = Breach(
            contract=contract,
            year=today.year,
            number=next_number(Breach, today.year),
            inspection=inspection,
            facts=require_text(facts, "facts"),
            basis=require_text(basis, "basis"),
            reported_at=timezone.now(),
            reported_by_name=actor.label[:NAME_LENGTH],
            answer_due_on=today + timedelta(days=settings_at_hand().breach_answer_days),
        )
        require_valid(row, exclude=["contract", "inspection"])
        row.save(force_insert=True)
        _note("report_breach", row, actor, answer_due_on=row.answer_due_on)
    return row


def answer_breach(breach: Breach, *, answer: str, files: Sequence[Upload] = (), actor: Actor) -> Breach:
    """The provider answers, once; an answer after its term is taken until the breach is decided on."""
    with transaction.atomic():
        row: Breach = lock(breach)
        row.state = BREACHING.take("answer", row.state).target
        row.answer = require_text(answer, "answer")
        row.answered_at, row.answered_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        require_valid(row, exclude=["contract", "inspection"])
        row.save(update_fields=["state", "answer", "answered_at", "answered_by_name"])
        attached = attach(row, files, actor=actor)
        late = timezone.localdate() > row.answer_due_on
        _note("answer_breach", row, actor, late=late, attached=attached)
    return row


def decide_breach(
    breach: Breach,
    *,
    outcome: str,
    reasons: str,
    amount: Decimal | None = None,
    month: Month | None = None,
    actor: Actor,
) -> Breach:
    """Decide with reasons, after the answer or after its term; a penalty names its amount and month of settlement.

    Raises DomainError `answer_awaited`, `penalty_incomplete`, `month_outside`, and from a wrong state.
    """
    with transaction.atomic():
        row: Breach = lock(breach)
        target = BREACHING.take("decide", row.state).target
        if row.state == Breach.State.REPORTED and row.answer_due_on >= timezone.localdate():
            raise DomainError(
                "answer_awaited",
                format_lazy(
                    _(
                        "The organisation has until {day} to answer: decide after its answer, or after that day."
                    ),
                    day=f"{row.answer_due_on:%d.%m.%Y}",
                ),
                field="outcome",
            )
        is_penalty = outcome == Breach.Outcome.PENALTY
        if is_penalty:
            _require_penalty(row, amount, month)
        row.state, row.outcome = target, outcome
        row.amount = amount if is_penalty else None
        row.month = month.first if is_penalty and month else None
        _end(row, reasons, actor)
        _note("decide_breach", row, actor, outcome=outcome, amount=row.amount, month=row.month)
    return row


def withdraw_breach(breach: Breach, *, reason: str, actor: Actor) -> Breach:
    """Take a report back before it is decided on, with a reason."""
    with transaction.atomic():
        row: Breach = lock(breach)
        row.state = BREACHING.take("withdraw", row.state).target
        _end(row, reason, actor)
        _note("withdraw_breach", row, actor)
    return row


def _require_penalty(row: Breach, amount: Decimal | None, month: Month | None) -> None:
    if amount is None or amount <= 0 or month is None:
        raise DomainError(
            "penalty_incomplete",
            _("A penalty needs its amount and the month of its settlement."),
            field="amount" if amount is None or amount <= 0 else "month",
        )
    lock_settlements(row.contract_id)
    if month not in deductible_months(row.contract):
        raise DomainError(
            "month_outside",
            _(
                "The settlement of this month deducts nothing more, or the contract has no such month: choose a month "
                "whose settlement is a draft or not begun."
            ),
            field="month",
            value=month,
        )


def _end(row: Breach, reasons: str, actor: Actor) -> None:
    row.reasons = require_text(reasons, "reasons")
    row.ended_at, row.ended_by_name = timezone.now(), actor.label[:NAME_LENGTH]
    require_valid(row, exclude=["contract", "inspection"])
    row.save(update_fields=["state", "outcome", "amount", "month", "reasons", "ended_at", "ended_by_name"])


def _note(verb: str, row: Breach, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="breach",
        subject_id=row.pk,
        payload={"number": str(row), "contract": row.contract_id, "state": row.state, **facts},
    )
