"""Two runs keep the measurements of one month at the same moment: each is written once, and neither run fails."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from audit.models import Entry
from kernel.access import Actor
from kernel.tenancy import connection, tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.evaluation.actions.measuring import keep_measurements
from reporting.evaluation.models import Measurement
from tests.racing import WHOLE, committed_tenant, committing
from tests.reporting.evaluation.measuring_world import OCTOBER, PROMISED, MeasuringWorld, build_world

db = committing
ACTOR = Actor.system("Dorota")


@pytest.fixture
def committed(db: None) -> Iterator[MeasuringWorld]:
    """The month is accepted, and nothing of its promises kept yet."""
    with committed_tenant("pomiary", "Pomiary") as tenant:
        world = build_world(tenant)
        with tenant_scope(tenant):
            ContractMonth.objects.create(
                contract=world.contract,
                month=OCTOBER.first,
                state="accepted",
                accepted_minutes=390,
                snapshot={},
                snapshot_sha256="x",
            )
        yield world


def _second(world: MeasuringWorld) -> None:
    try:
        with tenant_scope(world.tenant), transaction.atomic():
            # Whoever waits for the first run waits in vain: that one commits only after this one has ended.
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
            keep_measurements(month=OCTOBER.first, actor=ACTOR)
    finally:
        connections.close_all()


def test_a_second_run_leaves_the_contract_to_the_first(committed: MeasuringWorld) -> None:
    with tenant_scope(committed.tenant):
        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            keep_measurements(month=OCTOBER.first, actor=ACTOR)
            # It sees nothing of what the first wrote, and must not write it again.
            pool.submit(_second, committed).result(WHOLE)
        assert Measurement.objects.count() == len(PROMISED)
        keep_measurements(month=OCTOBER.first, actor=ACTOR)
        assert Measurement.objects.count() == len(PROMISED)
        assert Entry.objects.filter(verb="keep_measurements").count() == 1
