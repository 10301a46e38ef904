"""What is hidden cannot be computed from what is shown, by strangers or by one insider, and little more is hidden."""

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
from reporting.statistics.disclosure.tables import Key
from tests.reporting.statistics.attacking import additive, findings
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


@pytest.mark.parametrize("limits", [LIMITS, MIXED])
@pytest.mark.parametrize("first", range(0, 120, 40))
def test_a_stranger_with_a_solver_finds_nothing(first: int, limits: Limits) -> None:
    for seed in range(first, first + 40):
        table = _any_table(seed)
        assert not findings(table, protect(table, limits).hidden, limits), seed


@pytest.mark.parametrize("limits", [LIMITS, MIXED])
@pytest.mark.parametrize("first", [2000, 2012])
def test_an_insider_with_a_solver_finds_nothing(first: int, limits: Limits) -> None:
    for seed in range(first, first + 12):
        table = _any_table(seed)
        hidden = protect(table, limits).hidden
        insiders = frozenset().union(*table.knowers.values())
        for insider in sorted(insiders):
            assert not findings(table, hidden, limits, insider=insider), (seed, insider)


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


@pytest.mark.parametrize("limits", [LIMITS, MIXED])
def test_little_more_is_hidden_than_must_be(limits: Limits) -> None:
    """In all at most 1.4 times the cells of the plain optimum, and 1.7 times with insiders, whom that does not withstand.

    Measured over these tables 1.19 and 1.44, with two thresholds 1.16 and 1.26.
    """
    ours = withstanding = least = 0.0
    for seed in (0, 5, 6, 9, 10, 11, 13, 19, 23, 24):
        chance = Random(seed)
        table = random_table(chance, tenants=6, counties=2, services=chance.choice([0, 1, 2]))
        optimum = fewest_hidden(table, limits, dict.fromkeys(table.cells, 1))
        assert optimum is not None
        plain = protect(table, limits, insiders=False).hidden
        assert len(plain) >= optimum - 1e-6
        least += optimum
        ours += len(plain)
        withstanding += len(protect(table, limits).hidden)
    assert ours <= 1.4 * least
    assert withstanding <= 1.7 * least
