"""Closing a month of the whole simulated country by the verbs of its people, with real worker processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from django.conf import settings

from contracting.contracts.models import Contract
from kernel.periods import Month
from kernel.tenancy import connection, tenant_scope
from reporting.compliance.actions import ask_bulk_acceptance, submit_month
from reporting.compliance.models import BulkAcceptance, ContractMonth
from reporting.demo.country.loading import ACTOR
from reporting.demo.country.measuring import database_memory
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.batches.periods import Quarter
from tenants.models import Tenant

_SCHEMAS_PER_CONNECTION = 100
_PATIENCE = 600


class ClosingStopped(RuntimeError):
    """Nothing was accepted for ten minutes."""


@dataclass
class Closed:
    """A month of the country: contracts handed in, accepted and refused; seconds of both; most bytes of memory.

    `database_bytes` are those of all connections together, None where nobody can tell.
    """

    handed_in: int = 0
    accepted: int = 0
    refused: int = 0
    submitting: float = 0.0
    accepting: float = 0.0
    worker_bytes: int = 0
    database_bytes: int | None = None

    def look_at_memory(self, running: list[psutil.Process]) -> None:
        """Keep the most that a worker and the database hold."""
        for process in running:
            self.worker_bytes = max(self.worker_bytes, process.memory_info().rss)
        now = database_memory()
        if now is not None:
            self.database_bytes = max(now, self.database_bytes or 0)


@contextmanager
def workers(count: int) -> Iterator[list[psutil.Process]]:
    """So many Celery workers of this installation, ended with the block."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-P", "solo", "-l", "error"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    started = [
        psutil.Popen(
            [*command, *alone, "-n", f"country{number}@%h"],
            cwd=settings.ROOT,
            env={**os.environ, "LOG_LEVEL": "ERROR"},
            stdout=subprocess.DEVNULL,
        )
        for number in range(count)
    ]
    try:
        yield list(started)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def close_month(
    tenants: list[Tenant], month: Month, running: list[psutil.Process], say: Callable[[str], None]
) -> Closed:
    """Hand in every contract's month and have all accepted by the workers; raises ClosingStopped."""
    closed = Closed()
    begun = time.perf_counter()
    waiting: list[Tenant] = []
    for number, tenant in enumerate(tenants, start=1):
        with tenant_scope(tenant):
            states = dict(ContractMonth.objects.filter(month=month.first).values_list("contract", "state"))
            for contract in Contract.objects.order_by("number"):
                if states.get(contract.pk, ContractMonth.State.OPEN) == ContractMonth.State.OPEN:
                    submit_month(contract, month, actor=ACTOR)
                    closed.handed_in += 1
            if ContractMonth.objects.filter(month=month.first, state=ContractMonth.State.SUBMITTED).exists():
                waiting.append(tenant)
        _forget_schemas(number)
    closed.look_at_memory(running)
    closed.submitting = time.perf_counter() - begun
    say(f"{month}: {closed.handed_in} contracts handed in")
    begun = time.perf_counter()
    for number, tenant in enumerate(waiting, start=1):
        with tenant_scope(tenant):
            going_on = BulkAcceptance.objects.filter(month=month.first, finished_at=None)
            if not going_on.exists():
                ask_bulk_acceptance(month, actor=ACTOR)
        _forget_schemas(number)
    _wait(waiting, month, running, closed, say)
    closed.accepting = time.perf_counter() - begun
    return closed


def close_quarter(tenants: list[Tenant], quarter: Quarter, say: Callable[[str], None]) -> tuple[int, float]:
    """Close the quarter of every tenant, as its director does; how many batches came, and the seconds it took."""
    begun, came = time.perf_counter(), 0
    for number, tenant in enumerate(tenants, start=1):
        with tenant_scope(tenant):
            came += push_quarter(quarter, actor=ACTOR) is not None
        _forget_schemas(number)
    say(f"{quarter}: closed by {came} tenants")
    return came, time.perf_counter() - begun


def _wait(
    waiting: list[Tenant],
    month: Month,
    running: list[psutil.Process],
    closed: Closed,
    say: Callable[[str], None],
) -> None:
    left, whole, moved = list(waiting), len(waiting), time.monotonic()
    while left:
        closed.look_at_memory(running)
        still = []
        for number, tenant in enumerate(left, start=1):
            with tenant_scope(tenant):
                if BulkAcceptance.objects.filter(month=month.first, finished_at=None).exists():
                    still.append(tenant)
                    # In their order the workers come to them: those behind wait too.
                    still.extend(left[number:])
                    break
                states = list(ContractMonth.objects.filter(month=month.first).values_list("state", flat=True))
            closed.accepted += states.count(ContractMonth.State.ACCEPTED)
            closed.refused += states.count(ContractMonth.State.SUBMITTED)
            _forget_schemas(whole - len(left) + number)
        if len(still) < len(left):
            moved = time.monotonic()
            say(f"{month}: {whole - len(still)} of {whole} tenants accepted")
        elif time.monotonic() - moved > _PATIENCE:
            raise ClosingStopped(f"{len(still)} tenants wait for a worker")
        left = still
        if left:
            time.sleep(0.5)


def _forget_schemas(number: int) -> None:
    """A connection remembers every schema that it has seen, about 1 MB each."""
    if number % _SCHEMAS_PER_CONNECTION == 0:
        connection.close()
