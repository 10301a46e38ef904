"""What the pages of months have in common: the month of the address, and what of it the person may see."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from audit.actions import record_reading
from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract
from kernel.doors import Request
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.care.permissions import READ_PERSONS
from reporting.compliance.actions import CLOSE
from reporting.compliance.answers import Answered, answered_month
from reporting.compliance.forms.months import AcknowledgeForm, JustifyForm
from reporting.compliance.models import ContractMonth
from reporting.compliance.permissions import RESOLVE_DEVIATIONS
from reporting.compliance.queries.kinds import has_close
from reporting.compliance.rules import MonthComparison

FROZEN = {ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED}

# Months that clocks and planners can do without surprises.
_FIRST, _LAST = Month(2000, 1), Month(2199, 12)


def month_in(text: str) -> Month | None:
    """The month that a text names; None where it names none."""
    try:
        month = Month.parse(text)
    except ValueError:
        return None
    return month if _FIRST <= month <= _LAST else None


def month_of(text: str) -> Month:
    """The month named in the address; anything else is an address that does not exist."""
    month = month_in(text)
    if month is None:
        raise Http404
    return month


def contract_of(request: Request, pk: Any) -> Contract:
    """A contract that the person may see."""
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.access).select_related("service", "organisation"), pk=pk
    )
    return found


def close_of(contract: Contract, month: Month) -> ContractMonth:
    """How far the close of the contract's month is; a new row, not saved, where nothing was done yet."""
    row = ContractMonth.objects.defer("snapshot").filter(contract=contract, month=month.first).first()
    return row or ContractMonth(contract=contract, month=month.first)


def verbs_now(request: Request, close: ContractMonth) -> list[str]:
    """The verbs of the close that the state allows and the person may say."""
    allowed = [step.verb for step in CLOSE.verbs_from(close.state) if request.access.may(step.permission)]
    month = Month.of(close.month)
    if "submit" in allowed and (timezone.localdate() <= month.last or not has_close(close.contract, month)):
        allowed.remove("submit")
    return allowed


def answer_forms(request: Request, close: ContractMonth) -> dict[str, Any]:
    """Whether the person may answer deviations of the month, and the forms for it."""
    may_answer = request.access.may(RESOLVE_DEVIATIONS) and close.state not in FROZEN
    return {"may_answer": may_answer, "explain": JustifyForm(), "acknowledging": AcknowledgeForm()}


def names_of(request: Request, decisions: Iterable[str], page: str) -> Mapping[UUID, str]:
    """Names of persons by decision, and a note that they were read; none for those who may not see them."""
    if not request.access.may(READ_PERSONS):
        return {}
    rows = list(
        Decision.objects.visible_to(request.access)
        .filter(pk__in=list(decisions))
        .values_list("pk", "person_id", "person__surname", "person__given_name")
    )
    record_reading(
        page,
        actor=request.access.actor,
        subject_type="person",
        subject_ids={person for _, person, _, _ in rows},
    )
    return {pk: f"{surname} {given_name}" for pk, _, surname, given_name in rows}


def activity_names(contract: Contract) -> dict[str, str]:
    """Names of the activities of the contract's service by code."""
    return dict(Activity.objects.filter(service=contract.service_id).values_list("code", "name"))


def answers_of(comparison: MonthComparison) -> list[Answered]:
    """Deviations with their answers."""
    return answered_month(comparison)
