"""Queries of the month grid page for 60 and for 600 persons."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.tenancy import tenant_scope
from reporting.delivery.actions.imports import import_file
from reporting.delivery.models import Visit
from tests.bench.diary_world import MONTH, build_contract, diary_file, tenant_at_hand
from tests.bench.places import ACTOR
from tests.bench.timing import count_line
from tests.factories.people import signed_in_client

SIZES = (60, 600)


def measure() -> list[dict[str, Any]]:
    """The page with every person's visits of the month, asked by a director of the unit."""
    tenant = tenant_at_hand()
    client = signed_in_client("director", tenant)
    counts = {}
    for persons in SIZES:
        with tenant_scope(tenant):
            contract = build_contract(persons)
            visits = diary_file(persons, persons * 20)
            import_file(contract, visits, source=Visit.Source.COMMAND, actor=ACTOR)
        address = f"/{tenant.slug}/diary/grid/?month={MONTH}&contract={contract.pk}"
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address)
        assert page.status_code == 200
        counts[persons] = len(captured)
    return [count_line("month grid page, 60 and 600 persons, number of queries", counts, 25)]
