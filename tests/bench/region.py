"""The region's page over 2,800 tenants and 24 months, against the bare SELECT on the fact table; and how both grow."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from random import Random
from statistics import median
from typing import Any

from django.db import connection

from kernel.periods import Month
from reporting.statistics.desk.cuts import Cut, read_cut
from reporting.statistics.desk.spans import Span
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY, Figures, Limits, Table, protect, sum_up
from reporting.statistics.figures import region_figures
from tenants.models import Tenant
from tests.bench.timing import alternate, line, seconds
from tests.copies import copied_database

FEW, MANY = 280, 2800
_GROWTH_ROUNDS = 15
_PLACES = """
INSERT INTO tenants_territory (code, level, name, kind, parent_id, as_of)
SELECT lpad((v * 2)::text, 2, '0'), 'voivodeship', 'V' || v, 'województwo', NULL, '2024-01-01' FROM generate_series(1, 16) v
ON CONFLICT DO NOTHING;
INSERT INTO tenants_territory (code, level, name, kind, parent_id, as_of)
SELECT lpad((v * 2)::text, 2, '0') || lpad(c::text, 2, '0'), 'county', 'P' || c, 'powiat', lpad((v * 2)::text, 2, '0'), '2024-01-01'
FROM generate_series(1, 16) v, generate_series(1, 20) c ON CONFLICT DO NOTHING"""
_FACTS = """
INSERT INTO statistics_signingkey (id, tenant_id, public_key, made_at)
SELECT uuidv7(), t.id, lpad(to_hex(row_number() OVER () + %(after)s), 64, '0'), now()
FROM tenants_tenant t WHERE t.slug LIKE 'gmina-%%' AND t.id NOT IN (SELECT tenant_id FROM statistics_signingkey);
INSERT INTO statistics_factsbatch (id, tenant_id, kind, period, version, edition, territory_id, voivodeship_id, contracts_accepted,
    contracts_total, pushed_at, pushed_by_name, document, content_sha256, previous_sha256, key_id, signature)
SELECT uuidv7(), t.id, 'month', m, 1, 1, t.territory_id, t.voivodeship_id, 1, 1, now(), '', '', repeat('0', 64), '', k.id, ''
FROM tenants_tenant t JOIN statistics_signingkey k ON k.tenant_id = t.id,
    generate_series(date '2024-11-01', date '2026-10-01', interval '1 month') m
WHERE t.slug LIKE 'gmina-%%' AND t.id NOT IN (SELECT tenant_id FROM statistics_factsbatch);
INSERT INTO statistics_fact (id, batch_id, tenant_id, territory_id, voivodeship_id, kind, period, indicator, version, service,
    category, numerator, persons, current)
SELECT uuidv7(), b.id, b.tenant_id, b.territory_id, b.voivodeship_id, 'month', b.period, i.code, 1, '*', '',
    i.times * (1 + abs(hashtext(b.id::text)) %% 60), 1 + abs(hashtext(b.id::text)) %% 60, true
FROM statistics_factsbatch b,
    (VALUES ('care_persons', 1), ('care_hours_granted', 1000), ('care_hours_delivered', 900)) i (code, times)
WHERE b.id NOT IN (SELECT batch_id FROM statistics_fact);
INSERT INTO statistics_release (id, kind, period, number, released_at, trigger, released_by_name, joined, corrected, waiting, cells,
    hidden, content_sha256, previous_sha256)
SELECT uuidv7(), 'month', m, 1, now(), 'clock', '', 0, 0, 0, 0, 0, repeat('0', 64), ''
FROM generate_series(date '2024-11-01', date '2026-10-01', interval '1 month') m ON CONFLICT DO NOTHING;
INSERT INTO statistics_standing (id, release_id, tenant_id, kind, period, batch_id, last_fact, current)
SELECT uuidv7(), r.id, b.tenant_id, 'month', b.period, b.id, b.id, true
FROM statistics_factsbatch b JOIN statistics_release r USING (period) ON CONFLICT DO NOTHING;
DELETE FROM statistics_releasedcell;
INSERT INTO statistics_releasedcell (id, release_id, kind, period, population, part, level, place, voivodeship, county, figures,
    hidden, shown_place, shown_part, current)
