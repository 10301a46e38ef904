"""Runs and verbs keep the measurements of one month at the same moment: each is written once, and none is left out."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections, transaction

from audit.models import Entry
from contracting.contracts.models import Commitment, Contract
from kernel.access import Actor
from kernel.tenancy import connection, tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.evaluation.actions.measuring import keep_measurements
from reporting.evaluation.models import Measurement
from reporting.supervision.actions import conclude_dossier
from tests.racing import PATIENCE, WHOLE, committed_tenant, committing
from tests.reporting.evaluation.measuring_world import OCTOBER, PROMISED, MeasuringWorld, build_world
from tests.reporting.supervision.serving import Serving, build_serving

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


@pytest.fixture
def serving(db: None) -> Iterator[Serving]:
    """A contract for advice that promises sessions, in the month that ended."""
    with committed_tenant("porady", "Porady") as tenant:
        world = build_serving(tenant)
        with tenant_scope(tenant):
            Commitment.objects.create(
                contract=world.contract,
                indicator="Porady",
                direction="at_least",
                promised=Decimal(1),
                measure="sessions",
            )
        yield world


def _conclude(world: Serving) -> None:
    try:
        with tenant_scope(world.tenant):
            conclude_dossier(world.contract, world.month, conclusions="Tak.", actor=ACTOR)
    finally:
        connections.close_all()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE NOT l.granted AND a.datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def test_a_dossier_concluded_while_a_verb_holds_its_contract_keeps_its_promises(serving: Serving) -> None:
    """The verb goes on once the conclusion waits for it, or is through because it does not wait."""
    concluding = threading.Thread(target=_conclude, args=[serving])
    with tenant_scope(serving.tenant):
        with transaction.atomic():
            Contract.objects.select_for_update(no_key=True).get(pk=serving.contract.pk)
            concluding.start()
            until = time.monotonic() + PATIENCE
            while concluding.is_alive() and not _somebody_waits() and time.monotonic() < until:
                concluding.join(0.02)
        concluding.join(WHOLE)
        assert [(row.contract_id, row.value) for row in Measurement.objects.all()] == [
            (serving.contract.pk, 0)
        ]
