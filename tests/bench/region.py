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
INSERT INTO statistics_signingkey (id, tenant_id, public_key, made_at)
SELECT uuidv7(), t.id, lpad(to_hex(row_number() OVER ()), 64, '0'), now() FROM tenants_tenant t WHERE t.slug LIKE 'gmina-%';
INSERT INTO statistics_factsbatch (id, tenant_id, kind, period, version, edition, territory_id, voivodeship_id, contracts_accepted,
    contracts_total, pushed_at, pushed_by_name, document, content_sha256, previous_sha256, key_id, signature)
SELECT uuidv7(), t.id, 'month', m, 1, 1, t.territory_id, t.voivodeship_id, 1, 1, now(), '', '', repeat('0', 64), '', k.id, ''
FROM tenants_tenant t JOIN statistics_signingkey k ON k.tenant_id = t.id,
    generate_series(date '2024-11-01', date '2026-10-01', interval '1 month') m WHERE t.slug LIKE 'gmina-%';
INSERT INTO statistics_fact (id, batch_id, tenant_id, territory_id, voivodeship_id, kind, period, indicator, version, service,
    category, numerator, persons, current)
SELECT uuidv7(), b.id, b.tenant_id, b.territory_id, b.voivodeship_id, 'month', b.period, i.code, 1, '*', '',
    i.times * (1 + abs(hashtext(b.id::text)) % 60), 1 + abs(hashtext(b.id::text)) % 60, true
FROM statistics_factsbatch b,
    (VALUES ('care_persons', 1), ('care_hours_granted', 1000), ('care_hours_delivered', 900)) i (code, times);
ANALYZE tenants_tenant; ANALYZE statistics_fact;
"""
_BARE = """
SELECT voivodeship_id, period, indicator, sum(numerator) FROM statistics_fact
WHERE current AND kind = 'month' AND service = '*' AND category = '' AND period BETWEEN %s AND %s
GROUP BY voivodeship_id, period, indicator"""


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
            assert len(cursor.fetchall()) == 16 * 24 * 3

    def page() -> None:
        figures = region_figures("32", Month(2026, 10), date(2026, 11, 1))
        assert len(figures.tenants.cells) == 175
        assert len(figures.months) == 24

    ours, reference = alternate(page, bare)
    return [line("region page data, 2,800 tenants x 24 months / bare SELECT", ours, reference, 3)]
