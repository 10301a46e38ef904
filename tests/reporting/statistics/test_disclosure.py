"""What is hidden cannot be computed from what is shown, by strangers or by one insider, and little more is hidden."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.statistics.disclosure import (
    ALL_SERVICES,
    COUNTRY,
    Figures,
    Limits,
    Table,
    coarser,
    protect,
    sum_up,
)
from reporting.statistics.disclosure.sensitive import Reason, reason_for, sensitive_cells
from reporting.statistics.disclosure.tables import Key, Number
from tests.reporting.statistics.attacking import TOLERANCE, Attack, additive, findings, findings_of
from tests.reporting.statistics.optimum import fewest_hidden
from tests.reporting.statistics.random_tables import random_business, random_table

LIMITS = Limits()
# Of the services of random tables the first is ordinary care; the others may tell of health.
MIXED = Limits(health=10, plain=frozenset("a"))


def _any_table(seed: int) -> Table:
    chance = Random(seed)
    if seed % 4 == 0:
        return random_business(chance, tenants=chance.choice([3, 6, 9]))
    return random_table(chance, tenants=chance.choice([4, 8, 12]), services=chance.choice([0, 1, 2, 3]))


def _computable(table: Table, hidden: set[Key]) -> list[Key]:
    """Hidden cells that follow from the shown ones by equations alone."""
    order = {key: number for number, key in enumerate(sorted(hidden))}
    rows = [{key: sign for key, sign in row.items() if key in order} for row in additive(table).equal]
    matrix = np.zeros((len(rows) or 1, len(order)))
    for at, row in enumerate(rows):
        for key, sign in row.items():
            matrix[at, order[key]] = sign
    _left, sizes, right = np.linalg.svd(matrix)
    free = right[int((sizes > 1e-9).sum()) :]
    return [key for key, number in order.items() if not np.abs(free[:, number]).max(initial=0) > 1e-9]


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        (Figures(0, (0,)), None),
        (Figures(1, (60,)), Reason.FEW),
        (Figures(4, (60,)), Reason.FEW),
        (Figures(5, (60,)), None),
        (Figures(0, (60,)), Reason.FEW),
        (Figures(None, (60,)), None),
        (Figures(None, (60,), {"a": 30, "b": 30}), Reason.PROVIDERS),
        (Figures(None, (60,), {"a": 20, "b": 20, "c": 20}), None),
        (Figures(None, (60,), {"a": 75, "b": 20, "c": 5}), None),
        (Figures(None, (60,), {"a": Decimal("75.01"), "b": 20, "c": Decimal("4.99")}), Reason.PROVIDERS),
        (Figures(7, (60,), {"a": 30}), Reason.PROVIDERS),
    ],
)
def test_what_is_hidden_for_itself(figures: Figures, reason: Reason | None) -> None:
    assert reason_for(figures, LIMITS) is reason


def test_groups_of_health_have_a_threshold_of_their_own() -> None:
    assert reason_for(Figures(9, (60,)), Limits(persons=10)) is Reason.FEW
    assert reason_for(Figures(10, (60,)), Limits(persons=10)) is None


@pytest.mark.parametrize(
    ("part", "fewest"), [("*", 5), ("-", 5), ("a", 5), ("b", 10), ("nobody_knows_it", 10)]
)
def test_a_service_that_nobody_knows_may_tell_of_health(part: str, fewest: int) -> None:
    assert MIXED.of_part(part) == fewest and LIMITS.of_part(part) == 5


def _services(*tenants: tuple[int, int]) -> Table:
    """Tenants of one county with so many persons in ordinary care and in a service of health, nobody in both."""
    leaves: dict[Key, Figures] = {}
    for number, counts in enumerate(tenants):
        for service, count in zip("ab", counts, strict=True):
            leaves[f"t{number}", service] = Figures(count, (count * 600,))
        whole = sum(counts)
        leaves[f"t{number}", ALL_SERVICES] = Figures(whole, (sum(counts) * 600,))
    places = {f"t{number}": "0201" for number in range(len(tenants))}
    return sum_up(leaves, {**places, "0201": "02", "02": COUNTRY})


def test_a_whole_needs_as_many_as_the_strictest_of_its_parts() -> None:
    """Who sees a whole of seven knows that a service of health in it has fewer than ten."""
    table = _services((5, 2), (7, 0), (40, 30), (50, 20), (30, 40))
    secret = sensitive_cells(table, MIXED)
    assert set(secret) == {("t0", "b"), ("t0", ALL_SERVICES)}
    hidden = set(protect(table, MIXED).hidden)
    # A whole of seven in ordinary care alone is shown.
    assert hidden.issuperset(secret) and ("t1", ALL_SERVICES) not in hidden
    assert not findings(table, hidden, MIXED)
    # Hidden beside the other service, under a whole that is shown, it is known to have fewer than ten.
    swapped = {(tenant, service) for tenant in ("t0", "t2", "t3") for service in "ab"}
    assert findings(table, swapped, MIXED) == ["None: persons of ('t0', 'b') at most 6.0, are 2.0"]


def test_nine_in_a_service_of_health_are_hidden_and_ten_are_not() -> None:
    nine = protect(_services((40, 9), (30, 30), (30, 30), (30, 30)), MIXED).hidden
    assert nine["t0", "b"] is Reason.FEW and ("t0", ALL_SERVICES) not in nine
    assert not protect(_services((40, 10), (30, 30), (5, 0)), MIXED).hidden


def _county(*persons: int) -> Table:
    leaves = {(f"t{n}", ALL_SERVICES): Figures(count, (count * 600,)) for n, count in enumerate(persons)}
    parents = {f"t{n}": "0201" for n in range(len(persons))}
    return sum_up(leaves, {**parents, "0201": "02", "02": COUNTRY})


def test_one_small_cell_takes_the_smallest_others_with_it_and_the_county_stays() -> None:
    table = _county(3, 50, 20, 0, 90)
    found = protect(table, LIMITS)
    # Two more: either of the two tenants knows its own cell.
    assert found.hidden == {
        ("t0", ALL_SERVICES): Reason.FEW,
        ("t1", ALL_SERVICES): Reason.PROTECTS,
        ("t2", ALL_SERVICES): Reason.PROTECTS,
    }
    assert coarser(table, found.hidden, ("t0", ALL_SERVICES)) == ("0201", ALL_SERVICES)


def test_a_tenant_alone_takes_all_sums_with_it() -> None:
    table = _county(3, 0)
    found = protect(table, LIMITS)
    assert {place for place, _service in found.hidden} == {"t0", "0201", "02", COUNTRY}
    assert coarser(table, found.hidden, ("t0", ALL_SERVICES)) is None


def test_nothing_small_nothing_hidden() -> None:
    assert not protect(_county(5, 0, 70), LIMITS).hidden


def test_two_small_cells_of_one_person_do_not_protect_each_other() -> None:
    hidden = protect(_county(1, 1, 30, 40, 50), LIMITS).hidden
    assert len(hidden) == 4


@pytest.mark.parametrize("limits", [LIMITS, MIXED])
@pytest.mark.parametrize("first", range(0, 1000, 250))
def test_nothing_hidden_follows_from_the_equations(first: int, limits: Limits) -> None:
    secrets = 0
    for seed in range(first, first + 250):
        table = _any_table(seed)
        hidden = set(protect(table, limits).hidden)
        secrets += len(sensitive_cells(table, limits))
        assert hidden.issuperset(sensitive_cells(table, limits)), seed
        assert not _computable(table, hidden), seed
    assert secrets > 1000


def _limits(seed: int) -> Limits:
    """Every other table stands under the limits of a population that may tell of health."""
    return MIXED if seed % 2 else LIMITS


@pytest.mark.parametrize("first", range(0, 2000, 500))
def test_a_stranger_with_a_solver_finds_nothing(first: int) -> None:
    """What is hidden only to protect may be narrowed, and is looked at in some of the tables: it never comes out."""
    attacks = []
    for seed in range(first, first + 500):
        table, limits = _any_table(seed), _limits(seed // 4)
        hidden = protect(table, limits).hidden
        attacks.append(Attack(table, hidden, limits, only_secret=bool(seed % 11)))
    assert sum(len(one.aims) for one in attacks) > 2000
    assert {first + n: told for n, told in enumerate(findings_of(attacks)) if told} == {}


def _insiders(table: Table) -> list[str]:
    """Whoever knows a cell from their own books, and every provider, who knows a part of many."""
    known = frozenset().union(*table.knowers.values())
    return sorted(known.union(*(cell.providers for cell in table.cells.values())))


@pytest.mark.parametrize("first", [2000, 2040])
def test_an_insider_with_a_solver_finds_nothing(first: int) -> None:
    attacks = []
    for seed in range(first, first + 40):
        table, limits = _any_table(seed), _limits(seed // 4)
        hidden = protect(table, limits).hidden
        attacks += [Attack(table, hidden, limits, insider) for insider in _insiders(table)]
    assert sum(len(one.aims) for one in attacks) > 1000
    assert [told for told in findings_of(attacks) if told] == []


@pytest.mark.parametrize("first", [3000, 3060])
def test_a_provider_who_knows_the_own_part_everywhere_does_not_find_a_rival(first: int) -> None:
    """Of what others earned of a hidden sum at least half stays open, also beside all that the provider earned."""
    attacks = []
    for seed in range(first, first + 60):
        table = random_business(Random(seed), tenants=6)
        hidden = protect(table, LIMITS).hidden
        attacks += [Attack(table, hidden, LIMITS, insider) for insider in _insiders(table)]
    beside = [key for one in attacks for key in one.aims if one.of_insider(key)]
    assert len(beside) > 200, "providers stand in sums that are secret, beside others"
    assert [told for told in findings_of(attacks) if told] == []


def test_the_attack_finds_what_primary_hiding_alone_gives_away() -> None:
    tables = [_any_table(seed) for seed in range(1, 25)]
    broken = [table for table in tables if findings(table, sensitive_cells(table, LIMITS), LIMITS)]
    assert len(broken) >= 8


def test_the_insider_finds_what_protection_against_strangers_alone_gives_away() -> None:
    table = _county(3, 20, 50)
    hidden = protect(table, LIMITS, insiders=False).hidden
    assert not findings(table, hidden, LIMITS)
    assert findings(table, hidden, LIMITS, insider="t1")


@st.composite
def _counties(draw: st.DrawFn) -> Table:
    places = {"02": COUNTRY, "0201": "02", "0202": "02"}
    leaves: dict[Key, Figures] = {}
    for number in range(draw(st.integers(1, 6))):
        places[f"t{number}"] = draw(st.sampled_from(["0201", "0202"]))
        counts = draw(st.lists(st.integers(0, 12), min_size=2, max_size=2))
        minutes = [count * draw(st.integers(0, 90)) for count in counts]
        for service, count, value in zip("ab", counts, minutes, strict=True):
            leaves[f"t{number}", service] = Figures(count, (value,))
        together = draw(st.integers(max(counts), sum(counts)))
        leaves[f"t{number}", ALL_SERVICES] = Figures(together, (sum(minutes),))
    return sum_up(leaves, places)


@settings(max_examples=60, deadline=None)
@given(_counties(), st.integers(2, 10), st.integers(0, 8))
def test_whatever_the_figures_and_the_thresholds(table: Table, threshold: int, more: int) -> None:
    limits = Limits(persons=threshold, health=threshold + more, plain=frozenset("a"))
    found = protect(table, limits)
    assert found.hidden == protect(table, limits).hidden
    assert not any(table.cells[key].is_zero for key in found.hidden)
    assert not findings(table, found.hidden, limits)


def _paid(*tenants: dict[str, int]) -> Table:
    """What tenants of one county paid to providers."""
    leaves = {
        (f"t{number}", ALL_SERVICES): Figures(None, (sum(paid.values()),), paid)
        for number, paid in enumerate(tenants)
    }
    return sum_up(leaves, {**{f"t{n}": "0201" for n in range(len(tenants))}, "0201": "02", "02": COUNTRY})


def test_two_cells_of_one_provider_do_not_protect_each_other() -> None:
    """Each could be anything beside the other, but the county less its other tenants is what that provider earned."""
    several = {"x": 100, "y": 110, "z": 120}
    table = _paid(
        {"o": 300}, {"o": 280}, several, {"p": 150, "q": 160, "r": 170}, {"k": 900, "l": 800, "m": 700}
    )
    hidden = set(protect(table, LIMITS).hidden)
    assert ("0201", ALL_SERVICES) not in hidden
    left = {place for place, _part in hidden} - {"t0", "t1"}
    # One more would know what is left without its own.
    assert left == {"t2", "t3"}
    alone = _paid({"o": 300}, {"o": 280}, {"o": 20})
    assert {place for place, _part in protect(alone, LIMITS).hidden} == {
        "t0",
        "t1",
        "t2",
        "0201",
        "02",
        COUNTRY,
    }


def _rests(table: Table, hidden: set[Key], place: str) -> list[Key]:
    """The hidden tenants of a shown sum that no shown sum below it holds, found from below."""
    return [
        key
        for key in sorted(hidden)
        if key[0] in table.leaves
        and place in (above := [*table.ancestors(key[0])])
        and all((one, key[1]) in hidden for one in above[: above.index(place)])
    ]


@pytest.mark.parametrize("first", [0, 300])
def test_no_rest_of_a_shown_sum_is_the_business_of_few(first: int) -> None:
    rests = 0
    for seed in range(first, first + 300):
        table = random_business(Random(seed), tenants=16, counties=4)
        hidden = set(protect(table, LIMITS).hidden)
        shown = {place for place, _part in table.cells if (place, ALL_SERVICES) not in hidden} - table.leaves
        for place in sorted(shown):
            left = _rests(table, hidden, place)
            rests += bool(left)
            for own in ("", *(tenant for tenant, _part in left if len(left) > 1)):
                providers: dict[str, Number] = defaultdict(int)
                for key in left:
                    for provider, value in table.cells[key].providers.items():
                        providers[provider] += value if key[0] != own else 0
                assert reason_for(Figures(None, (1,), providers), LIMITS) is None, (seed, place, own)
    assert rests > 300


def _beside_the_optimum(tables: Iterable[Table], limits: Limits) -> list[tuple[float, int, int]]:
    """Of each table with secrets how many cells the plain optimum hides, ours against outsiders, and ours."""
    rows = []
    for table in tables:
        optimum = fewest_hidden(table, limits, dict.fromkeys(table.cells, 1))
        assert optimum is not None, "the solver ended"
        plain = len(protect(table, limits, insiders=False).hidden)
        assert plain >= optimum - TOLERANCE
        if optimum:
            rows.append((optimum, plain, len(protect(table, limits).hidden)))
    return rows


def _factors(rows: list[tuple[float, int, int]], which: int) -> tuple[float, float, float]:
    """All cells by those of the optima, the mean of the tables' factors, and the worst of them."""
    each = [row[which] / row[0] for row in rows]
    return sum(row[which] for row in rows) / sum(row[0] for row in rows), sum(each) / len(each), max(each)


