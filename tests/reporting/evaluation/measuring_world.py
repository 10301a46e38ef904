"""A contract with commitments of every kind and its October 2026, in figures that can be counted on the fingers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Commitment, Contract, Worker
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.evaluation.queries.promises import PromisesOf
from tenants.models import Organisation, Tenant
from tests.factories.care import (
    ContractFactory,
    DecisionFactory,
    PersonFactory,
    ServiceFactory,
    WorkerFactory,
    plan,
    qualify,
    visit,
)
from tests.factories.people import partner

OCTOBER = Month(2026, 10)
# measure → (direction, promised, unit)
PROMISED: dict[str, tuple[str, str, str]] = {
    "same_carer": ("at_least", "60", "%"),
    "main_carer_minutes": ("at_least", "80", "%"),
    "carers_per_person": ("at_most", "1.5", ""),
    "replacement_hours": ("at_most", "4", "h"),
    "visits_on_plan": ("at_least", "70", "%"),
    "planned_days": ("at_least", "100", "%"),
    "punctual_visits": ("at_least", "50", "%"),
    "qualified_staff": ("at_least", "90", "%"),
    "evening_hours": ("at_least", "2", "h"),
    "delivered_hours": ("at_least", "90", "%"),
    "reported": ("at_least", "4", "zajęcia"),
}


@dataclass
class MeasuringWorld:
    """`keys` are those of the commitments by their measure."""

    tenant: Tenant
    organisation: Organisation
    contract: Contract
    decision: Decision
    anna: Worker
    beata: Worker
    keys: dict[str, str]

    def cell(self, months: Any, measure: str) -> Any:
        """The cell of a measure in the only month of a list."""
        return months[0].cells[self.keys[measure]]


def promise(contract: Contract, measures: Any = PROMISED) -> dict[str, str]:
    """Commitments of these measures, named after them; their keys."""
    for position, measure in enumerate(measures, start=1):
        direction, promised, unit = PROMISED[measure]
        Commitment.objects.create(
            contract=contract,
            position=position,
            indicator=f"Obietnica {measure}",
            direction=direction,
            promised=Decimal(promised),
            unit=unit,
            measure=measure,
        )
    return {one.measure: one.key for one in PromisesOf(contract).in_month(OCTOBER)}


def build_world(tenant: Tenant) -> MeasuringWorld:
    """Mondays at 10:00 for 120 minutes under one decision, four of them in October 2026 (5, 12, 19, 26).

    The 5th: Anna, on the minute. The 12th: nobody; Beata, who has no qualification, comes at 13:00 instead, for 90.
    The 19th: Anna, 20 minutes late. The 26th: nobody, and nobody later. Saturday the 17th: Anna for 60 minutes.
    """
    organisation = partner(tenant)
    with tenant_scope(tenant):
        service = ServiceFactory(required_qualifications=["carer_course"])
        service.required_qualifications = ["carer_course"]
        service.save()
        contract = ContractFactory(organisation=organisation, service=service)
        anna = WorkerFactory(organisation=organisation, code="A1")
        beata = WorkerFactory(organisation=organisation, code="B1")
        qualify(anna)
        decision = DecisionFactory(contract=contract, minutes=480, person=PersonFactory(surname="Tajna"))
        plan(decision, (1, "10:00", 120))
        visit(decision, anna, date(2026, 10, 5), "10:00", 120)
        visit(decision, beata, date(2026, 10, 12), "13:00", 90)
        visit(decision, anna, date(2026, 10, 17), "09:00", 60)
        visit(decision, anna, date(2026, 10, 19), "10:20", 120)
        keys = promise(contract)
    return MeasuringWorld(tenant, organisation, contract, decision, anna, beata, keys)
