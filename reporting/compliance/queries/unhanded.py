"""Contracts whose month nobody has handed in."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth

_CLOSED = (ContractMonth.State.SUBMITTED, ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED)


def unhanded(month: Month) -> "QuerySet[Contract, Any]":
    """Contracts with a person in care in the month that was not handed in, or came back."""
    handed_in = ContractMonth.objects.filter(contract=OuterRef("pk"), month=month.first, state__in=_CLOSED)
    in_care = Decision.objects.filter(
        contract=OuterRef("pk"), valid_from__lte=month.last, ends_before__gt=month.first
    )
    found: QuerySet[Contract, Any] = Contract.objects.filter(
        ~Exists(handed_in), Exists(in_care), valid_from__lte=month.last, valid_to__gte=month.first
    )
    return found


def is_unhanded(contract: Contract, month: date) -> bool:
    """Whether the month of one contract (its first day) still waits to be handed in."""
    closed = ContractMonth.objects.filter(contract=contract, month=month, state__in=_CLOSED)
    return not closed.exists()