SELECT uuidv7(), r.id, 'month', r.period, 'care', '*', level, place, voivodeship, county,
    CASE WHEN persons < 5 THEN NULL ELSE jsonb_build_object('care_persons', jsonb_build_array(1, persons::text, NULL),
        'care_hours_granted', jsonb_build_array(1, (1000 * persons)::text, NULL),
        'care_hours_delivered', jsonb_build_array(1, (900 * persons)::text, NULL),
        'care_hours_accepted', jsonb_build_array(1, (900 * persons)::text, NULL),
        'care_fulfilment', jsonb_build_array(1, (900 * persons)::text, (1000 * persons)::text)) END,
    CASE WHEN persons < 5 THEN 'persons' ELSE '' END, CASE WHEN persons < 5 THEN county ELSE '' END, '', true
FROM statistics_release r JOIN (
    SELECT period, sum(numerator)::int AS persons,
        voivodeship_id AS voivodeship, coalesce(left(territory_id, 4), '') AS county,
        coalesce(tenant_id::text, left(territory_id, 4), voivodeship_id) AS place,
        CASE WHEN grouping(tenant_id) = 0 THEN 'tenant' WHEN grouping(left(territory_id, 4)) = 0 THEN 'county'
            ELSE 'voivodeship' END AS level
    FROM statistics_fact WHERE indicator = 'care_persons'
    GROUP BY GROUPING SETS ((period, voivodeship_id, left(territory_id, 4), tenant_id),
        (period, voivodeship_id, left(territory_id, 4)), (period, voivodeship_id))) sums USING (period);
ANALYZE tenants_tenant; ANALYZE statistics_fact; ANALYZE statistics_releasedcell; ANALYZE statistics_factsbatch;
ANALYZE statistics_standing"""
_BARE = """
SELECT voivodeship_id, period, indicator, sum(numerator) FROM statistics_fact
WHERE current AND kind = 'month' AND service = '*' AND category = '' AND period BETWEEN %s AND %s
GROUP BY voivodeship_id, period, indicator"""


def _run(script: str, **values: int) -> None:
    with connection.cursor() as cursor:
        for statement in script.split(";\n"):
            cursor.execute(statement, values or None)


def _create_tenants(first: int, last: int) -> None:
    places = [f"{2 * (1 + n % 16):02d}{1 + n // 16 % 20:02d}" for n in range(first, last)]
    Tenant.objects.bulk_create(
        Tenant(
            slug=f"gmina-{number}",
            schema_name=f"t_{number:012d}",
            name=f"Gmina {number}",
            kind="commune",
            territory_id=place,
            voivodeship_id=place[:2],
            unit_name="OPS",
            unit_type="OPS",
            data_key=b"x",
        )
        for number, place in zip(range(first, last), places, strict=True)
    )


def _page(tenants: int) -> None:
    figures = region_figures("32", Month(2026, 10))
    assert len(figures.tenants) == tenants // 16
    assert len(figures.months) == 24
    assert len(figures.counties) == min(20, tenants // 16)


def _desk(tenants: int) -> None:
    """What a page of the desk reads: all tenants of a voivodeship, what they compare with, and all lines of two years."""
    month = Span.parse("2026-10")
    rows = read_cut(Cut("care_fulfilment", (month,), "tenant", within="32")).rows
    assert len(rows) == tenants // 16
    assert len(read_cut(Cut("care_fulfilment", (month,), "county", within="32")).rows) == min(
        20, tenants // 16
    )
    lines = read_cut(Cut("care_fulfilment", month.last_ones(24), "voivodeship")).rows
    assert [len(row.figures) for row in lines] == [24] * 16


def _country(tenants: int) -> Table:
    """A month of the country: a quarter of the tenants' cells show few persons."""
    parents: dict[str, str] = {}
    leaves: dict[tuple[str, str], Figures] = {}
    for number in range(tenants):
        voivodeship = f"{2 * (1 + number % 16):02d}"
        county = f"{voivodeship}{number // 16 % max(1, tenants // 128):02d}"
        parents |= {f"t{number}": county, county: voivodeship, voivodeship: COUNTRY}
        care, special = 1 + number * 37 % 60, number * 11 % 17
        for part, persons in (("uslugi", care), ("specjalistyczne", special), (ALL_SERVICES, care + special)):
            leaves[f"t{number}", part] = Figures(persons, (persons * 1000, persons * 900))
    return sum_up(leaves, parents)


