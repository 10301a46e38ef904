"""Verbs on deviations: justify or refuse what must be explained, acknowledge notes, take an answer back."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import Conflict, DomainError, Problem
from kernel.periods import Month
from kernel.validation import require_valid
from reporting.compliance.answers import Answered, answered_month
from reporting.compliance.locking import lock_month
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.queries import compare_month
from reporting.compliance.rules import refusable_minutes

_NAME_LENGTH = 150

# Code and subject of a deviation.
PointKey = tuple[str, str]
# What counts one hour twice: of a worker, of a person, or as the same visit.
_COUNTED_TWICE = frozenset({"O1", "O2", "T3"})

_ONE_REASON = _(
    "One reason would answer {told}. Answer each kind, and each duplicate or overlap, for itself, or say here that the "
    "reason holds for all of them."
)
_NOT_FOUND = _(
    "The month shows this deviation {code} no more: the diary was corrected. Look at the month as it stands now."
)
_ANSWERED_ALREADY = _(
    "{who} has answered a deviation {code} meanwhile. The answer stands below; take it back to change it."
)
_ACKNOWLEDGE_INSTEAD = _("{code} needs no reason: acknowledge it.")
_NOTHING_TO_REFUSE = _(
    "{code} shows nothing that was delivered, so there is nothing to refuse: justify it, or return the month."
)
_JUSTIFY_INSTEAD = _("{code} blocks the month: justify it with a reason, or return the month.")


def justify_deviations(
    contract: Contract,
    month: Month,
    *,
    points: Collection[PointKey],
    reason: str,
    note: str = "",
    together: bool = False,
    actor: Actor,
) -> list[Resolution]:
    """Explain deviations that must be explained, all with one reason code (and a note where the reason is “other”).

    All or nothing. Where they are of several kinds, or several count something twice, whoever answers says `together`:
    that each was looked at and the reason holds for all; else DomainError `one_reason_for_several`. Raises DomainError
    with the field to correct, and with a problem for each deviation that the month shows no more or that only wants
    notice; Conflict where some have their answer already.
    """
    note = note.strip()
    _check_reason(reason, note, Resolution.Reason)
    if not together:
        _check_alike(points, accepts=True)
    with transaction.atomic():
        row, answered = _open_month(contract, month)
        chosen = _find(answered, points, is_must=True)
        kind = Resolution.Kind.JUSTIFIED
        made = _save(row, chosen, kind=kind, reason=reason, note=note, actor=actor)
        _note("justify_deviations", row, actor, points=_told(chosen), reason=reason)
    return made


def refuse_deviations(
    contract: Contract,
    month: Month,
    *,
    points: Collection[PointKey],
    reason: str,
    note: str = "",
    together: bool = False,
    actor: Actor,
) -> list[Resolution]:
    """Refuse to count what deviations show, all with one reason code: the minutes leave what will be accepted.

    Of a visit all its minutes, of an overlap those shared, of an excess what is too much (`rules.refusable_minutes`).
    All or nothing; `together` as above, where they are of several kinds. Raises DomainError as above, and for a
    deviation in which there is nothing to refuse.
    """
    note = note.strip()
    _check_reason(reason, note, Resolution.Refusal)
    if not together:
        _check_alike(points, accepts=False)
    with transaction.atomic():
        row, answered = _open_month(contract, month)
        chosen = _find(answered, points, is_must=True)
        if nothing := [one for one in chosen if not refusable_minutes(one.deviation)]:
            raise DomainError(
                "nothing_to_refuse",
                format_lazy(_NOTHING_TO_REFUSE, code=nothing[0].code),
                problems=[
                    Problem(
                        "nothing_to_refuse",
                        format_lazy(_NOTHING_TO_REFUSE, code=one.code),
                        "chosen",
                        one.subject,
                    )
                    for one in nothing
                ],
            )
        kind = Resolution.Kind.REFUSED
        made = _save(row, chosen, kind=kind, reason=reason, note=note, actor=actor)
        _note("refuse_deviations", row, actor, points=_told(chosen), reason=reason)
    return made


def acknowledge_deviations(
    contract: Contract, month: Month, *, points: Collection[PointKey], note: str = "", actor: Actor
) -> list[Resolution]:
    """Take notice of deviations, all or none. Raises DomainError for one that must be justified, else as above."""
    with transaction.atomic():
        row, answered = _open_month(contract, month)
        chosen = _find(answered, points, is_must=False)
        made = _save(row, chosen, kind=Resolution.Kind.ACKNOWLEDGED, note=note.strip(), actor=actor)
        _note("acknowledge_deviations", row, actor, points=_told(chosen))
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
        if waiting:
            _save(row, waiting, kind=Resolution.Kind.ACKNOWLEDGED, note=note.strip(), actor=actor)
            _note("acknowledge_notes", row, actor, decision=decision_id, count=len(waiting))
    return len(waiting)


def withdraw_resolution(resolution: Resolution, *, actor: Actor) -> None:
    """Take an answer back: the deviation is open again. Doing it twice is doing it once.

    Raises DomainError where the month is accepted.
    """
    with transaction.atomic():
        contract: Contract = Contract.objects.get(pk=resolution.contract_id)
        row = _lock_open(contract, Month.of(resolution.month))
        stored = Resolution.objects.filter(pk=resolution.pk).first()
        if stored is None:
            return
        stored.delete()
        answer = {"kind": stored.kind, "reason": stored.reason, "made_by": stored.made_by}
        _note("withdraw_resolution", row, actor, code=stored.code, subject=stored.subject, answer=answer)


def _check_reason(
    reason: str, note: str, reasons: type[Resolution.Reason] | type[Resolution.Refusal]
) -> None:
    if reason not in reasons.values:
        raise DomainError(
            "reason_missing", _("Choose the reason that explains it."), field="reason", value=reason
        )
    if reason in (Resolution.Reason.OTHER, Resolution.Refusal.REFUSED_OTHER) and not note:
        raise DomainError(
            "note_missing",
            _("The reason “other” needs a note: write in a sentence what happened."),
            field="note",
        )


def _check_alike(points: Collection[PointKey], *, accepts: bool) -> None:
    """One reason answers one kind of deviation, and accepts one visit counted twice."""
    codes = Counter(code for code, _subject in set(points))
    twice = sum(count for code, count in codes.items() if code in _COUNTED_TWICE)
    if len(codes) > 1 or (accepts and twice > 1):
        told = ", ".join(f"{code} ×{count}" if count > 1 else code for code, count in sorted(codes.items()))
        raise DomainError("one_reason_for_several", format_lazy(_ONE_REASON, told=told), field="together")


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


def _find(answered: Sequence[Answered], points: Collection[PointKey], *, is_must: bool) -> list[Answered]:
    """The deviations named, in the order of the month; refuses all where one of them cannot be answered so."""
    if not points:
        raise DomainError(
            "nothing_chosen", _("Choose at least one deviation that the answer is for."), field="chosen"
        )
    shown = {(one.code, one.subject): one for one in answered}
    problems = [
        problem
        for code, subject in points
        if (problem := _problem_of(code, subject, shown.get((code, subject)), is_must=is_must))
    ]
    if problems:
        error = Conflict if any(one.code == "answered_already" for one in problems) else DomainError
        raise error(problems[0].code, problems[0].message, problems=problems)
    wanted = set(points)
    return [one for key, one in shown.items() if key in wanted]


def _problem_of(code: str, subject: str, found: Answered | None, *, is_must: bool) -> Problem | None:
    if found is None:
        name, sentence = "not_found", _NOT_FOUND
    elif found.resolution is not None:
        name, sentence = "answered_already", _ANSWERED_ALREADY
    elif found.is_must is is_must:
        return None
    elif found.is_must:
        name, sentence = "justify_instead", _JUSTIFY_INSTEAD
    else:
        name, sentence = "acknowledge_instead", _ACKNOWLEDGE_INSTEAD
    by = found.resolution.made_by_name if found is not None and found.resolution is not None else ""
    return Problem(name, format_lazy(sentence, code=code, who=by or _("Somebody")), "chosen", subject)


def _told(chosen: Sequence[Answered]) -> list[dict[str, str]]:
    return [{"code": one.code, "subject": one.subject} for one in chosen]


def _save(
    row: ContractMonth,
    chosen: Sequence[Answered],
    *,
    kind: str,
    reason: str = "",
    note: str = "",
    actor: Actor,
) -> list[Resolution]:
    made = [
        Resolution(
            contract_id=row.contract_id,
            decision_id=one.decision_id,
            month=row.month,
            code=one.code,
            subject=one.subject,
            kind=kind,
            reason=reason,
            refused_minutes=refusable_minutes(one.deviation) if kind == Resolution.Kind.REFUSED else 0,
            note=note,
            made_by=actor.user_id,
            made_by_name=actor.label[:_NAME_LENGTH],
        )
        for one in chosen
    ]
    # What was typed is the same in all; that each is answered once is known from the month, whose row is locked.
    require_valid(made[0], exclude=["contract", "decision", "made_by", "made_by_name"])
    return list(Resolution.objects.bulk_create(made))


def _note(verb: str, row: ContractMonth, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="contract_month",
        subject_id=row.pk,
        payload={"contract": row.contract_id, "month": row.month, **facts},
    )
