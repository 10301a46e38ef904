"""The arithmetic of scoring: examples worked by hand, and properties that hold for any points and weights."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.tenders.scoring import (
    Basis,
    Bid,
    Line,
    Points,
    Proposal,
    Yardstick,
    allot,
    basis_of,
    matrix_of,
    moved_weights,
    normal_weights,
    price_shares,
    stated_weights,
    tips_of,
    to_places,
    winners_of,
)

PRICE = Yardstick("price", is_price=True, most=10, weight=40)
CONCEPT = Yardstick("concept", is_price=False, most=20, weight=35)
STAFF = Yardstick("staff", is_price=False, most=10, weight=25)
Contest = tuple[list[Yardstick], list[Bid], dict[tuple[str, str], tuple[Decimal, ...]]]
YARDS = (PRICE, CONCEPT, STAFF)


def decimals(*values: object) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(value)) for value in values)


def bid(number: int, hour: str | None = "40.00", asked: str = "100000.00", total: str = "120000.00") -> Bid:
    return Bid(
        f"o{number}", number, None if hour is None else Decimal(hour), Decimal(total), asked=Decimal(asked)
    )


def totals(lines: list[Line]) -> dict[str, Decimal | None]:
    return {line.bid.key: line.total for line in lines}


def test_an_example_worked_by_hand() -> None:
    bids = [bid(1, "50.00"), bid(2, "40.00")]
    points: Points = {
        ("o1", "concept"): decimals(18, 16, 17),
        ("o1", "staff"): decimals(9, 9, 8.5),
        ("o2", "concept"): decimals(12, 10, 11),
        ("o2", "staff"): decimals(7, 8, 6),
    }
    first, second = matrix_of(YARDS, bids, points)
    # 40/50 × 40 + 17/20 × 35 + 8.8333/10 × 25 = 32 + 29.75 + 22.0833
    assert (first.bid.key, first.total, first.rank) == ("o1", Decimal("83.83"), 1)
    # 40 + 11/20 × 35 + 7/10 × 25 = 40 + 19.25 + 17.5
    assert (second.bid.key, second.total, second.rank) == ("o2", Decimal("76.75"), 2)
    assert [cell.average for cell in first.cells] == [Decimal("8.00"), Decimal("17.00"), Decimal("8.83")]


def test_equal_totals_share_a_rank_and_the_next_one_is_passed_over() -> None:
    points: Points = {
        (f"o{n}", key): decimals(p) for n, p in ((1, 5), (2, 8), (3, 8)) for key in ("concept", "staff")
    }
    lines = matrix_of(YARDS, [bid(3), bid(2), bid(1)], points)
    assert [(line.bid.number, line.rank) for line in lines] == [(2, 1), (3, 1), (1, 3)]


def test_an_offer_without_points_has_no_total_and_stands_last() -> None:
    points: Points = {("o2", "concept"): decimals(1), ("o2", "staff"): decimals(0)}
    lines = matrix_of(YARDS, [bid(1), bid(2)], points)
    assert [(line.bid.number, line.rank, line.total) for line in lines] == [
        (2, 1, Decimal("41.75")),
        (1, None, None),
    ]


def test_the_spread_is_wide_above_the_percentage_and_not_at_it() -> None:
    def is_wide(*given_points: object) -> bool:
        line = matrix_of([CONCEPT], [bid(1)], {("o1", "concept"): decimals(*given_points)})[0]
        return line.cells[0].is_wide

    assert not is_wide(10, 16)
    assert is_wide(10, 16.5)
    assert not is_wide(10)


def test_prices_of_an_hour_count_only_where_all_state_one() -> None:
    assert basis_of([bid(1), bid(2)]) is Basis.HOUR
    assert basis_of([bid(1), bid(2, None)]) is Basis.TOTAL
    assert basis_of([bid(1), bid(2, "0.00")]) is Basis.TOTAL
    shares = price_shares([bid(1, total="100.00"), bid(2, None, total="125.00")], Basis.TOTAL)
    assert shares == {"o1": Fraction(1), "o2": Fraction(4, 5)}


def test_a_price_of_nothing_earns_nothing_and_does_not_become_the_cheapest() -> None:
    shares = price_shares([bid(1, None, total="0.00"), bid(2, None, total="80.00")], Basis.TOTAL)
    assert shares == {"o1": Fraction(0), "o2": Fraction(1)}


def test_the_winner_changes_when_the_price_weighs_more() -> None:
    bids = [bid(1, "50.00"), bid(2, "40.00")]
    points: Points = {
        ("o1", "concept"): decimals(18),
        ("o1", "staff"): decimals(7),
        ("o2", "concept"): decimals(12),
        ("o2", "staff"): decimals(7),
    }
    lines = matrix_of(YARDS, bids, points)
    assert [line.bid.key for line in lines] == ["o1", "o2"]
    price, concept, staff = tips_of(lines, YARDS)
    # Lead of o1: −0,2 x + 0,175 (100 − x), level at x = 17,5 / 0,375 = 46 2/3.
    assert price.above == Fraction(140, 3)
    assert (price.down, price.up) == (frozenset({"o1"}), frozenset({"o1"}))
    (price_by_ten, *_) = tips_of(lines, YARDS, step=10)
    assert price_by_ten.up == frozenset({"o2"})
    assert price.below is None
    assert concept.below is not None
    assert concept.above is None
    assert staff.above == 100


@pytest.mark.parametrize(
    ("funds", "least", "expected"),
    [
        ("250000.00", None, [("whole", "100000.00"), ("whole", "100000.00"), ("part", "50000.00")]),
        ("250000.00", "60000.00", [("whole", "100000.00"), ("whole", "100000.00"), ("reserve", "0")]),
        ("200000.00", None, [("whole", "100000.00"), ("whole", "100000.00"), ("reserve", "0")]),
        ("0.01", None, [("part", "0.01"), ("reserve", "0"), ("reserve", "0")]),
    ],
)
def test_money_goes_out_by_rank(funds: str, least: str | None, expected: list[tuple[str, str]]) -> None:
    points: Points = {(f"o{n}", key): decimals(10 - n) for n in (1, 2, 3) for key in ("concept", "staff")}
    lines = matrix_of(YARDS, [bid(1), bid(2), bid(3)], points)
    given_out = allot(lines, Decimal(funds), least=Decimal(least) if least else None)
    assert [(one.proposal, one.amount) for one in given_out] == [(p, Decimal(a)) for p, a in expected]


def test_an_offer_without_rank_gets_no_money() -> None:
    (only,) = allot(matrix_of(YARDS, [bid(1)], {}), Decimal(1000))
    assert (only.proposal, only.amount) == (Proposal.RESERVE, Decimal(0))


# Whatever the weights (percent, summing to 100), points and prices are.
@st.composite
def contests(
    draw: st.DrawFn,
) -> tuple[list[Yardstick], list[Bid], dict[tuple[str, str], tuple[Decimal, ...]]]:
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=4)))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    yards = [
        Yardstick(f"c{place}", is_price=place == 0, most=draw(st.integers(1, 100)), weight=weight)
        for place, weight in enumerate(weights)
    ]
    cents = st.integers(1, 10_000_000).map(lambda value: Decimal(value) / 100)
    bids = [
        Bid(f"o{n}", n, draw(cents), draw(cents), draw(cents)) for n in range(1, draw(st.integers(1, 5)) + 1)
    ]
    members = draw(st.integers(1, 5))
    points = {
        (one.key, yard.key): tuple(
            Decimal(draw(st.integers(0, yard.most * 10))) / 10 for _member in range(members)
        )
        for one in bids
        for yard in yards
        if not yard.is_price
    }
    return yards, bids, points


@given(contests())
def test_totals_lie_between_0_and_100_and_ranks_follow_them(contest: Contest) -> None:
    yards, bids, points = contest
    lines = matrix_of(yards, bids, points)
    assert {line.bid.key for line in lines} == {one.key for one in bids}
    sums = [line.total for line in lines if line.total is not None]
    assert len(sums) == len(lines)
    assert all(0 <= total <= 100 for total in sums)
    assert [line.rank for line in lines] == [1 + sum(other > total for other in sums) for total in sums]


@given(contests(), st.randoms())
def test_neither_the_order_of_members_nor_of_offers_matters(contest: Contest, random: Random) -> None:
    yards, bids, points = contest
    shuffled = {
        key: tuple(random.sample(given_points, len(given_points))) for key, given_points in points.items()
    }
    assert totals(matrix_of(yards, bids, points)) == totals(
        matrix_of(yards, random.sample(bids, len(bids)), shuffled)
    )


@given(contests())
def test_leaving_a_member_out_averages_the_others_alone(contest: Contest) -> None:
    yards, bids, points = contest
    without_last = {key: given_points[:-1] for key, given_points in points.items()}
    for line in matrix_of(yards, bids, without_last):
        for yard, cell in zip(yards, line.cells, strict=True):
            others = points.get((line.bid.key, yard.key), ())[:-1]
            if yard.is_price:
                continue
            if not others:
                assert (cell.average, line.total) == (None, None)
            else:
                assert cell.average == to_places(sum(map(Fraction, others), Fraction(0)) / len(others))


@given(contests())
def test_more_points_never_cost_a_rank(contest: Contest) -> None:
    yards, bids, points = contest
    before = {line.bid.key: line for line in matrix_of(yards, bids, points)}
    raised = {
        (key, yard): tuple(
            Decimal(next(y.most for y in yards if y.key == yard)) if key == "o1" else one
            for one in given_points
        )
        for (key, yard), given_points in points.items()
    }
    after = {line.bid.key: line for line in matrix_of(yards, bids, raised)}
    assert (after["o1"].total or 0) >= (before["o1"].total or 0)
    assert (after["o1"].rank or 99) <= (before["o1"].rank or 99)


@given(contests(), st.integers(0, 100))
def test_moved_weights_sum_to_100_and_keep_the_proportions_of_the_others(
    contest: Contest, weight: int
) -> None:
    yards, _bids, _points = contest
    stated = stated_weights(yards)
    moved = moved_weights(stated, "c0", Fraction(weight))
    assert sum(moved.values()) == 100
    assert moved["c0"] == weight
    others = [yard.key for yard in yards[1:]]
    for one in others:
        assert moved[one] * stated[others[0]] == moved[others[0]] * stated[one]


@given(contests())
def test_at_the_threshold_two_draw_level_and_before_it_the_winner_stays(contest: Contest) -> None:
    yards, bids, points = contest
    lines = matrix_of(yards, bids, points)
    first = [line.bid.key for line in lines if line.rank == 1]
    for tip in tips_of(lines, yards):
        now = stated_weights(yards)[tip.key]
        for level in (tip.below, tip.above):
            if level is None:
                continue
            assert len(first) == 1
            there = winners_of(lines, yards, moved_weights(stated_weights(yards), tip.key, level))
            assert first[0] in there
            assert len(there) > 1
            halfway = moved_weights(stated_weights(yards), tip.key, (now + level) / 2)
            assert first[0] in winners_of(lines, yards, halfway)
        # Those who tie by two places may part as soon as a weight moves.
        if tip.above is None and len(first) == 1:
            assert first[0] in tip.up


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 100), min_size=1))
def test_weights_tried_out_are_scaled_to_100(asked: dict[str, int]) -> None:
    weights = normal_weights(asked)
    assert sum(weights.values()) == 100
    assert all(weight >= 0 for weight in weights.values())


@given(contests(), st.integers(0, 10**9))
def test_what_is_given_out_never_exceeds_the_funds_nor_what_was_asked(contest: Contest, cents: int) -> None:
    yards, bids, points = contest
    funds = Decimal(cents) / 100
    lines = matrix_of(yards, bids, points)
    given_out = allot(lines, funds)
    assert sum((one.amount for one in given_out), Decimal(0)) <= funds
    asked = {one.key: one.asked for one in bids}
    assert all(one.amount <= (asked[one.key] or 0) for one in given_out)
    assert [one.key for one in given_out] == [line.bid.key for line in lines]
