"""The simulated country made by processes and closed by workers, in a database of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.statistics.models import FactsBatch
from tenants.models import Tenant
from tests.copies import address_of_database, copied_database
from tests.racing import committing

pytestmark = pytest.mark.slow
db = committing


def _accepted_tenants() -> int:
    """How many simulated tenants have their month accepted and sent to the region; none may have it half."""
    accepted = 0
    for tenant in Tenant.objects.filter(slug__startswith="kraj-"):
        with tenant_scope(tenant):
            states = set(ContractMonth.objects.values_list("state", flat=True))
        was_sent = FactsBatch.objects.filter(tenant=tenant).exists()
        assert (states, was_sent) in [({"accepted"}, True), (set(), False)]
        accepted += was_sent
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
            assert _accepted_tenants() == 4
        figures = json.loads(report.read_text())
        month = Month.of(timezone.localdate()).previous()
        assert figures["made now"] == {}
        assert figures[f"closing {month}"]["contracts handed in"] == 0
