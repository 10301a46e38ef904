"""A contract with its October 2026: one decision in order, one with deviations of both severities."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from contracting.contracts.models import Contract, Worker
from kernel.access import Actor
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.compliance.answers import Answered, answered_month
from reporting.compliance.queries import compare_month
from tenants.models import Organisation, Tenant
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory, WorkerFactory, plan, visit
from tests.factories.people import partner

OCTOBER = Month(2026, 10)
DIRECTOR = Actor.system("Dorota Dyrektor")
PROVIDER = Actor.system("Anna Koordynator")


@dataclass
class ClosingWorld:
    """`clean` is fulfilled as granted; `over` has 90 minutes too many (H1, must) and a missed slot (D4, note)."""

    tenant: Tenant
    organisation: Organisation
    contract: Contract
    worker: Worker
    clean: Decision
    over: Decision

    def answered(self) -> list[Answered]:
        return answered_month(compare_month(OCTOBER, contracts=[self.contract.pk]))

    def one(self, code: str) -> Answered:
        """The first deviation with the code."""
        return next(one for one in self.answered() if one.code == code)


def build_world(tenant: Tenant, **contract_fields: Any) -> ClosingWorld:
    """The world in the tenant; call it with nothing of it there."""
    organisation = partner(tenant)
    with tenant_scope(tenant):
        contract = ContractFactory(organisation=organisation, **contract_fields)
        worker = WorkerFactory(organisation=organisation)
        clean = DecisionFactory(
            contract=contract, minutes=120, person=PersonFactory(surname="Czysta", given_name="Ewa")
        )
        visit(clean, worker, date(2026, 10, 1), "08:00", 120)
        over = DecisionFactory(
            contract=contract, minutes=120, person=PersonFactory(surname="=Łącka", given_name="Helena")
        )
        # Mondays from 5 October; the last three are missed.
        plan(over, (1, "10:00", 210))
        visit(over, worker, date(2026, 10, 5), "10:00", 210)
    return ClosingWorld(tenant, organisation, contract, worker, clean, over)
