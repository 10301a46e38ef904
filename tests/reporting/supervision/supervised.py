"""A contract with two decisions and their visits of October 2026, and the people who supervise it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from tenants.models import Organisation, Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory, WorkerFactory, visit
from tests.factories.people import partner, signed_in_client

MONTH = "2026-10"


@dataclass
class Supervised:
    """`full` is delivered as granted, `short` by a quarter; clients by what they are called here."""

    tenant: Tenant
    organisation: Organisation
    contract: Contract
    full: Decision
    short: Decision
    clients: dict[str, Any]

    def url(self, name: str, **kwargs: Any) -> str:
        return reverse(f"supervision:{name}", kwargs={"tenant_slug": self.tenant.slug, **kwargs})

    def get(self, who: str, name: str, query: str = "", **kwargs: Any) -> Any:
        return self.clients[who].get(self.url(name, **kwargs) + query)

    def post(self, who: str, name: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        return self.clients[who].post(self.url(name, **kwargs), data or {})

    def in_tenant(self) -> Any:
        return tenant_scope(self.tenant)

    def today_page(self, who: str) -> str:
        return str(self.clients[who].get(reverse("today", args=[self.tenant.slug])).content.decode())


def build_supervised(tenant: Tenant, *, decisions: int = 2) -> Supervised:
    organisation = partner(tenant, name="Stowarzyszenie Nadzorowane")
    clients = {
        "director": signed_in_client(Role.DIRECTOR, tenant),
        "inspector": signed_in_client(Role.INSPECTOR, tenant),
        "social_worker": signed_in_client(Role.SOCIAL_WORKER, tenant),
        "ngo": signed_in_client(Role.NGO_COORDINATOR, tenant, organisation),
        "other_ngo": signed_in_client(Role.NGO_COORDINATOR, tenant, partner(tenant)),
    }
    with tenant_scope(tenant):
        contract = ContractFactory(organisation=organisation, number="U/7/2026")
        worker = WorkerFactory(organisation=organisation)
        made = []
        for at in range(decisions):
            person = PersonFactory(surname=f"Łącka-{at}", given_name="Helena")
            decision = DecisionFactory(contract=contract, minutes=480, person=person)
            for week in range(4 if at == 0 else 1):
                visit(
                    decision,
                    worker,
                    date(2026, 10, 5) + timedelta(days=7 * week),
                    f"{8 + at % 12:02d}:00",
                    120,
                )
            made.append(decision)
    return Supervised(tenant, organisation, contract, made[0], made[1], clients)


def in_days(days: int) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d.%m.%Y}"


def rows(*typed: dict[str, Any], prefix: str = "rows") -> dict[str, Any]:
    """Rows of a formset as a browser sends them."""
    sent: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(typed), f"{prefix}-INITIAL_FORMS": 0}
    for at, row in enumerate(typed):
        sent |= {f"{prefix}-{at}-{name}": value for name, value in row.items()}
    return sent
