"""The region's page over 2,800 tenants and 24 months, against the bare SELECT on the fact table."""

from datetime import date
from typing import Any

from django.db import connection

from kernel.periods import Month
from reporting.statistics.figures import region_figures
from tenants.models import Tenant
from tests.bench.timing import alternate, line

_VOIVODESHIPS = """
INSERT INTO tenants_territory (code, level, name, kind, parent_id, as_of)
SELECT lpad((v * 2)::text, 2, '0'), 'voivodeship', 'V' || v, 'województwo', NULL, '2024-01-01' FROM generate_series(1, 16) v
ON CONFLICT DO NOTHING"""
_FACTS = """
INSERT INTO statistics_factsbatch (id, tenant_id, month, version, contracts_accepted, contracts_total, pushed_at, content_sha256)
SELECT uuidv7(), t.id, m, 1, 1, 1, now(), repeat('0', 64)
FROM tenants_tenant t, generate_series(date '2024-11-01', date '2026-10-01', interval '1 month') m WHERE t.slug LIKE 'gmina-%';
INSERT INTO statistics_monthlyfact (id, batch_id, tenant_id, voivodeship_id, month, service_code, persons,
                                    granted_minutes, delivered_minutes, current)
SELECT uuidv7(), b.id, b.tenant_id, t.voivodeship_id, b.month, '*', 1 + abs(hashtext(b.id::text)) % 60, 60000, 54000, true
FROM statistics_factsbatch b JOIN tenants_tenant t ON t.id = b.tenant_id;
ANALYZE tenants_tenant; ANALYZE statistics_monthlyfact;
"""
_BARE = """
SELECT voivodeship_id, month, sum(persons), sum(granted_minutes), sum(delivered_minutes)
FROM statistics_monthlyfact WHERE current AND month BETWEEN %s AND %s GROUP BY voivodeship_id, month"""


def _create_tenants() -> None:
    Tenant.objects.bulk_create(
        Tenant(
            slug=f"gmina-{number}",
            schema_name=f"t_{number:012d}",
            name=f"Gmina {number}",
            kind="commune",
            territory_id="3210013",
            voivodeship_id=f"{2 * (1 + number % 16):02d}",
            unit_name="OPS",
            unit_type="OPS",
            data_key=b"x",
        )
        for number in range(2800)
    )


def measure() -> list[dict[str, Any]]:
    """All data of the page (map, line, table, hidden cells) in turn with the one SELECT that nothing can do without."""
    with connection.cursor() as cursor:
        cursor.execute(_VOIVODESHIPS)
        _create_tenants()
        for statement in _FACTS.split(";\n"):
            if statement.strip():
                cursor.execute(statement)

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BARE, [date(2024, 11, 1), date(2026, 10, 1)])
            assert len(cursor.fetchall()) == 16 * 24

    def page() -> None:
        figures = region_figures("32", Month(2026, 10), date(2026, 11, 1))
        assert len(figures.tenants.cells) == 175
        assert len(figures.months) == 24

    ours, reference = alternate(page, bare)
    return [line("region page data, 2,800 tenants x 24 months / bare SELECT", ours, reference, 3)]