@pytest.mark.parametrize("limits", [LIMITS, MIXED])
def test_little_more_is_hidden_than_must_be(limits: Limits) -> None:
    """The optimum of each of 100 tables in turn, found exactly; it withstands outsiders only, ours insiders too.

    Measured over the 56 of them with secrets: 1.15 times its cells in all, 1.15 on average and 2.25 at worst, with
    insiders 1.38, 1.43 and 3.17; with two thresholds 1.11, 1.12 and 2.25, with insiders 1.30, 1.33 and 2.33.
    """
    chances = [Random(seed) for seed in range(100)]
    tables = [random_table(one, tenants=8, counties=2, services=one.choice([0, 1, 2])) for one in chances]
    rows = _beside_the_optimum(tables, limits)
    assert len(rows) > 50
    for which, bars in ((1, (1.25, 1.25, 2.7)), (2, (1.6, 1.6, 4))):
        assert all(found <= bar for found, bar in zip(_factors(rows, which), bars, strict=True))


def test_little_more_of_business_is_hidden_than_must_be() -> None:
    """The same of what was paid in 100 tables in turn, of which the optimum does not look at rests.

    Measured over the 88 of them with secrets: 1.09, 1.08 and 1.5; with insiders and rests 1.44, 1.63 and 4.
    """
    rows = _beside_the_optimum(
        (random_business(Random(seed), tenants=6, counties=2) for seed in range(100)), LIMITS
    )
    assert len(rows) > 50
    for which, bars in ((1, (1.25, 1.25, 2.7)), (2, (1.6, 1.8, 4.2))):
        assert all(found <= bar for found, bar in zip(_factors(rows, which), bars, strict=True))
