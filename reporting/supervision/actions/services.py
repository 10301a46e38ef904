"""Verbs on a service without decisions: what is recommended for it, and the task that this opens."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract, ContractAmendment
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.validation import require_valid
from reporting.compliance.queries.kinds import has_close
from reporting.supervision.actions.dossiers import hold_open_dossier, note_on_dossier
from reporting.supervision.actions.typed import NAME_LENGTH, require_text
from reporting.supervision.locking import lock
from reporting.supervision.models import Dossier, ServiceTask
from reporting.supervision.queries.amendments import ordering_otherwise
from reporting.supervision.queries.terms import settings_at_hand

_Verdict = Dossier.Verdict
_OTHERWISE = {
    _Verdict.RAISE: _(
        "Amendment {number} orders no more of the service: "
        "sign one that does, or drop the task with a reason."
    ),
    _Verdict.LOWER: _(
        "Amendment {number} orders no less of the service: "
        "sign one that does, or drop the task with a reason."
    ),
}


def recommend_on_service(
    contract: Contract, month: Month, *, verdict: str, reason: str, actor: Actor
) -> Dossier:
    """Recommend what is to become of a service that nobody's decision grants: advice, crisis intervention.

    All but going on as it is opens a task. May be written again while the dossier is open and the task not settled.
    Raises DomainError `decisions_in_month` where decisions are in force, each of which gets its own, `task_settled`,
    or naming the field.
    """
    with transaction.atomic():
        row = hold_open_dossier(contract, month)
        if has_close(contract, month):
            raise DomainError(
                "decisions_in_month",
                _("Decisions are in force in this month: recommend on each of them."),
                field="verdict",
            )
        task = ServiceTask.objects.select_for_update().filter(dossier=row).first()
        if task is not None:
            _require_open(task)
        is_as_before = task is not None and row.verdict == verdict
        row.verdict, row.verdict_reason = verdict, require_text(reason, "reason")
        row.verdict_at, row.verdict_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        require_valid(row, exclude=["contract"])
        row.save(update_fields=["verdict", "verdict_reason", "verdict_at", "verdict_by_name"])
        if verdict == _Verdict.KEEP:
            if task is not None:
                task.delete()
        # Another word in the reason gives nobody more time, and an amendment signed since it was opened counts.
        elif not is_as_before:
            due_on = timezone.localdate() + timedelta(days=settings_at_hand().task_days)
            told = {"opened_at": row.verdict_at, "due_on": due_on}
            ServiceTask.objects.update_or_create(dossier=row, defaults=told)
        note_on_dossier("recommend_on_service", row, actor, verdict=verdict)
    return row


def complete_service_task(task: ServiceTask, *, said: str, actor: Actor) -> ServiceTask:
    """Say what was done. More or less of a service is ordered by an amendment signed since it was recommended.

    Raises DomainError `contract_not_amended`, `contract_amended_otherwise`, `task_settled`, or naming the field.
    """
    with transaction.atomic():
        row = _locked(task)
        dossier = row.dossier
        amendment: ContractAmendment | None = None
        if dossier.verdict != _Verdict.CHANGE:
            amendment = _amendment_for(row)
        row.said = require_text(said, "said")
        _settle(row, ServiceTask.State.DONE, actor, amendment)
        number = amendment.number if amendment else None
        note_on_dossier("complete_service_task", dossier, actor, amendment=number)
    return row


def drop_service_task(task: ServiceTask, *, reason: str, actor: Actor) -> ServiceTask:
    """Leave the service as it is, with a reason."""
    with transaction.atomic():
        row = _locked(task)
        row.said = require_text(reason, "reason")
        _settle(row, ServiceTask.State.DROPPED, actor, None)
        note_on_dossier("drop_service_task", row.dossier, actor)
    return row


def _amendment_for(task: ServiceTask) -> ContractAmendment:
    found = ordering_otherwise([task]).get(task.pk)
    if found is None:
        raise DomainError(
            "contract_not_amended",
            format_lazy(
                _(
                    "No amendment of contract {number} was signed since this was recommended: "
                    "sign one, or drop the task with a reason."
                ),
                number=task.dossier.contract.number,
            ),
        )
    amendment, goes = found
    if not goes:
        raise DomainError(
            "contract_amended_otherwise",
            format_lazy(_OTHERWISE[_Verdict(task.dossier.verdict)], number=amendment.number),
        )
    return amendment


def _settle(row: ServiceTask, state: str, actor: Actor, amendment: ContractAmendment | None) -> None:
    row.state, row.amendment = state, amendment
    row.settled_at, row.settled_by_name = timezone.now(), actor.label[:NAME_LENGTH]
    require_valid(row, exclude=["dossier", "amendment"])
    row.save(update_fields=["state", "amendment", "said", "settled_at", "settled_by_name"])


def _locked(task: ServiceTask) -> ServiceTask:
    row: ServiceTask = lock(task)
    _require_open(row)
    return row


def _require_open(task: ServiceTask) -> None:
    if task.state != ServiceTask.State.OPEN:
        raise DomainError(
            "task_settled", _("The task of this recommendation is settled already; it stays as it is.")
        )
