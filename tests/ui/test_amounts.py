"""Amounts as people write them."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ui.amounts import AmountField
from ui.formatting import format_money


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10 500,50", "10500.50"),
        ("10\u00a0500,50\u00a0zł", "10500.50"),
        ("10500.5", "10500.5"),
        ("10.500,50", "10500.50"),
        ("PLN 10,500.50", "10500.50"),
        ("1.000.000", None),
        ("0", "0"),
        ("12,5 %", "12.5"),
        ("7,", "7"),
        (" 30 ", "30"),
    ],
)
def test_what_people_write(text: str, value: str | None) -> None:
    field = AmountField()
    if value is None:
        with pytest.raises(ValidationError):
            field.clean(text)
    else:
        assert field.clean(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["dużo", "10,500", "1,2,3", "--3", "-1", "1e3", "NaN", "Infinity", "10 zł 5", "٣"]
)
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        AmountField().clean(text)


def test_nothing_is_nothing_where_it_may_be() -> None:
    assert AmountField(required=False).clean("") is None
    assert AmountField(required=False).clean("0") == 0


@given(st.decimals(0, 10**11, places=2), st.sampled_from(["pl", "en"]))
def test_what_the_pages_write_is_read_back(value: Decimal, language: str) -> None:
    with translation.override(language):
        assert AmountField().clean(format_money(value)) == value
        shown = AmountField().widget.format_value(value)
        assert AmountField().clean(shown) == value


@pytest.mark.parametrize(
    ("stored", "shown"), [("5.00", "5"), ("0.50", "0,5"), ("100.00", "100"), ("0.00", "0")]
)
def test_what_is_no_money_is_shown_with_as_many_places_as_it_has(stored: str, shown: str) -> None:
    class Form(forms.Form):
        value = AmountField(plain=True)

    assert f'value="{shown}"' in str(Form(initial={"value": Decimal(stored)})["value"])
