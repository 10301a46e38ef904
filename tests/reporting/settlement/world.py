"""A contract whose October 2026 is accepted: one decision clean, one with 90 minutes refused of a long visit."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from django.utils import timezone

from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as compliance
from reporting.compliance.models import ContractMonth
from reporting.delivery.models import Visit
from tenants.models import Tenant
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER, ClosingWorld, build_world

ACCOUNTANT = Actor.system("Karol Księgowy")


@dataclass
class SettledWorld(ClosingWorld):
    """`long` is the visit of `over` with 210 minutes, 120 of them accepted; `short` the clean one of 120."""

    long: Visit
    short: Visit

    def month(self) -> ContractMonth:
        """The row of October."""
        row: ContractMonth = ContractMonth.objects.get(contract=self.contract, month=OCTOBER.first)
        return row


def accepted_world(tenant: Tenant, **contract_fields: Any) -> SettledWorld:
    """The world with its month accepted; call it with nothing of it there."""
    world = build_world(tenant, **contract_fields)
    with tenant_scope(tenant):
        accept(world)
        long, short = (Visit.objects.get(decision=one) for one in (world.over, world.clean))
    return SettledWorld(**vars(world), long=long, short=short)


def in_december() -> AbstractContextManager[object]:
    """November is over: it can be handed in, accepted, and told to the region."""
    later = datetime(2026, 12, 2, 11, tzinfo=UTC)
    return mock.patch.object(timezone, "now", return_value=later)


def accept(world: ClosingWorld) -> None:
    """Hand October in, refuse what is too much of it, and accept it."""
    compliance.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    points = [(one.code, one.subject) for one in world.answered() if one.is_must and one.is_open]
    if points:
        compliance.refuse_deviations(
            world.contract, OCTOBER, points=points, reason="beyond", together=True, note="", actor=DIRECTOR
        )
    compliance.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
