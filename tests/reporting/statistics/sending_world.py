"""A tenant with an accepted month, and batches made by hand and signed with its key."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.access import Actor
from kernel.crypto import decrypt_bytes
from kernel.signing import sign
from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.statistics.batches.document import Header, write
from reporting.statistics.batches.figures import Collected, Figure
from reporting.statistics.models import (
    Examination,
    FactsBatch,
    Release,
    ReleasedCell,
    ReleasedQuartiles,
    SigningSecret,
    Standing,
)
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory

ACTOR = Actor.system("tests")
OCTOBER = date(2026, 10, 1)
THIRD_QUARTER = date(2026, 7, 1)


def accept(decisions: list[Any], month: date = OCTOBER, *, granted: int = 1200, delivered: int = 1100) -> Any:
    """The month of the decisions' contract as accepted, with a snapshot that says so much of each decision."""
    rows = [
        {"number": d.number, "granted_minutes": granted, "delivered_minutes": delivered, "deviations": []}
        for d in decisions
    ]
    return ContractMonth.objects.create(
        contract=decisions[0].contract,
        month=month,
        state=ContractMonth.State.ACCEPTED,
        accepted_minutes=delivered * len(rows),
        snapshot={
            "decisions": rows,
            "contracts": [],
            "identities": [
                {"number": d.number, "decision": str(d.pk), "person": str(d.person_id)} for d in decisions
            ],
        },
        snapshot_sha256="0" * 64,
    )


def accepted_month(tenant: Tenant, persons: int = 6, **minutes: int) -> Any:
    """A contract with an accepted October of so many persons."""
    with tenant_scope(tenant):
        contract = ContractFactory()
        return accept([DecisionFactory(contract=contract) for _ in range(persons)], **minutes)


def quarter_of(tenant: Tenant, *figures: Figure, **header: Any) -> str:
    """The document of the third quarter with these figures; the first version unless said."""
    period = {"kind": "quarter", "period": THIRD_QUARTER} | header
    newest = FactsBatch.objects.filter(tenant=tenant, kind=period["kind"], period=period["period"]).first()
    made = Header(
        tenant.pk,
        tenant.territory_id,
        "quarter",
        THIRD_QUARTER,
        newest.version + 1 if newest else 1,
        newest.content_sha256 if newest else "",
        1,
    )
    return write(replace(made, **header), Collected(figures))


def signed(tenant: Tenant, text: str) -> str:
    """The signature of a document by the tenant's key."""
    with tenant_scope(tenant):
        secret = SigningSecret.objects.get(key__tenant=tenant, key__retired_at=None)
        return sign(decrypt_bytes(secret.wrapped), text)


def results(number: Any, category: str = "event") -> Figure:
    """So many events of a quarter."""
    return Figure("results", Decimal(number), category=category)


def forget_releases(period: date) -> None:
    """Take away what a test that commits has released of the period."""
    for about in (ReleasedCell, ReleasedQuartiles, Standing, Release, Examination):
        about.objects.filter(period=period).delete()
