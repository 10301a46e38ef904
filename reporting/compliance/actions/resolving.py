"""Verbs on deviations: justify what must be explained, acknowledge what is to be noted, take an answer back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import Conflict, DomainError
from kernel.periods import Month
from kernel.validation import require_valid
from reporting.compliance.answers import Answered, answered_month
from reporting.compliance.locking import lock_month
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.queries import compare_month

_NAME_LENGTH = 150


def justify_deviation(
    contract: Contract,
    month: Month,
    *,
    code: str,
    subject: str,
    reason: str,
    note: str = "",
    actor: Actor,
) -> Resolution:
    """Explain a deviation that must be explained, with a reason code (and a note where the reason is “other”).

    Raises DomainError with the field to correct, `not_found` where the month shows no such deviation any more,
    Conflict where it has its answer already.
    """
    note = note.strip()
    _check_reason(reason, note)
    with transaction.atomic():
        row, answered = _open_month(contract, month)
        one = _find(answered, code, subject)
        if not one.is_must:
            raise DomainError(
                "acknowledge_instead",
                format_lazy(_("{code} needs no reason: acknowledge it."), code=code),
                field="code",
                value=code,
            )
        kind = Resolution.Kind.JUSTIFIED
        made = _save(row, one, kind=kind, reason=reason, note=note, actor=actor)
        _count(row, answered, {one.subject})
        _note("justify_deviation", row, actor, code=code, subject=subject, reason=reason)
    return made


def acknowledge_deviation(
    contract: Contract, month: Month, *, code: str, subject: str, note: str = "", actor: Actor
) -> Resolution:
    """Take notice of a deviation. Raises DomainError for one that must be justified, else as justify_deviation."""
    with transaction.atomic():
        row, answered = _open_month(contract, month)
        one = _find(answered, code, subject)
        if one.is_must:
            raise DomainError(
                "justify_instead",
                format_lazy(
                    _("{code} blocks the month: justify it with a reason, or return the month."), code=code
                ),
                field="code",
                value=code,
            )
        made = _save(row, one, kind=Resolution.Kind.ACKNOWLEDGED, note=note.strip(), actor=actor)
        _count(row, answered, {one.subject})
        _note("acknowledge_deviation", row, actor, code=code, subject=subject)
    return made


def acknowledge_notes(
    contract: Contract, month: Month, *, decision_id: UUID | None = None, note: str = "", actor: Actor
) -> int:
    """Take notice of all open notes of the month, or of one decision; gives how many there were.

    Raises DomainError where the month is accepted.
    """
    with transaction.atomic():
        row, answered = _open_month(contract, month)
        waiting = [
            one
            for one in answered
            if one.is_open and not one.is_must and decision_id in (None, one.decision_id)
        ]
        for one in waiting:
            _save(row, one, kind=Resolution.Kind.ACKNOWLEDGED, note=note.strip(), actor=actor)
        if waiting:
            _count(row, answered, {one.subject for one in waiting})
            _note("acknowledge_notes", row, actor, decision=decision_id, count=len(waiting))
    return len(waiting)


def withdraw_resolution(resolution: Resolution, *, actor: Actor) -> None:
    """Take an answer back: the deviation is open again. Doing it twice is doing it once.

    Raises DomainError where the month is accepted.
    """
    with transaction.atomic():
        contract: Contract = Contract.objects.get(pk=resolution.contract_id)
        month = Month.of(resolution.month)
        row = _lock_open(contract, month)
        stored = Resolution.objects.filter(pk=resolution.pk).first()
        if stored is None:
            return
        stored.delete()
        _count(row, answered_month(compare_month(month, contracts=[contract.pk])), set())
        answer = {"kind": stored.kind, "reason": stored.reason, "made_by": stored.made_by}
        _note("withdraw_resolution", row, actor, code=stored.code, subject=stored.subject, answer=answer)


def _check_reason(reason: str, note: str) -> None:
    if reason not in Resolution.Reason.values:
        raise DomainError(
            "reason_missing", _("Choose the reason that explains it."), field="reason", value=reason
        )
    if reason == Resolution.Reason.OTHER and not note:
        raise DomainError(
            "note_missing",
            _("The reason “other” needs a note: write in a sentence what happened."),
            field="note",
        )


def _lock_open(contract: Contract, month: Month) -> ContractMonth:
    row = lock_month(contract, month)
    if row.state in (ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED):
        raise DomainError(
            "month_accepted",
            _("The month is accepted and its answers are frozen. The director can reopen it with a reason."),
            field="state",
            value=row.state,
        )
    return row


def _open_month(contract: Contract, month: Month) -> tuple[ContractMonth, list[Answered]]:
    row = _lock_open(contract, month)
    return row, answered_month(compare_month(month, contracts=[contract.pk]))


def _find(answered: Sequence[Answered], code: str, subject: str) -> Answered:
    for one in answered:
        if one.code == code and one.subject == subject:
            if one.resolution is not None:
                raise Conflict(
                    "answered_already",
                    format_lazy(
                        _("{who} has answered this deviation meanwhile. Open the month again to see it."),
                        who=one.resolution.made_by_name or _("Somebody"),
                    ),
                    field="code",
                    value=code,
                )
            return one
    raise DomainError(
        "not_found",
        format_lazy(
            _(
                "The month shows this deviation {code} no more: the diary was corrected. Open the month again."
            ),
            code=code,
        ),
        field="code",
        value=code,
    )


def _save(
    row: ContractMonth, one: Answered, *, kind: str, reason: str = "", note: str = "", actor: Actor
) -> Resolution:
    made = Resolution(
        contract_id=row.contract_id,
        decision_id=one.decision_id,
        month=row.month,
        code=one.code,
        subject=one.subject,
        kind=kind,
        reason=reason,
        note=note,
        made_by=actor.user_id,
        made_by_name=actor.label[:_NAME_LENGTH],
    )
    require_valid(made, exclude=["contract", "decision", "made_by", "made_by_name"])
    made.save(force_insert=True)
    return made


def _count(row: ContractMonth, answered: Sequence[Answered], now_answered: set[str]) -> None:
    row.count_open([one for one in answered if one.subject not in now_answered])
    row.save(update_fields=["open_must", "open_note"])


def _note(verb: str, row: ContractMonth, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="contract_month",
        subject_id=row.pk,
        payload={"contract": row.contract_id, "month": row.month, **facts},
    )
