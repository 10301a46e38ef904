"""Second breakdowns: released with their whole, prices by form under their own rule, and nothing comes out by them."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from kernel.ids import new_id
from kernel.periods import Month
from reporting.statistics.actions.publishing import publish
from reporting.statistics.desk.cuts import Cut, Level, newest_version, parts_of, read_cut
from reporting.statistics.desk.spans import Span
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.disclosure import ALL_SERVICES, Limits, protect
from reporting.statistics.populations import CARE, Told, content_of, populations_of
from reporting.statistics.releasing import cells_to_release
from tests.factories.facts import batch_of, care_facts, fact_of, small_tenant
from tests.reporting.statistics.attacking import findings
from tests.reporting.statistics.desk_world import ACTOR, OCTOBER

SPAN = (Span.parse("2026-10"),)


def _known() -> dict[str, Indicator]:
    return {one.code: one for one in dictionary().in_force(Month(2026, 10), "month")}


@pytest.mark.django_db
def test_deviations_by_code_are_shown_and_hidden_with_all_of_them() -> None:
    tenants = [small_tenant(number, f"04010{number}2") for number in range(4)]
    for number, tenant in enumerate(tenants):
        persons = 3 if number == 0 else 20 + number
        batch = batch_of(tenant, OCTOBER)
        care_facts(batch, persons, persons * 600, persons * 500)
        for code, count in (("", 6 + number), ("H1", 6), ("H2", number)):
            fact_of(batch, "deviation_rate", count, denominator=persons, persons=persons, category=code)
    publish("month", OCTOBER, actor=ACTOR)
    whole = read_cut(Cut("deviation_rate", SPAN, Level.TENANT))
    hidden = {row.place for row in whole.rows if row.only and row.only.is_hidden}
    assert str(tenants[0].pk) in hidden and len(hidden) < 4
    for code in ("H1", "H2"):
        table = read_cut(Cut("deviation_rate", SPAN, Level.TENANT, part=code))
        assert {row.place for row in table.rows if row.only and row.only.is_hidden} == hidden
        assert all(row.only and row.only.shown_in for row in table.rows if row.place in hidden)
    county = read_cut(Cut("deviation_rate", SPAN, Level.COUNTY, part="H1")).rows[0].only
    assert county and county.numerator == 24
    assert "H1" in parts_of(newest_version("deviation_rate"), SPAN)


@pytest.mark.django_db
def test_a_code_that_not_everybody_tells_stands_in_no_sum() -> None:
    """The county's sum would be the figure of the one hidden tenant that tells it."""
    for number, persons in enumerate((3, 20, 30, 40)):
        batch = batch_of(small_tenant(number, f"04010{number}2"), OCTOBER)
        care_facts(batch, persons, persons * 600, persons * 500)
        for code in ("", "H1", "H2") if number == 0 else ("", "H1"):
            fact_of(batch, "deviation_rate", 2, denominator=persons, persons=persons, category=code)
    publish("month", OCTOBER, actor=ACTOR)
    county = {
        code: read_cut(Cut("deviation_rate", SPAN, Level.COUNTY, part=code)).rows[0].only
        for code in ("H1", "H2")
    }
    assert county["H1"] and county["H1"].numerator == 8
    assert county["H2"] is None


@pytest.mark.django_db
def test_what_shows_neither_persons_nor_business_is_released_by_category() -> None:
    for number in range(2):
        batch = batch_of(small_tenant(number, f"04010{number}2"), OCTOBER)
        for form, count in (("", 3), ("association", 2), ("company", 1)):
            fact_of(batch, "providers", count, category=form)
    publish("month", OCTOBER, actor=ACTOR)
    table = read_cut(Cut("providers", SPAN, Level.COUNTY, part="association"))
    assert [row.only.value for row in table.rows if row.only] == [Decimal(4)]


def _facts(chance: Random) -> list[Told]:
    """Care and prices by two forms of some tenants in two counties, a few with few persons or one provider."""
    told = []
    providers = [f"p{number}" for number in range(8)]
    for _number in range(chance.randint(5, 9)):
        tenant, county = str(new_id()), chance.choice(["3210", "3211"])

        def fact(
            indicator: str, numerator: int, tenant: str = tenant, county: str = county, **more: Any
        ) -> Told:
            values: dict[str, Any] = {"service": "*", "category": "", "denominator": None, "persons": None}
            return Told(tenant, county, indicator, 1, numerator=Decimal(numerator), **(values | more))

        persons = chance.choice([2, 3, 9, 20, 40])
        forms = {form: persons * chance.choice([0, 100, 300]) for form in ("procurement", "small_grant")}
        total = sum(forms.values())
        told.append(fact("care_persons", persons, persons=persons))
        told.append(fact("care_hours_accepted", total, persons=persons))
        behind: dict[str, Mapping[str, Decimal]] = {}
        for form, minutes in forms.items():
            chosen = chance.sample(providers, chance.randint(1, 5)) if minutes else []
            behind[form] = {one: Decimal(minutes // len(chosen)) for one in chosen}
            told.append(
                fact(
                    "hour_price", minutes, category=form, denominator=Decimal(minutes), providers=behind[form]
                )
            )
        everybody: dict[str, Decimal] = {}
        for parts in behind.values():
            for one, value in parts.items():
                everybody[one] = everybody.get(one, Decimal(0)) + value
        told.append(fact("hour_price", total, denominator=Decimal(total), providers=everybody))
    return told


@pytest.mark.parametrize("seed", range(40))
def test_prices_by_form_give_no_provider_and_no_few_persons_away(seed: int) -> None:
    facts, known = _facts(Random(seed)), _known()
    populations = {one.code: one for one in populations_of(known.values())}
    limits = dict.fromkeys(populations, Limits())
    content = {code: content_of(one, facts, known) for code, one in populations.items()}
    hidden = {
        code: set(protect(content[code].table, limits[code]).hidden)
        for code, one in populations.items()
        if one.protected
    }
    cells = cells_to_release(populations.values(), facts, known, hidden, limits)
    prices = content["business:hour_price"].table
    unseen = {
        (place, part)
        for (code, place, part), cell in cells.items()
        if code == "business:hour_price" and cell.hidden
    }
    assert findings(prices, unseen, Limits()) == []
    few = {place for place, part in hidden[CARE] if part == ALL_SERVICES}
    closed = {place for place, _part in unseen}
    assert all(place in closed or prices.cells[place, ALL_SERVICES].is_zero for place in few)
    for place in few & closed:
        assert {part for at, part in unseen if at == place} == {"*", "procurement", "small_grant"}
