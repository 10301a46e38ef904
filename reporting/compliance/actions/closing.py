"""Verbs of the close: the provider hands a month in, the social unit returns, accepts or reopens it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError, Problem
from kernel.periods import Month
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from reporting.compliance import hooks
from reporting.compliance.actions.workflow import CLOSE
from reporting.compliance.answers import Answered, answered_month, refused_minutes
from reporting.compliance.locking import hold_contracts, lock_month
from reporting.compliance.models import ContractMonth, MonthReminder, ReturnedLine
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.handing_in import lines_checked, visits_digests
from reporting.compliance.queries.kinds import has_close
from reporting.compliance.queries.papers import decisions_by_id
from reporting.compliance.rules import Code, DecisionFacts, MonthComparison
from reporting.compliance.snapshots import digest_of, snapshot_of
from reporting.compliance.tasks import send_reminder
from reporting.compliance.terms import CODE_NAMES, describe
from reporting.delivery.actions import freeze_month, thaw_month

_NAME_LENGTH = 150
_REASON_LENGTH = 500


@dataclass(frozen=True)
class LineToReturn:
    """A decision whose part of the month goes back: why (a code of ReturnedLine.Reason), and a note for “other”."""

    decision_id: UUID
    reason: str
    note: str = ""


def submit_month(
    contract: Contract, month: Month, *, answers: Mapping[UUID, str] | None = None, actor: Actor
) -> ContractMonth:
    """The provider says “I am finished”: the month's visits freeze. Also after a return.

    A line that came back is changed by then, or its decision has a word in `answers`. Raises DomainError
    `line_unanswered`, while the month lasts, outside the contract, `no_month` where its dossier takes the place of the
    close, and from a wrong state.
    """
    with transaction.atomic():
        row = lock_month(contract, month)
        target = CLOSE.take("submit", row.state).target
        _require_in_contract(contract, month)
        require_close(contract, month)
        _require_ended(month)
        freeze_month(contract, month.first, actor=actor)
        before, moment = row.state, timezone.now()
        unchanged = _hand_lines_in(row, answers or {}, moment)
        row.state, row.submitted_at = target, moment
        row.submitted_by, row.submitted_by_name = actor.user_id, actor.label[:_NAME_LENGTH]
        row.save(update_fields=["state", "submitted_at", "submitted_by", "submitted_by_name"])
        _note("submit_month", row, before, actor, **({"unchanged": unchanged} if unchanged else {}))
    return row


def _hand_lines_in(row: ContractMonth, answers: Mapping[UUID, str], moment: datetime) -> list[str]:
    """Close the lines that came back; gives the decisions whose visits stayed as they were."""
    checked = lines_checked(row)
    problems = [
        Problem(
            "line_unanswered",
            format_lazy(
                _(
                    "Decision {number} came back ({reason}) and its visits are as they were. Correct them in the "
                    "diary, or write why they are right."
                ),
                number=one.line.decision.number,
                reason=one.line.get_reason_display(),
            ),
            field=answer_field(one.line.decision_id),
        )
        for one in checked
        if not one.is_changed and not answers.get(one.line.decision_id, "").strip()
    ]
    if problems:
        raise DomainError(
            "line_unanswered",
            _("The month cannot be handed in yet: something that came back is unchanged and unanswered."),
            problems=problems,
        )
    for one in checked:
        line = one.line
        line.handed_in_at, line.is_changed = moment, one.is_changed
        line.answer = answers.get(line.decision_id, "").strip()
        require_valid(line)
        line.save(update_fields=["handed_in_at", "is_changed", "answer"])
    return sorted(str(one.line.decision_id) for one in checked if not one.is_changed)


def answer_field(decision: UUID) -> str:
    """The field in which the provider answers what came back of a decision."""
    return f"answer_{decision}"


def return_month(
    contract: Contract,
    month: Month,
    *,
    reason: str = "",
    lines: Sequence[LineToReturn] = (),
    actor: Actor,
) -> ContractMonth:
    """Give a month back to the provider: its visits thaw, or only those of the lines, each with its coded reason.

    Whoever hands the month in is told by mail. A month that goes back whole needs a reason in words. Raises DomainError
    without any, for a decision that the month does not have, and from a wrong state.
    """
    with transaction.atomic():
        row = lock_month(contract, month)
        before, row.state = row.state, CLOSE.take("return", row.state).target
        row.return_reason = reason.strip() if lines and not reason.strip() else _require_reason(reason)
        moment = row.returned_at = timezone.now()
        row.save(update_fields=["state", "return_reason", "returned_at"])
        _keep_lines(row, month, lines, moment)
        decisions = [line.decision_id for line in lines] or None
        thaw_month(contract, month.first, decisions=decisions, actor=actor)
        _note(
            "return_month",
            row,
            before,
            actor,
            decisions=None if decisions is None else sorted(map(str, decisions)),
            reasons=sorted({line.reason for line in lines}),
        )
        _mail_return(row)
    return row


def _mail_return(row: ContractMonth) -> None:
    """One mail for each return; where the queue is away the clock sends it (schedule.remind_of_months)."""
    reminder, _is_first = MonthReminder.objects.update_or_create(
        contract_id=row.contract_id,
        month=row.month,
        kind=MonthReminder.Kind.RETURNED,
        defaults={"made_at": row.returned_at, "sent_at": None, "sent_to": 0},
    )
    send_after_commit(send_reminder, reminder.pk)


def _keep_lines(row: ContractMonth, month: Month, lines: Sequence[LineToReturn], moment: datetime) -> None:
    if not lines:
        return
    known = {UUID(one.key) for one in compare_month(month, contracts=[row.contract_id]).decisions}
    if strange := [line for line in lines if line.decision_id not in known]:
        raise DomainError(
            "not_in_month",
            _("One of the decisions is not part of this month: choose from the list."),
            field="lines",
            value=strange[0].decision_id,
        )
    digests = visits_digests([line.decision_id for line in lines], month)
    for line in lines:
        kept = ReturnedLine(
            contract_month=row,
            decision_id=line.decision_id,
            reason=line.reason,
            note=line.note.strip(),
            returned_at=moment,
            visits_sha256=digests[line.decision_id],
        )
        require_valid(kept)
        kept.save(force_insert=True)


def accept_month(contract: Contract, month: Month, *, actor: Actor) -> ContractMonth:
    """Accept a month: the comparison with its answers is frozen with a hash, and the region is told.

    Raises DomainError `open_deviations`, a problem for each, while something must be explained, and from a wrong state.
    """
    (row,) = accept_months([contract], month, actor=actor)
    return row


def accept_months(contracts: Collection[Contract], month: Month, *, actor: Actor) -> list[ContractMonth]:
    """The same for several contracts, all or none: compared once, and the region is told once.

    Raises the DomainError of the first that cannot be accepted.
    """
    with transaction.atomic():
        hold_contracts([contract.pk for contract in contracts])
        rows = []
        for contract in sorted(contracts, key=lambda contract: contract.pk):
            row = lock_month(contract, month)
            CLOSE.take("accept", row.state)
            # Waits for entries that are being saved and closes lines that were left open.
            freeze_month(contract, month.first, actor=actor)
            rows.append(row)
        comparison = compare_month(month, contracts=[row.contract_id for row in rows])
        terms = decisions_by_id({one.key for one in comparison.decisions})
        for row in rows:
            _accept(row, comparison.of_contract(str(row.contract_id)), terms, actor)
        hooks.approval_changed.fire(month=month.first, actor=actor)
    return rows


def _accept(
    row: ContractMonth, comparison: MonthComparison, terms: Mapping[str, DecisionFacts], actor: Actor
) -> None:
    """Freeze what was compared on a row that is locked."""
    answered = answered_month(comparison)
    _require_explained(answered)
    before, row.state = row.state, CLOSE.take("accept", row.state).target
    row.snapshot = snapshot_of(comparison, answered, tenant=require_tenant().slug, terms=terms)
    row.snapshot_sha256 = digest_of(row.snapshot)
    row.refused_minutes = refused_minutes(answered)
    row.accepted_minutes = sum(one.delivered_minutes for one in comparison.contracts) - row.refused_minutes
    row.accepted_at = timezone.now()
    row.accepted_by, row.accepted_by_name = actor.user_id, actor.label[:_NAME_LENGTH]
    row.save()
    _note(
        "accept_month",
        row,
        before,
        actor,
        accepted_minutes=row.accepted_minutes,
        refused_minutes=row.refused_minutes,
        snapshot_sha256=row.snapshot_sha256,
    )


def reopen_month(contract: Contract, month: Month, *, reason: str, actor: Actor) -> ContractMonth:
    """Take an acceptance back, with a reason: the provider may correct; the audit line keeps the old hash.

    Raises DomainError without a reason and from a wrong state.
    """
    with transaction.atomic():
        hold_contracts([contract.pk])
        row = lock_month(contract, month)
        # First, so that who settled the month can say what must happen before.
        hooks.month_reopening.fire(contract=contract, month=month)
        before, row.state = row.state, CLOSE.take("reopen", row.state).target
        dropped = {"accepted_minutes": row.accepted_minutes, "snapshot_sha256": row.snapshot_sha256}
        row.return_reason, row.returned_at = _require_reason(reason), timezone.now()
        row.accepted_at = row.accepted_by = row.accepted_minutes = row.snapshot = None
        row.accepted_by_name, row.snapshot_sha256, row.refused_minutes = "", "", 0
        row.save()
        thaw_month(contract, month.first, actor=actor)
        _note("reopen_month", row, before, actor, **dropped)
        hooks.approval_changed.fire(month=month.first, actor=actor)
    return row


def _require_in_contract(contract: Contract, month: Month) -> None:
    if contract.valid_from > month.last or contract.valid_to < month.first:
        raise DomainError(
            "outside_contract",
            format_lazy(
                _("Contract {number} does not hold in {month}: choose a month of its period."),
                number=contract.number,
                month=f"{month.month:02d}.{month.year}",
            ),
            field="month",
            value=month,
        )


def require_close(contract: Contract, month: Month) -> None:
    """Raises DomainError `no_month` where a dossier takes the place of the month."""
    if not has_close(contract, month):
        raise DomainError(
            "no_month",
            format_lazy(
                _(
                    "No decision under contract {number} is in force in {month}: there is nothing to hand in. Write "
                    "the report in the dossier of the month; the social unit concludes it."
                ),
                number=contract.number,
                month=f"{month.month:02d}.{month.year}",
            ),
            field="month",
            value=month,
        )


def _require_ended(month: Month) -> None:
    if timezone.localdate() <= month.last:
        raise DomainError(
            "month_not_ended",
            format_lazy(
                _("The month {month} lasts until {last}: hand it in from the next day on."),
                month=f"{month.month:02d}.{month.year}",
                last=f"{month.last:%d.%m.%Y}",
            ),
            field="month",
            value=month,
        )


def _require_reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise DomainError(
            "reason_missing",
            _("Write the reason: the other side reads it and acts on it."),
            field="reason",
        )
    if len(text) > _REASON_LENGTH:
        raise DomainError(
            "reason_too_long",
            format_lazy(
                _("The reason has {length} characters; shorten it to {most}."),
                length=len(text),
                most=_REASON_LENGTH,
            ),
            field="reason",
        )
    return text


def _require_explained(answered: Sequence[Answered]) -> None:
    waiting = [one for one in answered if one.is_must and one.is_open]
    if waiting:
        raise DomainError(
            "open_deviations",
            _("The month cannot be accepted yet: justify what is listed, or return the month."),
            problems=[_problem_of(one) for one in waiting],
        )


def _problem_of(one: Answered) -> Problem:
    deviation = one.deviation
    about = describe(deviation)
    return Problem(
        f"open_{one.code}",
        format_lazy(
            _("{where}: {code}, {name} ({about}). Justify it with a reason, or return the month."),
            where=deviation.decision or deviation.contract,
            code=one.code,
            name=CODE_NAMES[Code(one.code)],
            about=about,
        ),
        field="deviation",
        value=one.subject,
    )


def _note(verb: str, row: ContractMonth, before: str, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="contract_month",
        subject_id=row.pk,
        payload={
            "contract": row.contract_id,
            "month": row.month,
            "state": {"old": str(before), "new": str(row.state)},
            **facts,
        },
    )
    hooks.month_moved.fire(row=row, verb=verb)
