"""The scope in numbers, hours of availability, and how forms of realisation compare."""

from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.commissioning.law import CODES
from contracting.commissioning.models import FormOption, ScopeItem
from contracting.commissioning.rules.forms import (
    FORMS,
    Criterion,
    Plan,
    hints_for,
    procurement_band,
    result_of,
    rules_of,
)
from contracting.commissioning.rules.minutes import minutes_a_month
from contracting.commissioning.rules.scope import (
    Availability,
    Work,
    availability_of,
    planned_minutes,
    share_of,
    wrong_hours,
)


def _work(performer: str, times: str = "1", minutes: int = 60, persons: int = 1) -> Work:
    return Work(performer, Decimal(times), minutes, persons)


def test_every_performer_belongs_to_a_share() -> None:
    shares = {performer: share_of(performer, None) for performer in ScopeItem.Performer.values}
    assert shares == {
        "carer": "service", "specialist": "service", "social_worker": "unit", "coordinator": "unit",
        "family": "network", "neighbour": "network", "volunteer": "network",
    }  # fmt: skip
    assert share_of("neighbour", "neighbour") == "service"
    assert share_of("family", "neighbour") == "network"


def test_the_sum_is_the_sum_of_what_each_item_shows() -> None:
    works = [_work("carer", "5", 60, 3), _work("carer", "0.33", 7), _work("family", "7", 30, 2)]
    assert [work.minutes_month for work in works] == [3900, 10, 1820]
    assert planned_minutes(works) == {"service": 3910, "unit": 0, "network": 1820}


@given(st.integers(1, 7000), st.integers(1, 1440), st.integers(1, 500))
def test_minutes_a_month_in_integers(hundredths: int, minutes: int, persons: int) -> None:
    exact = hundredths * minutes * persons * 52
    expected = (2 * exact + 1200) // 2400
    assert minutes_a_month(Decimal(hundredths) / 100, minutes, persons) == expected


def _hours(days: tuple[int, ...], start: str, end: str) -> Availability:
    return Availability(days, time.fromisoformat(start), time.fromisoformat(end))


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        ([], None),
        ([_hours((1, 2), "07:00", "20:00"), _hours((6,), "08:00", "12:00")], None),
        ([_hours((1,), "07:00", "12:00"), _hours((1,), "12:00", "20:00")], None),
        ([_hours((1, 2, 3, 4, 5, 6, 7), "00:00", "00:00")], None),
        ([_hours((1,), "20:00", "07:00")], ("backwards", 1)),
        ([_hours((1,), "08:00", "08:00")], ("backwards", 1)),
        ([_hours((1, 2), "07:00", "12:00"), _hours((2, 3), "11:59", "20:00")], ("overlap", 2)),
    ],
)
def test_hours_that_cannot_be(hours: list[Availability], wrong: object) -> None:
    assert wrong_hours(hours) == wrong
    assert [availability_of(one.as_json()) for one in hours] == hours


def test_every_form_has_its_rules_and_they_name_known_limits() -> None:
    assert set(FORMS) == set(FormOption.Form.values)
    for form in FORMS:
        assert set(rules_of(form).limits) <= set(CODES)
    assert {form: rules_of(form).call_kind for form in FORMS} == {
        "own": None, "entrust": "entrust", "support": "support", "small_grant": "small_grant",
        "procurement": "procurement", "partnership": "partnership", "neighbour": None,
    }  # fmt: skip
    assert rules_of("support").own_share == "must"
    # Whatever begins with a call is opened by two members of a committee, and is told so.
    assert {form for form in FORMS if rules_of(form).committee} == {
        "entrust", "support", "small_grant", "procurement", "partnership",
    }  # fmt: skip
    with pytest.raises(KeyError):
        rules_of("other")


LIMITS = {
    "small_grant_max_pln": Decimal(10_000),
    "small_grant_max_days": Decimal(90),
    "small_grant_year_per_organisation_pln": Decimal(20_000),
    "procurement_threshold_pln": Decimal(170_000),
    "contract_max_years": Decimal(5),
}


def _verdicts(form: str, days: int = 90, years: str = "1", cost: str | None = "10000.00") -> dict[str, str]:
    amount = None if cost is None else Decimal(cost)
    return {
        hint.code: hint.verdict
        for hint in hints_for(form, Plan(days, Decimal(years), amount, amount), LIMITS)
    }


def test_hints_at_the_edges_of_the_law() -> None:
    fits = _verdicts("small_grant")
    assert (fits["small_grant_max_pln"], fits["small_grant_max_days"]) == ("fits", "fits")
    breaks = _verdicts("small_grant", days=91, cost="10000.01")
    assert (breaks["small_grant_max_pln"], breaks["small_grant_max_days"]) == ("breaks", "breaks")
    assert _verdicts("small_grant", cost="20000.01")["small_grant_year_per_organisation_pln"] == "breaks"
    assert _verdicts("small_grant", cost=None)["small_grant_max_pln"] == "unknown"
    assert _verdicts("procurement", cost="169999.99")["procurement_threshold_pln"] == "below"
    assert _verdicts("procurement", cost="170000.00")["procurement_threshold_pln"] == "above"
    assert _verdicts("procurement")["social_services_threshold_pln"] == "unknown"
    assert _verdicts("entrust", years="5")["contract_max_years"] == "fits"
    assert _verdicts("entrust", years="5.01")["contract_max_years"] == "breaks"
    assert _verdicts("own") == {}


@pytest.mark.parametrize(
    ("value", "band"),
    [
        ("169999.99", "own_rules"),
        ("170000.00", "act"),
        ("3232499.99", "act"),
        ("3232500.00", "social"),
        (None, "unknown"),
    ],
)
def test_a_threshold_itself_is_reached(value: str | None, band: str) -> None:
    amount = None if value is None else Decimal(value)
    assert procurement_band(amount, Decimal(170_000), Decimal(3_232_500)) == band


def test_without_the_threshold_that_decides_the_band_is_not_known() -> None:
    assert procurement_band(Decimal(200_000), None, Decimal(3_232_500)) == "unknown"
    assert procurement_band(Decimal(4_000_000), None, Decimal(3_232_500)) == "social"
    assert procurement_band(Decimal(200_000), Decimal(170_000), None) == "unknown"


CRITERIA = [Criterion("cost", "Koszt", 40), Criterion("reach", "Dostępność", 60)]


def test_results_of_forms() -> None:
    assert str(result_of(CRITERIA, {"cost": 5, "reach": 5})) == "100.0"
    assert str(result_of(CRITERIA, {"cost": 3, "reach": 4})) == "72.0"
    assert str(result_of(CRITERIA, {"cost": 0, "reach": 0})) == "0.0"
    assert result_of(CRITERIA, {"cost": 3}) is None
    assert result_of([], {}) is None


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 5)), min_size=1, max_size=8))
def test_a_result_lies_between_nothing_and_all(pairs: list[tuple[int, int]]) -> None:
    criteria = [Criterion(str(place), "x", weight) for place, (weight, _points) in enumerate(pairs)]
    points = {str(place): points for place, (_weight, points) in enumerate(pairs)}
    result = result_of(criteria, points)
    assert result is not None and 0 <= result <= 100
    more = result_of(criteria, {code: min(value + 1, 5) for code, value in points.items()})
    assert more is not None and more >= result
