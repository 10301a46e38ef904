"""What the pages of settlement have in common: the month of the address, its account, and what a person may do."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from contracting.contracts.models import Contract
from kernel.doors import Request
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.compliance.views.pages import FROZEN, contract_of, month_of
from reporting.settlement.account import Account, account_document, account_stamp, read_account
from reporting.settlement.models import Settlement
from reporting.settlement.permissions import ADJUST, CONFIRM, INVOICE, SETTLE

_State = Settlement.State


@dataclass(frozen=True)
class Shown:
    """A contract's month as the pages show it: its close, its settlement and, once accepted, its account."""

    contract: Contract
    month: Month
    close: ContractMonth
    settlement: Settlement
    account: Account | None
    stamp: str
    # What a confirmed account would be if it were counted today, where that is something else.
    counted_today: Account | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether its figures stay as they are."""
        return bool(self.settlement.figures)


def shown_month(request: Request, contract_pk: UUID, month: str) -> Shown:
    """The month that the address names, of a contract that the person may see; 404 otherwise."""
    contract, when = contract_of(request, contract_pk), month_of(month)
    close = ContractMonth.objects.filter(contract=contract, month=when.first).first()
    close = close or ContractMonth(contract=contract, month=when.first)
    settlement = Settlement.objects.filter(contract=contract, month=when.first).first()
    settlement = settlement or Settlement(contract=contract, month=when.first)
    if close.state not in FROZEN:
        return Shown(contract, when, close, settlement, None, "")
    document = account_document(close, contract, None if settlement._state.adding else settlement)
    frozen: dict[str, Any] = settlement.figures or document
    now = read_account(document)
    account = read_account(frozen)
    changed = (now.charges, now.due) != (account.charges, account.due)
    return Shown(contract, when, close, settlement, account, account_stamp(frozen), now if changed else None)


def accepted_month(request: Request, contract_pk: UUID, month: str) -> tuple[Shown, Account]:
    """The same of a month that is accepted; 404 otherwise."""
    shown = shown_month(request, contract_pk, month)
    if shown.account is None:
        raise Http404
    return shown, shown.account


def verbs_of(request: Request, shown: Shown) -> frozenset[str]:
    """What the person may do with the account in its state."""
    may, state = request.access.may, shown.settlement.state
    if shown.account is None:
        return frozenset()
    offered = {
        "offer": state == _State.DRAFT and may(SETTLE),
        "confirm": state in ((_State.DRAFT, _State.OFFERED) if may(SETTLE) else (_State.OFFERED,))
        and may(CONFIRM),
        "penalty": state == _State.DRAFT and may(SETTLE),
        "settle": state == _State.CONFIRMED and may(SETTLE),
        "take_back": state != _State.DRAFT and may(SETTLE),
        "invoice": state != _State.SETTLED and shown.contract.procured and may(INVOICE),
        "tranches": not shown.contract.procured and may(SETTLE),
        "correct": may(ADJUST),
    }
    return frozenset(verb for verb, is_offered in offered.items() if is_offered)


def typed(request: Request) -> Any:
    """What a form is bound to: what was sent, also where nothing was; None where somebody only looks."""
    return request.POST if request.method == "POST" else None


def open_months(contract: Contract, after: Month) -> list[Month]:
    """Months of the contract after a month that are not accepted, at most twelve; one query."""
    final: QuerySet[Any] = ContractMonth.objects.filter(contract=contract, state__in=FROZEN)
    taken = set(final.values_list("month", flat=True))
    months: list[Month] = []
    month = after.next()
    while month.first <= contract.valid_to and len(months) < 12:
        if month.first not in taken:
            months.append(month)
        month = month.next()
    return months
