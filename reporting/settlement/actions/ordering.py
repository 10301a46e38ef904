"""Months of a contract are settled in their order and taken back from the newest: each reckons with those before."""

from datetime import date

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import Settlement
from ui.formatting import format_month

_State = Settlement.State
_Month = ContractMonth.State


def require_earlier_confirmed(contract: Contract, month: Month) -> None:
    """Refuse with `earlier_unconfirmed` while an earlier accepted month is not confirmed."""
    waiting = _first_before(contract, month, {_State.CONFIRMED})
    if waiting is not None:
        raise DomainError(
            "earlier_unconfirmed",
            format_lazy(
                _("Months are settled in their order: confirm {month} of this contract first."),
                month=format_month(waiting),
            ),
            field="month",
            value=waiting,
        )


def require_earlier_offered(contract: Contract, month: Month) -> None:
    """Refuse with `earlier_not_offered` while an earlier accepted month was not even handed over."""
    waiting = _first_before(contract, month, {_State.OFFERED, _State.CONFIRMED})
    if waiting is not None:
        raise DomainError(
            "earlier_not_offered",
            format_lazy(
                _(
                    "Months are settled in their order: hand {month} of this contract over for confirmation first."
                ),
                month=format_month(waiting),
            ),
            field="month",
            value=waiting,
        )


def _first_before(contract: Contract, month: Month, states: set[str]) -> date | None:
    """The first accepted month before this one whose settlement is in none of these states."""
    # An accepted month is settled with its settlement: one that is settled already closed the contract without it.
    done = Settlement.objects.filter(contract=contract, state__in=states)
    waiting: date | None = (
        ContractMonth.objects.filter(contract=contract, state=_Month.ACCEPTED, month__lt=month.first)
        .exclude(month__in=done.values("month"))
        .order_by("month")
        .values_list("month", flat=True)
        .first()
    )
    return waiting


def require_newest(settlement: Settlement) -> None:
    """Refuse with `later_confirmed` while a later month of the contract is confirmed."""
    later = Settlement.objects.confirmed().filter(
        contract_id=settlement.contract_id, month__gt=settlement.month
    )
    newest = later.order_by("-month").first()
    if newest is not None:
        raise DomainError(
            "later_confirmed",
            format_lazy(
                _(
                    "The settlement of {month} was reckoned after this one and is confirmed: take that one back first."
                ),
                month=format_month(newest.month),
            ),
        )
