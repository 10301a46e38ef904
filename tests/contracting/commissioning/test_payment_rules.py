"""What a person pays: bands without holes, the example of the regulation, rounding to the grosz."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.commissioning.law import NATIONAL_BANDS
from contracting.commissioning.rules.payments import (
    Band,
    band_for,
    band_of,
    fault_of,
    fee,
    read_bands,
    round_to,
)

ALONE, FAMILY = Decimal(1010), Decimal(823)


def _band(over: str, up_to: str | None, percent: str = "0") -> Band:
    return Band(Decimal(over), None if up_to is None else Decimal(up_to), Decimal(percent), Decimal(percent))


def test_the_example_of_the_regulation() -> None:
    """Price 30,00 zł, income 230 % of the criterion, 20 h: alone 10 % → 60,00 zł; in a family 15 % → 90,00 zł."""
    alone = band_for(NATIONAL_BANDS, income=Decimal("2323.00"), criterion=ALONE)
    assert alone.alone == 10
    assert fee(price_per_hour=Decimal("30.00"), percent=alone.alone, minutes=20 * 60) == Decimal("60.00")
    family = band_for(NATIONAL_BANDS, income=Decimal("1892.90"), criterion=FAMILY)
    assert family.family == 15
    assert fee(price_per_hour=Decimal("30.00"), percent=family.family, minutes=20 * 60) == Decimal("90.00")


@pytest.mark.parametrize(
    ("income", "alone", "family"),
    [
        ("0", "0", "0"),
        ("1010.00", "0", "0"),
        ("1010.01", "1.5", "3.5"),
        ("2222.00", "1.5", "3.5"),
        ("2222.01", "10", "15"),
        ("2525.00", "10", "15"),
        ("3030.00", "15", "25"),
        ("4040.00", "30", "45"),
        ("5050.00", "50", "65"),
        ("6060.00", "75", "85"),
        ("6060.01", "100", "100"),
        ("99999.99", "100", "100"),
    ],
)
def test_the_upper_end_of_a_band_belongs_to_it(income: str, alone: str, family: str) -> None:
    band = band_for(NATIONAL_BANDS, income=Decimal(income), criterion=ALONE)
    assert (band.alone, band.family) == (Decimal(alone), Decimal(family))


@pytest.mark.parametrize(
    ("bands", "fault"),
    [
        ([], ("empty", 0)),
        ([_band("10", None)], ("begins_above_zero", 1)),
        ([_band("0", "100"), _band("110", None)], ("gap", 2)),
        ([_band("0", "100"), _band("90", None)], ("overlap", 2)),
        ([_band("0", "100"), _band("100", "200")], ("not_open", 2)),
        ([_band("0", None), _band("100", None)], ("open_before_last", 1)),
        ([_band("0", "0"), _band("0", None)], ("not_growing", 1)),
        ([_band("0", "100"), _band("100", "50"), _band("50", None)], ("not_growing", 2)),
        ([_band("0", "100"), _band("100", None)], None),
        ([_band("0", None)], None),
    ],
)
def test_what_keeps_a_table_from_covering_every_income(bands: list[Band], fault: object) -> None:
    assert fault_of(bands) == fault


@given(st.lists(st.decimals(1, 900, places=1), unique=True, max_size=8), st.decimals(0, 20_000, places=2))
def test_every_income_falls_into_exactly_one_band(ends: list[Decimal], income: Decimal) -> None:
    bounds: list[Decimal | None] = [Decimal(0), *sorted(ends), None]
    bands = [
        Band(low or Decimal(0), high, Decimal(place), Decimal(place))
        for place, (low, high) in enumerate(pairwise(bounds))
    ]
    assert fault_of(bands) is None
    percent = Fraction(income) * 100 / Fraction(ALONE)
    fitting = [
        band
        for band in bands
        if (percent > Fraction(band.over) or band.over == 0)
        and (band.up_to is None or percent <= Fraction(band.up_to))
    ]
    assert fitting == [band_for(bands, income=income, criterion=ALONE)]


@given(st.decimals("0.01", 200, places=2), st.decimals(0, 100, places=1), st.integers(0, 45_000))
def test_a_fee_is_within_half_a_grosz_of_the_exact_amount(
    price: Decimal, percent: Decimal, minutes: int
) -> None:
    exact = Fraction(price) * Fraction(percent) / 100 * minutes / 60
    rounded = fee(price_per_hour=price, percent=percent, minutes=minutes)
    assert rounded == rounded.quantize(Decimal("0.01"))
    assert -Fraction(1, 200) < Fraction(rounded) - exact <= Fraction(1, 200)


@given(st.fractions(0, 100_000), st.sampled_from(["grosz", "ten_grosze", "zloty", "zloty_down"]))
def test_roundings_go_to_the_nearest_step_and_halves_go_up(amount: Fraction, rounding: str) -> None:
    step = {"grosz": Fraction(1, 100), "ten_grosze": Fraction(1, 10)}.get(rounding, Fraction(1))
    rounded = Fraction(round_to(amount, rounding))
    assert rounded % step == 0
    if rounding == "zloty_down":
        assert 0 <= amount - rounded < 1
    else:
        assert -step / 2 < rounded - amount <= step / 2


@pytest.mark.parametrize(
    ("rounding", "amount"),
    [("grosz", "61.25"), ("ten_grosze", "61.30"), ("zloty", "61.00"), ("zloty_down", "61.00")],
)
def test_each_rounding_of_one_fee(rounding: str, amount: str) -> None:
    value = fee(price_per_hour=Decimal("24.50"), percent=Decimal(10), minutes=25 * 60, rounding=rounding)
    assert value == Decimal(amount)


@given(
    st.decimals("0.01", 200, places=2),
    st.decimals(0, 100, places=1),
    st.integers(0, 4000),
    st.integers(0, 4000),
)
def test_more_care_never_costs_less(price: Decimal, percent: Decimal, some: int, more: int) -> None:
    less = fee(price_per_hour=price, percent=percent, minutes=some)
    assert fee(price_per_hour=price, percent=percent, minutes=some + more) >= less


def test_bands_survive_being_stored() -> None:
    assert tuple(band_of(band.as_json()) for band in NATIONAL_BANDS) == NATIONAL_BANDS
    head = "over_percent,up_to_percent,alone_percent,family_percent"
    assert read_bands([head, "0,,5,7"]) == (Band(Decimal(0), None, Decimal(5), Decimal(7)),)


@given(st.fractions(0, 100_000), st.sampled_from(["grosz", "ten_grosze", "zloty", "zloty_down"]))
def test_what_is_given_back_is_rounded_like_what_is_paid(amount: Fraction, rounding: str) -> None:
    assert round_to(-amount, rounding) == -round_to(amount, rounding)
