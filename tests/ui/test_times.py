"""Times of the day as people write them, and months chosen by name."""

from datetime import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kernel.periods import Month
from ui.months import MonthField
from ui.times import TimeField


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("08:30", time(8, 30)),
        ("8:30", time(8, 30)),
        (" 8.30 ", time(8, 30)),
        ("830", time(8, 30)),
        ("1415", time(14, 15)),
        ("8", time(8)),
        ("0:00", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_what_people_write(text: str, at: time) -> None:
    assert TimeField().clean(text) == at


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("24:00", "range"),
        ("8:60", "range"),
        ("2565", "range"),
        ("8:3", "form"),
        ("8 pm", "form"),
        ("rano", "form"),
        ("٨:٣٠", "form"),
        ("-8", "form"),
        ("8:30:00", "form"),
    ],
)
def test_what_is_no_time_is_refused_with_its_value(text: str, code: str) -> None:
    with translation.override("pl"), pytest.raises(ValidationError) as refused:
        TimeField().clean(text)
    assert refused.value.code == code
    assert f"„{text}”" in refused.value.messages[0]


def test_nothing_is_nothing_where_it_may_be() -> None:
    assert TimeField(required=False).clean("") is None
    with pytest.raises(ValidationError):
        TimeField().clean("")


@given(st.times())
def test_what_the_control_shows_is_read_back(at: time) -> None:
    field = TimeField()
    assert field.clean(field.widget.format_value(at)) == at.replace(second=0, microsecond=0)


class Months(Form):
    month = MonthField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].offer([Month(2027, 1), Month(2026, 12), Month(2026, 12)])


def test_months_are_offered_once_by_name_under_their_year() -> None:
    with translation.override("pl"):
        assert Months().fields["month"].choices == [
            ("2026", [("2026-12", "grudzień 2026")]),
            ("2027", [("2027-01", "styczeń 2027")]),
        ]


def test_a_month_that_is_offered_is_taken_and_no_other() -> None:
    form = Months({"month": "2027-01"})
    assert form.is_valid() and form.cleaned_data["month"] == Month(2027, 1)
    assert not Months({"month": "2026-11"}).is_valid()
