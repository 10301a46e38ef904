"""A month of sixty providers and three thousand decisions, closed in one action by a worker that is killed twice.

Each run has a copy of the same world. What is compared is every month with the digest of its snapshot.
"""

import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import Contract
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance import actions, schedule
from reporting.compliance.models import BulkAcceptance, BulkAcceptanceLine, ContractMonth
from tests.bench.diary_world import tenant_at_hand
from tests.bench.places import ACTOR
from tests.bench.timing import line, seconds
from tests.copies import copied_database
from tests.factories.closing import hand_in_months
from tests.workers import Worker as WorkerProcess

PROVIDERS, DECISIONS, VISITS_EACH = 60, 3_000, 20
# The worker is killed when so many of the months have been accepted.
KILLED_AT = (20, 40)
_OCTOBER = Month(2026, 10)

Result = list[tuple[str, str, int | None, str]]


def _build(tenant: Any) -> None:
    hand_in_months(
        tenant,
        _OCTOBER,
        providers=PROVIDERS,
        contracts=PROVIDERS,
        decisions=DECISIONS,
        visits_each=VISITS_EACH,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _result() -> Result:
    """Every month as it stands; raises RuntimeError unless each has exactly one line of the record."""
    noted = Entry.objects.filter(verb="accept_month").values_list("subject_id", flat=True)
    if len(noted) != PROVIDERS or len(set(noted)) != PROVIDERS:
        raise RuntimeError(f"{PROVIDERS} months accepted, but {len(noted)} lines of the record")
    months = ContractMonth.objects.order_by("contract__number")
    return list(months.values_list("contract__number", "state", "accepted_minutes", "snapshot_sha256"))


def _one_by_one() -> tuple[float, Result]:
    """The reference: every month accepted by itself, in this process."""

    def accept() -> None:
        for contract in Contract.objects.order_by("number"):
            actions.accept_month(contract, _OCTOBER, actor=ACTOR)

    return seconds(accept), _result()


def _all_at_once(folder: Path, killed_at: tuple[int, ...] = ()) -> tuple[float, Result]:
    """One action, done by a worker; whenever so many lines are done it is killed, and another takes over."""
    left = list(killed_at)
    worker = _ready(folder)
    started = time.perf_counter()
    asked = actions.ask_bulk_acceptance(_OCTOBER, actor=ACTOR)
    worker.send(schedule.accept_many.name, str(asked.pk))
    while not BulkAcceptance.objects.filter(pk=asked.pk, finished_at__isnull=False).exists():
        if left and BulkAcceptanceLine.objects.exclude(state="waiting").count() >= left[0]:
            left.pop(0)
            worker.kill()
            worker = _ready(folder)
            # What the clock finds after some minutes of silence.
            BulkAcceptance.objects.update(moved_at=timezone.now() - 2 * schedule.SILENCE)
            worker.send(schedule.accept_many.name, str(asked.pk))
        if worker.process.poll() is not None:
            raise RuntimeError((folder / "worker.log").read_text())
        time.sleep(0.02)
    taken = time.perf_counter() - started
    worker.stop()
    if left:
        raise RuntimeError(f"finished before the worker could be killed at {left}")
    return taken, _result()


_FOLDERS = count(1)


def _ready(folder: Path) -> WorkerProcess:
    """A worker that has answered once."""
    own = folder / str(next(_FOLDERS))
    own.mkdir()
    worker = WorkerProcess(own)
    worker.send("tests.tell_scope")
    worker.answers(1)
    return worker


def measure() -> list[dict[str, Any]]:
    tenant = tenant_at_hand()
    _build(tenant)

    def in_copy(run: Callable[[], tuple[float, Result]]) -> tuple[float, Result]:
        with copied_database("closing"), tenant_scope(tenant):
            return run()

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reference, expected = in_copy(_one_by_one)
        ours, undisturbed = in_copy(lambda: _all_at_once(folder))
        _taken, killed = in_copy(lambda: _all_at_once(folder, KILLED_AT))
    months = {month for month in expected if month[1] == "accepted"}
    differing = sum(len(months ^ set(other)) for other in (undisturbed, killed))
    return [
        line("close 60 providers, 3,000 decisions, 60,000 visits at once: one by one", ours, reference, 1.5),
        {
            "name": "close 60 providers at once, the worker killed twice: months that differ or are missing",
            "ours": differing + PROVIDERS - len(months),
            "reference": 0,
            "unit": "months",
            "bar": 0,
            "ok": differing == 0 and len(months) == PROVIDERS,
        },
    ]
