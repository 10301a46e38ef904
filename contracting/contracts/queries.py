"""Who may sign in as a worker, awards without a contract, contracts that both sides signed here, and their terms."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from contracting.contracts.models import Contract, ContractAmendment, ContractDraft, Worker
from contracting.tenders.models import Award
from kernel.tenancy import require_tenant
from tenants.models import Membership
from tenants.roles import Role


def carers_beside(worker: Worker) -> Any:
    """Current members with the role of a carer in the worker's organisation and the tenant at hand."""
    return Membership.objects.current().filter(
        tenant_id=require_tenant().pk, organisation_id=worker.organisation_id, role=Role.WORKER
    )


def free_carers_beside(worker: Worker) -> Any:
    """Those of them whose account no other worker of the organisation has."""
    taken = Worker.objects.filter(organisation_id=worker.organisation_id, user_id__isnull=False)
    return carers_beside(worker).exclude(user_id__in=taken.exclude(pk=worker.pk).values("user_id"))


def awards_without_contract() -> Any:
    """Awards of decided calls that grant money and for which no contract was drafted, oldest first."""
    return (
        Award.objects.filter(
            decision=Award.Outcome.GRANTED,
            contract_draft__isnull=True,
            offer__call__decided_at__isnull=False,
            offer__call__annulled_at__isnull=True,
        )
        .select_related("offer__organisation", "offer__call", "lot")
        .order_by("decided_at")
    )


def signed_here() -> Any:
    """Contracts whose text stands in a draft or an amendment kept here: their terms change by an amendment only.

    An amendment that was given up says nothing of the contract.
    """
    drafts = ContractDraft.objects.filter(contract=OuterRef("pk"))
    amendments = ContractAmendment.objects.filter(contract=OuterRef("pk")).exclude(
        state=ContractAmendment.State.ABANDONED
    )
    return Contract.objects.filter(Q(Exists(drafts)) | Q(Exists(amendments)))


@dataclass(frozen=True)
class TermsByDay:
    """What a contract says on each day: its present terms, and before its amendments what stood there then."""

    contract: Contract
    # Number, first day, field → (before, after), by number.
    amendments: tuple[tuple[int, date, dict[str, Any]], ...]

    def price_on(self, day: date) -> Decimal:
        """Price of an hour (PLN)."""
        return Decimal(self._value("price_per_hour", day))

    def cap_on(self, day: date) -> int | None:
        """Cap in minutes; None where there is none."""
        cap: int | None = self._value("cap_minutes", day)
        return cap

    def amount_on(self, day: date) -> Decimal | None:
        """What the contract may pay in all (PLN)."""
        amount = self._value("amount", day)
        return None if amount is None else Decimal(amount)

    def outside_grant_on(self, day: date) -> Decimal:
        """Costs that others cover (PLN)."""
        return Decimal(self._value("outside_grant", day))

    def _value(self, name: str, day: date) -> Any:
        # Of amendments that hold on the day the one agreed last counts, also where it acts from an earlier day.
        changing = [(first, changes[name]) for _number, first, changes in self.amendments if name in changes]
        if not changing:
            return getattr(self.contract, name)
        acting = [after for first, (_before, after) in changing if first <= day]
        return acting[-1] if acting else changing[0][1][0]


def terms_by_day(contract: Contract) -> TermsByDay:
    """The terms of a contract by day, as its signed amendments tell them; one query."""
    return terms_of([contract])[contract.pk]


def terms_of(contracts: Collection[Contract]) -> dict[UUID, TermsByDay]:
    """The same of several contracts, by id; one query."""
    signed = ContractAmendment.objects.filter(contract__in=contracts, state=ContractAmendment.State.SIGNED)
    found: dict[UUID, list[Any]] = {contract.pk: [] for contract in contracts}
    rows = signed.order_by("number").values_list("contract_id", "number", "effective_on", "changes")
    for contract, *amendment in rows:
        found[contract].append(tuple(amendment))
    return {one.pk: TermsByDay(one, tuple(found[one.pk])) for one in contracts}
