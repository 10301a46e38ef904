"""Pushing a tenant's approved month to the public facts: the only way figures leave a tenant's schema."""

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.compliance.models import ContractMonth
from reporting.compliance.snapshots import identities_of
from reporting.statistics.models import ALL_SERVICES, FactsBatch, MonthlyFact


@dataclass(frozen=True)
class ServiceFigures:
    """What leaves the tenant for one service: persons counted once, minutes granted and delivered."""

    service_code: str
    persons: int
    granted_minutes: int
    delivered_minutes: int


def figures_of(month: date) -> list[ServiceFigures]:
    """The figures of the tenant at hand from its accepted contracts' frozen comparisons.

    A row for each service and one over all of them, in which a person with several services counts once; none
    where nothing is accepted.
    """
    # By id: a decision that moved to another contract between two acceptances counts once, as accepted last.
    compared: dict[UUID, tuple[str, UUID, dict[str, int]]] = {}
    frozen = _accepted(month).order_by("accepted_at").values_list("snapshot", "contract__service__code")
    for snapshot, service_code in frozen:
        meant = identities_of(snapshot)
        for row in snapshot["decisions"]:
            one = meant[row["number"]]
            compared[one.decision] = (service_code, one.person, row)
    people: dict[str, set[UUID]] = defaultdict(set)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for service_code, person_id, row in compared.values():
        for code in (service_code, ALL_SERVICES):
            people[code].add(person_id)
            sums[code][0] += row["granted_minutes"]
            sums[code][1] += row["delivered_minutes"]
    return [ServiceFigures(code, len(people[code]), *sums[code]) for code in sorted(sums)]


def _accepted(month: date) -> Any:
    states = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]
    return ContractMonth.objects.filter(month=month, state__in=states)


def push_month(month: date, *, actor: Actor) -> FactsBatch:
    """Write the month's figures as a new version, in the caller's transaction; the older version stays as history.

    A month whose acceptance was taken back is pushed without the contract, so that the region never keeps more
    than what is approved.
    """
    tenant = require_tenant()
    first, last = Month.of(month).first, Month.of(month).last
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One push of a tenant's month at a time, read and written; the rows it would lock may not exist yet.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"facts:{tenant.pk}:{month}"])
        figures = figures_of(month)
        text = json.dumps([asdict(row) for row in figures], sort_keys=True)
        newest = (
            FactsBatch.objects.filter(tenant=tenant, month=month).aggregate(newest=Max("version"))["newest"]
            or 0
        )
        accepted_count = _accepted(month).count()
        contracts = Contract.objects.filter(valid_from__lte=last, valid_to__gte=first)
        batch = FactsBatch.objects.create(
            tenant=tenant,
            month=month,
            version=newest + 1,
            contracts_accepted=accepted_count,
            contracts_total=max(accepted_count, contracts.count()),
            pushed_by=actor.user_id,
            content_sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
        MonthlyFact.objects.filter(tenant=tenant, month=month, current=True).update(current=False)
        MonthlyFact.objects.bulk_create(
            MonthlyFact(
                batch=batch, tenant=tenant, voivodeship_id=tenant.voivodeship_id, month=month, **asdict(row)
            )
            for row in figures
        )
        record(
            "push_month",
            actor=actor,
            subject_type="facts_batch",
            subject_id=batch.pk,
            payload={"month": month, "version": batch.version, "sha256": batch.content_sha256},
        )
    return batch