def _prices(tenants: int) -> Table:
    """A month of prices by three forms: providers work for their neighbours, half of the cells show few of them."""
    chance = Random(1)
    parents = _country(tenants).parents
    leaves: dict[tuple[str, str], Figures] = {}
    for number in range(tenants):
        everybody: Counter[str] = Counter()
        for form in ("concursus", "procurement", "small_grant"):
            earned = {
                f"o{number // 40 * 10 + chance.randrange(12)}": 100 * chance.randint(5, 500)
                for _one in range(chance.randint(0, 5))
            }
            leaves[f"t{number}", form] = Figures(None, (sum(earned.values()),), earned)
            everybody.update(earned)
        leaves[f"t{number}", ALL_SERVICES] = Figures(None, (everybody.total(),), dict(everybody))
    return sum_up(leaves, parents)


def _protection_line(name: str, tables: Callable[[int], Table]) -> dict[str, Any]:
    few, many = tables(FEW), tables(MANY)
    ours, reference = alternate(lambda: protect(many, Limits()), lambda: protect(few, Limits()), rounds=5)
    return line(f"{name} of a month, 2,800 tenants / 280 tenants", ours, reference, 15)


def measure() -> list[dict[str, Any]]:
    """All data of the page in turn with the one SELECT over the facts; then ten times the tenants."""
    _run(_PLACES)
    _create_tenants(0, FEW)
    _run(_FACTS, after=0)
    few = connection.settings_dict["NAME"]

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BARE, [date(2024, 11, 1), date(2026, 10, 1)])
            assert len(cursor.fetchall()) == 16 * 24 * 3

    with copied_database("many"):
        _create_tenants(FEW, MANY)
        _run(_FACTS, after=FEW)
        ours, reference = alternate(lambda: _page(MANY), bare)
        desk, reference_desk = alternate(lambda: _desk(MANY), bare)
        lines = [
            line("region page data, 2,800 tenants x 24 months / bare SELECT", ours, reference, 3),
            line("region page data, 2,800 tenants / 280 tenants", *_growth(_page, few), 2),
            line("desk data, 2,800 tenants x 24 months / bare SELECT", desk, reference_desk, 3),
            line("desk data, 2,800 tenants / 280 tenants", *_growth(_desk, few), 2),
        ]
    return [*lines, _protection_line("hidden cells", _country), _protection_line("hidden prices", _prices)]


def _growth(work: Callable[[int], None], few: str) -> tuple[float, float]:
    """Median seconds of the work in this database and in that of few tenants, in turn, each with a warm connection."""
    many = connection.settings_dict["NAME"]

    def taken(name: str, tenants: int) -> float:
        connection.close()
        connection.settings_dict["NAME"] = name
        work(tenants)
        return seconds(lambda: work(tenants))

    try:
        pairs = [(taken(many, MANY), taken(few, FEW)) for _ in range(_GROWTH_ROUNDS)]
    finally:
        connection.close()
        connection.settings_dict["NAME"] = many
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
