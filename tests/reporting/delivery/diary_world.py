"""A contract with two carers and persons whose diary lies in October 2024, which is past whenever the tests run."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.test import Client

from kernel.ids import new_id
from kernel.periods import Month
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Organisation, Tenant
from tests.factories.care import (
    ContractFactory,
    DecisionFactory,
    PersonFactory,
    WorkerFactory,
    plan,
)
from tests.factories.people import partner, signed_in_client

OCTOBER = Month(2024, 10)
MONDAY = date(2024, 10, 7)
FIRST, LAST = date(2023, 1, 1), date(2099, 12, 31)


@dataclass
class DiaryWorld:
    """One organisation of a tenant with its diary."""

    tenant: Tenant
    organisation: Organisation
    contract: Any
    anna: Any
    beata: Any
    decisions: list[Any] = field(default_factory=list)

    @property
    def decision(self) -> Any:
        return self.decisions[0]

    def client(self, role: str = "ngo_coordinator") -> Client:
        """A client of a new person of the organisation (or, for roles of the unit, of the tenant)."""
        of_organisation = role in {"ngo_manager", "ngo_coordinator", "worker"}
        return signed_in_client(role, self.tenant, self.organisation if of_organisation else None)

    def carer(self, worker: Any) -> Client:
        """A client of the worker's own account."""
        client = self.client("worker")
        with tenant_scope(self.tenant):
            worker.user_id = client.user.pk
            worker.save(update_fields=["user_id"])
        return client

    def url(self, path: str = "") -> str:
        return f"/{self.tenant.slug}/diary/{path}"


def build_diary(tenant: Tenant, persons: int = 2) -> DiaryWorld:
    """The world in the transaction, or the database, at hand."""
    with public_scope():
        organisation = partner(tenant)
    with tenant_scope(tenant):
        contract = ContractFactory(
            organisation=organisation, signed_on=FIRST, valid_from=FIRST, valid_to=LAST
        )
        world = DiaryWorld(
            tenant=tenant,
            organisation=organisation,
            contract=contract,
            anna=WorkerFactory(organisation=organisation, surname="Zięba", given_name="Anna"),
            beata=WorkerFactory(organisation=organisation, surname="Wójcik", given_name="Beata"),
        )
        add_persons(world, persons)
    return world


def add_persons(world: DiaryWorld, count: int) -> None:
    """More persons, each with a decision of 20 hours a month and a plan: Monday to Friday from 8:00, two hours."""
    with tenant_scope(world.tenant):
        for _ in range(count):
            decision = DecisionFactory(
                person=PersonFactory(),
                contract=world.contract,
                service=world.contract.service,
                issued_on=FIRST,
                valid_from=FIRST,
                valid_to=LAST,
            )
            plan(decision, *[(weekday, "08:00", 120) for weekday in range(1, 6)])
            world.decisions.append(decision)


def content(world: DiaryWorld, **changed: Any) -> dict[str, Any]:
    """What is said of a visit: Monday from 8 to 10, by Anna, shopping."""
    said = {
        "date": MONDAY.isoformat(),
        "start": "08:00",
        "end": "10:00",
        "worker": str(world.anna.pk),
        "state": "done",
        "activities": ["shopping"],
        "note": "",
    }
    return said | changed


def operation(world: DiaryWorld, kind: str = "record", **changed: Any) -> dict[str, Any]:
    """One thing typed into the grid."""
    made = {
        "id": str(new_id()),
        "kind": kind,
        "visit": str(new_id()),
        "decision": str(world.decision.pk),
        "version": 0,
        "seen": [],
        "content": None if kind == "remove" else content(world),
    }
    return made | changed


def send(client: Client, world: DiaryWorld, *operations: dict[str, Any], **changed: Any) -> Any:
    """Send operations as the grid does."""
    body = {"contract": str(world.contract.pk), "operations": list(operations)} | changed
    return client.post(
        world.url("grid/save/"),
        body,
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def results(answer: Any) -> list[dict[str, Any]]:
    """The outcomes of an answer that was taken."""
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


def codes(result: dict[str, Any]) -> list[str]:
    return [error["code"] for error in result["errors"]]


def as_id(text: str) -> UUID:
    return UUID(text)
