"""The simulated country made by processes and closed by workers, in a database of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.statistics.models import FactsBatch, Release
from tenants.models import Tenant
from tests.copies import address_of_database, copied_database
from tests.racing import committing

pytestmark = pytest.mark.slow
db = committing


def _accepted_tenants() -> int:
    """How many simulated tenants have their month accepted; all have their quarter closed, and sent what they have.

    Where something is to be explained, as in two contracts of a hundred, the month waits for its coordinator.
    """
    accepted = 0
    for tenant in Tenant.objects.filter(slug__startswith="kraj-"):
        with tenant_scope(tenant):
            states = set(ContractMonth.objects.values_list("state", flat=True))
        sent = set(FactsBatch.objects.filter(tenant=tenant).values_list("kind", flat=True))
        assert (states, sent) in [({"accepted"}, {"month", "quarter"}), ({"submitted"}, {"quarter"})]
        accepted += "month" in sent
    return accepted


def test_processes_make_the_tenants_and_workers_accept_their_month(db: None, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with copied_database("country"):
        call_command("load_territories", verbosity=0)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "DATABASE_URL": address_of_database(),
            "REDIS_URL": os.environ["REDIS_URL"].rpartition("/")[0] + "/15",
            "PYTHONPATH": f"{settings.ROOT}{os.pathsep}{settings.ROOT / 'platform'}",
        }
        for _time in ("made", "there already"):
            told = subprocess.run(
                [
                    sys.executable,
                    "manage.py",
                    "simulate_country",
                    "--share",
                    "0.002",
                    "--report",
                    str(report),
                ],
                cwd=settings.ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=300,
            )
            assert told.returncode == 0, told.stderr
            figures = json.loads(report.read_text())
            (month,) = (
                one for name, one in figures.items() if name.startswith("closing") and "Q" not in name
            )
            assert Tenant.objects.filter(slug__startswith="kraj-").count() == 5
            assert 5 - month["contracts with something to explain"] == _accepted_tenants() > 0
        assert figures["made now"] == {}
        assert month["contracts handed in"] == 0
        assert (
            Release.objects.filter(kind="month").exists() and Release.objects.filter(kind="quarter").exists()
        )
        pages = figures["milliseconds of a page of the region"]
        assert len(pages) == 5 and all(0 < took < 60_000 for took in pages.values())
