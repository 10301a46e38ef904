"""Verbs on the monthly dossier: the provider reports, the unit recommends on each decision and concludes; its tasks."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.care.locking import hold_person_of
from reporting.care.models import Decision
from reporting.compliance.locking import hold_contracts
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.kinds import has_close
from reporting.compliance.snapshots import digest_of
from reporting.supervision.actions.typed import NAME_LENGTH, require_text
from reporting.supervision.hooks import dossier_moved
from reporting.supervision.locking import lock
from reporting.supervision.models import DecisionAdvice, Dossier, DossierIssue
from reporting.supervision.queries.amendments import fulfilling, with_earlier
from reporting.supervision.queries.dossiers import told_of
from reporting.supervision.queries.terms import settings_at_hand
from reporting.supervision.snapshots import snapshot_of

_Task, _Verdict = DecisionAdvice.Task, DecisionAdvice.Verdict
_OTHERWISE = {
    _Verdict.RAISE: _(
        "Decision {number} amends {earlier} but grants no more: "
        "amend it so that it grants more, or drop the task with a reason."
    ),
    _Verdict.LOWER: _(
        "Decision {number} amends {earlier} but grants no less: "
        "amend it so that it grants less, or drop the task with a reason."
    ),
}


def report_stamp(dossier: Dossier | None) -> str:
    """What somebody saw who began to write the report."""
    return stamp_of(dossier.problems, dossier.measures) if dossier else stamp_of("", "")


def report_problems(
    contract: Contract, month: Month, *, problems: str, measures: str, seen: str | None = None, actor: Actor
) -> Dossier:
    """The provider writes which problems it met and what it did; again until the dossier is concluded.

    Raises DomainError for a month to come, and once concluded; Conflict where somebody wrote meanwhile.
    """
    with transaction.atomic():
        row = hold_open_dossier(contract, month)
        require_unchanged(seen, report_stamp(row))
        row.problems, row.measures = require_text(problems, "problems"), measures.strip()
        row.reported_at, row.reported_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        require_valid(row, exclude=["contract"])
        row.save(update_fields=["problems", "measures", "reported_at", "reported_by_name"])
        note_on_dossier("report_problems", row, actor)
    return row


def recommend_on_decision(
    contract: Contract,
    month: Month,
    decision: Decision,
    *,
    verdict: str,
    reason: str,
    proposed_minutes: int | None = None,
    actor: Actor,
) -> DecisionAdvice:
    """Recommend to keep, raise or lower a decision's amount; raising and lowering opens the task to change it.

    May be written again while the dossier is open and the task not settled. Raises DomainError `not_in_month`,
    `not_more`, `not_less`, `task_settled`, or naming the field.
    """
    with transaction.atomic():
        hold_person_of(decision.pk)
        dossier = hold_open_dossier(contract, month)
        row = DecisionAdvice.objects.select_for_update().filter(dossier=dossier, decision=decision).first()
        if row is not None and row.task in {_Task.DONE, _Task.DROPPED}:
            raise DomainError(
                "task_settled", _("The task of this recommendation is settled already; it stays as it is.")
            )
        row = row or DecisionAdvice(dossier=dossier, decision=decision)
        changes = verdict != _Verdict.KEEP
        if changes:
            _require_change(decision, month, verdict, proposed_minutes)
        # Another word in the reason gives nobody more time.
        if not changes:
            row.due_on = None
        elif row.verdict != verdict or row.due_on is None:
            row.due_on = timezone.localdate() + timedelta(days=settings_at_hand().task_days)
        row.verdict, row.reason = verdict, require_text(reason, "reason")
        row.proposed_minutes = proposed_minutes if changes else None
        row.task = _Task.OPEN if changes else _Task.NONE
        row.made_at, row.made_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        require_valid(row, exclude=["dossier", "decision"])
        row.save()
        note_on_dossier(
            "recommend_on_decision",
            dossier,
            actor,
            decision=decision.pk,
            verdict=verdict,
            proposed_minutes=row.proposed_minutes,
        )
    return row


def amount_of(decision: Decision, month: Month) -> int:
    """The minutes that a proposal is compared with: of the decision's amount, or granted by its plan in the month.

    Raises DomainError where the decision does not hold in the month.
    """
    compared = compare_month(month, contracts=[decision.contract_id])
    found = next((one for one in compared.decisions if one.key == str(decision.pk)), None)
    if found is None:
        raise DomainError(
            "not_in_month",
            format_lazy(
                _("Decision {number} was not in force in this month: choose another one."),
                number=decision.number,
            ),
        )
    return found.granted_minutes if decision.minutes is None else decision.minutes


def _require_change(decision: Decision, month: Month, verdict: str, proposed: int | None) -> None:
    now = amount_of(decision, month)
    if proposed is None:
        raise DomainError(
            "proposal_missing", _("Write the amount that is proposed."), field="proposed_minutes"
        )
    if verdict == _Verdict.RAISE and proposed <= now:
        raise DomainError(
            "not_more",
            _("The proposed amount is not more than what is granted: write more, or recommend otherwise."),
            field="proposed_minutes",
            value=proposed,
        )
    if verdict == _Verdict.LOWER and proposed >= now:
        raise DomainError(
            "not_less",
            _("The proposed amount is not less than what is granted: write less, or recommend otherwise."),
            field="proposed_minutes",
            value=proposed,
        )


def conclude_dossier(contract: Contract, month: Month, *, conclusions: str, actor: Actor) -> Dossier:
    """Write the conclusions, conclude the dossier and freeze what it shows as its next issue; its tasks stay open.

    A month without a month close is what its dossier says of it, so it must be over. The contract is held: whoever
    keeps what was measured leaves to others what others hold. Raises DomainError `month_runs`, and once concluded.
    """
    with transaction.atomic():
        hold_contracts([contract.pk])
        row = hold_open_dossier(contract, month)
        if month.last >= timezone.localdate() and not has_close(contract, month):
            raise DomainError(
                "month_runs",
                _(
                    "The month is not over: conclude its dossier when all of its advice and sessions are entered."
                ),
                field="conclusions",
                value=month,
            )
        row.conclusions = require_text(conclusions, "conclusions")
        row.state, row.concluded_at = Dossier.State.CONCLUDED, timezone.now()
        row.concluded_by_name = actor.label[:NAME_LENGTH]
        require_valid(row, exclude=["contract"])
        reason, row.reopen_reason = row.reopen_reason, ""
        row.save(update_fields=["conclusions", "state", "concluded_at", "concluded_by_name", "reopen_reason"])
        content = snapshot_of(told_of(contract, month))
        issue = DossierIssue(
            dossier=row,
            number=row.issues.count() + 1,
            content=content,
            sha256=digest_of(content),
            reason=reason,
            issued_at=row.concluded_at,
            issued_by_name=row.concluded_by_name,
        )
        require_valid(issue, exclude=["dossier"])
        issue.save(force_insert=True)
        dossier_moved.fire(month=row.month, actor=actor)
        note_on_dossier("conclude_dossier", row, actor, issue=issue.number, sha256=issue.sha256)
    return row


def reopen_dossier(contract: Contract, month: Month, *, reason: str, actor: Actor) -> Dossier:
    """Open a concluded dossier again, with a reason; its issues stay, and concluding it makes the next.

    Raises DomainError without a reason (`required`), or where it is open (`dossier_open`).
    """
    with transaction.atomic():
        hold_contracts([contract.pk])
        row: Dossier | None = (
            Dossier.objects.select_for_update().filter(contract=contract, month=month.first).first()
        )
        if row is None or row.state != Dossier.State.CONCLUDED:
            raise DomainError("dossier_open", _("The dossier of this month is open already."))
        row.state, row.concluded_at, row.concluded_by_name = Dossier.State.OPEN, None, ""
        row.reopen_reason = require_text(reason, "reason")
        require_valid(row, exclude=["contract"])
        row.save(update_fields=["state", "concluded_at", "concluded_by_name", "reopen_reason"])
        dossier_moved.fire(month=row.month, actor=actor)
        note_on_dossier("reopen_dossier", row, actor, reason=row.reopen_reason)
    return row


def complete_task(advice: DecisionAdvice, *, actor: Actor) -> DecisionAdvice:
    """Say that the decision was changed.

    Raises DomainError `not_amended` where no decision amends it yet, `amended_otherwise` where the last that does
    grants no more although more is recommended, or no less although less is.
    """
    with transaction.atomic():
        row = _open_task(advice)
        amending, goes = fulfilling([row]).get(row.pk, (None, False))
        if amending is None:
            raise DomainError(
                "not_amended",
                format_lazy(
                    _(
                        "No decision amends {number} yet: issue the amendment, or drop the task with a reason."
                    ),
                    number=row.decision.number,
                ),
            )
        if not goes:
            raise DomainError(
                "amended_otherwise",
                format_lazy(
                    _OTHERWISE[_Verdict(row.verdict)], number=amending.number, earlier=row.decision.number
                ),
            )
        _complete(row, amending, actor)
    return row


def drop_task(advice: DecisionAdvice, *, reason: str, actor: Actor) -> DecisionAdvice:
    """Leave the decision as it is, with a reason."""
    with transaction.atomic():
        row = _open_task(advice)
        row.task, row.drop_reason = _Task.DROPPED, require_text(reason, "reason")
        row.settled_at, row.settled_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        require_valid(row, exclude=["dossier", "decision"])
        row.save(update_fields=["task", "drop_reason", "settled_at", "settled_by_name"])
        note_on_dossier("drop_decision_task", row.dossier, actor, decision=row.decision_id)
    return row


def complete_tasks_of(ids: Collection[UUID]) -> None:
    """Complete the open tasks of those decisions, and of all that they amend, whose last amendment goes the way
    recommended; runs where decisions change. Any other amendment leaves the task open."""
    rows = list(
        DecisionAdvice.objects.filter(
            decision_id__in=with_earlier(ids), task=_Task.OPEN, decision__amended_by__isnull=False
        )
        .select_related("decision", "dossier")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if not rows:
        return
    ends = fulfilling(rows)
    for row in rows:
        amending, goes = ends.get(row.pk, (None, False))
        if amending is not None and goes:
            _complete(row, amending, Actor.system("amend_decision"))


def _complete(row: DecisionAdvice, amending: Decision, actor: Actor) -> None:
    row.task, row.amended_by = _Task.DONE, amending
    row.settled_at, row.settled_by_name = timezone.now(), actor.label[:NAME_LENGTH]
    row.save(update_fields=["task", "amended_by", "settled_at", "settled_by_name"])
    note_on_dossier(
        "complete_decision_task", row.dossier, actor, decision=row.decision_id, amended_by=amending.pk
    )


def _open_task(advice: DecisionAdvice) -> DecisionAdvice:
    row: DecisionAdvice = lock(advice)
    if row.task != _Task.OPEN:
        raise DomainError(
            "task_settled", _("The task of this recommendation is settled already; it stays as it is.")
        )
    return row


def hold_open_dossier(contract: Contract, month: Month) -> Dossier:
    """The row of the dossier, made where there is none, held until the transaction ends."""
    if month.first > timezone.localdate() or not (
        contract.valid_from <= month.last and contract.valid_to >= month.first
    ):
        raise DomainError(
            "month_outside",
            _("The contract has no such month yet: choose a month of it that has begun."),
            field="month",
            value=month,
        )
    Dossier.objects.get_or_create(contract=contract, month=month.first)
    row: Dossier = Dossier.objects.select_for_update().get(contract=contract, month=month.first)
    if row.state != Dossier.State.OPEN:
        raise DomainError(
            "dossier_concluded", _("The dossier of this month is concluded and stays as it is.")
        )
    return row


def note_on_dossier(verb: str, row: Dossier, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="dossier",
        subject_id=row.pk,
        payload={"contract": row.contract_id, "month": row.month, "state": row.state, **facts},
    )
