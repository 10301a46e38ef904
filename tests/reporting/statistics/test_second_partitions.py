"""Advice by type and by depth: two breakdowns of one whole, of which the second tells of no few persons either."""

from random import Random
from typing import Any

import pytest
from django.test import Client

from reporting.statistics.actions.publishing import publish
from reporting.statistics.desk.cuts import Cut, Level, parts_of, read_cut
from reporting.statistics.desk.spans import Span
from reporting.statistics.dictionary import dictionary
from reporting.statistics.disclosure import COUNTRY
from reporting.statistics.models import ReleasedCell
from reporting.statistics.second_partitions import Second, places_to_hide
from tenants.models import Tenant
from tests.factories.facts import batch_of, fact_of, small_tenant
from tests.reporting.statistics.attacking import System, intervals
from tests.reporting.statistics.desk_world import ACTOR, THIRD_QUARTER

SPAN = (Span.parse("2026-Q3"),)
DEPTHS = ("general", "in_depth")
THRESHOLD = 10


def _advice(tenant: Tenant, legal: int, family: int, in_depth: int) -> None:
    """A quarter of one person a session."""
    batch = batch_of(tenant, THIRD_QUARTER, "quarter")
    total = legal + family
    told = {"advice": {"": total, "legal": legal, "family": family}}
    told["advice_depth"] = {"": total, "general": total - in_depth, "in_depth": in_depth}
    for indicator, counts in told.items():
        for category, count in counts.items():
            fact_of(batch, indicator, count, persons=count, category=category)


def _of(place: str, level: str, part: str) -> Any:
    cut = Cut("advice_depth", SPAN, level, part=part)
    return next((row.only for row in read_cut(cut).rows if row.place == place), None)


@pytest.mark.django_db
def test_warsaws_advice_is_shown_by_type_and_by_depth_wherever_one_asks(client: Client) -> None:
    _advice(small_tenant(0, "1465011"), 8_000, 3_246, 1_202)
    for number, place in enumerate(("1201012", "1201022", "1202012"), start=1):
        _advice(small_tenant(number, place), 40, 60, 30)
    publish("quarter", THIRD_QUARTER, actor=ACTOR)
    assert _of("14", Level.VOIVODESHIP, "in_depth").numerator == 1_202
    assert _of("14", Level.VOIVODESHIP, "general").numerator == 11_246 - 1_202
    assert _of(COUNTRY, Level.COUNTRY, "in_depth").numerator == 1_292
    assert set(parts_of(dictionary().versions("advice_depth")[-1], SPAN)) == set(DEPTHS)
    assert set(parts_of(dictionary().versions("advice")[-1], SPAN)) == {"legal", "family"}
    # Of tenants and counties there is none, not even a zero.
    assert not ReleasedCell.objects.filter(part__in=DEPTHS, level__in=[Level.TENANT, Level.COUNTY]).exists()
    asked = {"indicator": "advice_depth", "period": "2026-Q3", "part": "in_depth"}
    page = client.get("/region/figures/", asked | {"level": "county"}).content.decode()
    assert "1202" in "".join(page.split()) and "tylko dla województw i kraju" in page
    file = client.get("/region/figures/file/csv/", asked).content.decode()
    assert "1202" in file
    told = client.get("/region/api/v1/figures/", asked | {"level": "voivodeship"}).json()["figures"]
    assert {one["place"]: one["numerator"] for one in told}["14"] == "1202"


@pytest.mark.django_db
def test_who_comes_late_moves_no_depth_that_is_shown() -> None:
    """The difference of two versions would be the one who came."""
    for number, place in enumerate(("1201012", "1201022", "1202012")):
        _advice(small_tenant(number, place), 40, 60, 30)
    publish("quarter", THIRD_QUARTER, actor=ACTOR)
    _advice(small_tenant(3, "1202022"), 30, 30, 1)
    assert publish("quarter", THIRD_QUARTER, actor=ACTOR) is not None
    assert read_cut(Cut("advice_depth", SPAN, Level.COUNTRY)).rows[0].only.numerator == 360  # type: ignore[union-attr]
    assert _of(COUNTRY, Level.COUNTRY, "in_depth").numerator == 90


@pytest.mark.django_db
def test_few_in_depth_are_hidden_with_what_would_give_them_away() -> None:
    for number, (place, in_depth) in enumerate(
        (("1201012", 3), ("3210012", 20), ("0401012", 40), ("0201012", 60))
    ):
        _advice(small_tenant(number, place), 80, 80, in_depth)
    publish("quarter", THIRD_QUARTER, actor=ACTOR)
    few, *beside = (_of(place, Level.VOIVODESHIP, "in_depth") for place in ("12", "02", "04"))
    assert few.is_hidden and few.shown_in
    # Two: of the only other one, that one's own tenant would know the rest.
    assert all(one.is_hidden for one in beside)
    assert _of("32", Level.VOIVODESHIP, "in_depth").numerator == 20
    assert _of(COUNTRY, Level.COUNTRY, "in_depth").numerator == 123


def _random(chance: Random) -> Second:
    persons: dict[str, dict[str, dict[str, int]]] = {}
    for tenant in range(chance.randint(6, 12)):
        place = chance.choice(["02", "04", "06", "08"])
        for category in DEPTHS:
            count = chance.choice([0, 4, *(chance.randint(10, 60) for _big in range(6))])
            persons.setdefault(place, {}).setdefault(category, {})[f"t{tenant}"] = count
    return Second(dictionary().versions("advice_depth")[-1], {}, persons)


def _found(second: Second, hidden: set[str], insider: str) -> list[str]:
    """Tenants of few persons of whom the sums that are shown say so."""
    found = []
    for category in DEPTHS:
        figures, system, known, few = {}, System(), set(), []
        country = (COUNTRY, category)
        whole = {country: 1}
        for place, categories in second.persons.items():
            own = categories.get(category, {})
            figures[place, category] = float(sum(own.values()))
            system.equal.append({(place, category): 1} | {(tenant, category): -1 for tenant in own})
            whole[place, category] = -1
            for tenant, count in own.items():
                figures[tenant, category] = float(count)
                if tenant == insider:
                    known.add((tenant, category))
                elif 0 < count < THRESHOLD:
                    few.append((tenant, category))
            if place not in hidden:
                known.add((place, category))
        system.equal.append(whole)
        figures[country] = sum(value for (place, _part), value in figures.items() if place in second.persons)
        if COUNTRY not in hidden:
            known.add(country)
        for key, (_low, high) in intervals(system, figures, set(figures) - known, few, 0).items():
            if high < THRESHOLD:
                found.append(f"{insider}: {key} at most {high}")
    return found


def test_a_solver_finds_no_few_persons_in_any_sum_of_depths() -> None:
    shown = few = 0
    for seed in range(30):
        second = _random(Random(seed))
        hidden = places_to_hide(second, THRESHOLD, ())
        shown += len(set(second.persons) - hidden)
        tenants = {one for place in second.persons.values() for own in place.values() for one in own}
        for insider in ("", *sorted(tenants)):
            assert _found(second, hidden, insider) == [], seed
        # Everything shown would give somebody away.
        few += bool(_found(second, set(), ""))
    assert shown > 30 and few > 5
