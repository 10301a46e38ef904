"""Facts as tenants push them: a tenant that may send, and what it told of care in a month."""

from datetime import date
from decimal import Decimal
from typing import Any

from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.statistics.actions.consenting import make_key
from reporting.statistics.dictionary import dictionary
from reporting.statistics.models import (
    Fact,
    FactsBatch,
    HeldFact,
    Note,
    NoteMessage,
    PushConsent,
    Relocation,
    SigningKey,
)
from tenants.models import Tenant, Territory

CARE = ("care_persons", "care_hours_granted", "care_hours_delivered")


def allow_pushing(tenant: Tenant) -> None:
    """The tenant's figures may leave; as the director's verb does, but without its line in the audit log."""
    with tenant_scope(tenant):
        make_key(tenant)
    PushConsent.objects.create(tenant=tenant, edition=dictionary().edition, given_by_name="tests")


def forget_facts(tenant: Tenant) -> None:
    """Everything of the tenant in the public tables of statistics goes."""
    HeldFact.objects.filter(tenant=tenant).delete()
    NoteMessage.objects.filter(note__tenant=tenant).delete()
    for about in (Note, Fact, FactsBatch, PushConsent, SigningKey, Relocation):
        about.objects.filter(tenant=tenant).delete()


def told_of_care(tenant: Tenant, month: date, service: str = "*") -> tuple[int, int, int] | None:
    """Persons, minutes granted and delivered that stand in the public table now; None where nothing does."""
    rows = dict(
        Fact.objects.current()
        .filter(tenant=tenant, kind="month", period=month, service=service, category="", indicator__in=CARE)
        .values_list("indicator", "numerator")
    )
    return None if not rows else (int(rows[CARE[0]]), int(rows[CARE[1]]), int(rows[CARE[2]]))


def batch_of(tenant: Tenant, period: date, kind: str = "month", **fields: Any) -> FactsBatch:
    """A batch without figures, straight in the table; the next version of its period."""
    key, _made = SigningKey.objects.get_or_create(
        tenant=tenant, retired_at=None, defaults={"public_key": new_id().hex * 2}
    )
    version = FactsBatch.objects.filter(tenant=tenant, kind=kind, period=period).count() + 1
    made: FactsBatch = FactsBatch.objects.create(
        tenant=tenant,
        kind=kind,
        period=period,
        **{
            "version": version,
            "edition": 1,
            "territory_id": tenant.territory_id,
            "voivodeship_id": tenant.voivodeship_id,
            "contracts_accepted": 1,
            "contracts_total": 1,
            "content_sha256": new_id().hex * 2,
            "previous_sha256": "" if version == 1 else "0" * 64,
            "document": "{}",
            "key": key,
            "signature": "0" * 128,
            **fields,
        },
    )
    return made


def fact_of(batch: FactsBatch, indicator: str, numerator: Any, **fields: Any) -> Fact:
    """A figure straight in the table."""
    return Fact.objects.create(
        batch=batch,
        tenant=batch.tenant,
        territory=batch.territory,
        voivodeship=batch.voivodeship,
        kind=batch.kind,
        period=batch.period,
        indicator=indicator,
        **{"version": 1, "numerator": Decimal(numerator), **fields},
    )


def care_facts(batch: FactsBatch, persons: int, granted: int, delivered: int, **fields: Any) -> None:
    """What the region's page reads of a month of care."""
    for code, number in zip(CARE, (persons, granted, delivered), strict=True):
        fact_of(batch, code, number, persons=persons, **fields)


def small_tenant(number: int, territory: str) -> Tenant:
    """A tenant without a schema, in a commune that the register knows or that is written into it."""
    in_register(territory)
    made: Tenant = Tenant.objects.create(
        slug=f"gmina-{number}",
        schema_name=f"t_{number:024d}",
        name=f"Gmina {number}",
        kind=Tenant.Kind.COMMUNE,
        territory_id=territory,
        voivodeship_id=territory[:2],
        unit_name="OPS",
        unit_type=Tenant.UnitType.OPS,
        data_key=b"x",
    )
    return made


def in_register(code: str) -> None:
    """A commune with what stands above it, written into the register where it does not know them."""
    levels = {2: Territory.Level.VOIVODESHIP, 4: Territory.Level.COUNTY, 7: Territory.Level.COMMUNE}
    above = None
    for length, level in levels.items():
        part = code[:length]
        Territory.objects.get_or_create(
            code=part,
            defaults={
                "level": level,
                "name": f"Miejsce {part}",
                "kind": level,
                "parent_id": above,
                "as_of": date(2026, 1, 1),
            },
        )
        above = part


def care_told(tenant: Tenant, month: date, **services: int) -> FactsBatch:
    """A batch of a month of care: persons by service, nobody with two; 10 hours granted each and 9 delivered."""
    Fact.objects.filter(tenant=tenant, period=month, current=True).update(current=False)
    batch = batch_of(tenant, month)
    for service, persons in services.items():
        care_facts(batch, persons, persons * 600, persons * 540, service=service)
    everybody = sum(services.values())
    care_facts(batch, everybody, everybody * 600, everybody * 540)
    return batch
