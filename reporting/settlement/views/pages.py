"""What the pages of settlement have in common: the month of the address, its account, and what a person may do."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from contracting.contracts.models import Contract
from kernel.doors import Request
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.compliance.views.pages import FROZEN, contract_of, month_of
from reporting.settlement.account import Account, account_document, account_stamp, read_account
from reporting.settlement.models import Adjustment, Settlement
from reporting.settlement.permissions import ADJUST, CONFIRM, INVOICE, SETTLE
from reporting.settlement.proposals import proposed_penalties
from reporting.settlement.queries import is_closing

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
    def is_closing(self) -> bool:
        """Whether it closes the contract: corrections alone, after the last month."""
        return is_closing(self.contract, self.month)

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
    carries = is_closing(contract, when) and (
        Adjustment.objects.standing().filter(line__contract=contract, carried_in=when.first).exists()
        or bool(proposed_penalties(contract, when))
    )
    if close.state not in FROZEN and not carries:
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


def corrections_of(account: Account) -> dict[UUID, Adjustment]:
    """The corrections that the account carries, by id, each with the line that it corrects; one query."""
    carried = Adjustment.objects.filter(pk__in=[one.correction for one in account.corrections])
    return {one.pk: one for one in carried.select_related("line")}


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
        "late": may(ADJUST) and not shown.is_closing,
    }
    return frozenset(verb for verb, is_offered in offered.items() if is_offered)


def typed(request: Request) -> Any:
    """What a form is bound to: what was sent, also where nothing was; None where somebody only looks."""
    return request.POST if request.method == "POST" else None
