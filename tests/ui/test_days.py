"""Days as people write them, and what is said of those that the calendar does not have."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from ui.days import DayField

OCTOBER = date(2026, 10, 5)


@pytest.mark.parametrize(
    "text",
    [
        "05.10.2026",
        "5.10.2026",
        " 5.10.2026 ",
        "5-10-2026",
        "5/10/2026",
        "5 10 2026",
        "5. 10. 2026",
        "05102026",
        "2026-10-05",
    ],
)
def test_what_people_write(text: str) -> None:
    assert DayField().clean(text) == OCTOBER


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("29.02.2027", "day", "luty 2027 ma tylko 28 dni"),
        ("31062027", "day", "czerwiec 2027 ma tylko 30 dni"),
        ("5.13.2026", "month", "13"),
        ("5.10.0026", "year", "1900"),
        ("5.10.26", "form", "05.10.2026"),
        ("jutro", "form", "05.10.2026"),
        ("٠٥.١٠.٢٠٢٦", "form", "05.10.2026"),
    ],
)
def test_what_is_no_day_is_refused_with_its_value_and_the_remedy(text: str, code: str, words: str) -> None:
    with translation.override("pl"), pytest.raises(ValidationError) as refused:
        DayField().clean(text)
    assert refused.value.code == code
    assert f"„{text}”" in refused.value.messages[0]
    assert words in refused.value.messages[0]


def test_the_leap_day_of_a_leap_year_is_a_day() -> None:
    assert DayField().clean("29.02.2028") == date(2028, 2, 29)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_what_the_control_shows_is_read_back(day: date) -> None:
    field = DayField()
    assert field.clean(field.widget.format_value(day)) == day


def test_the_control_is_text_with_a_button_for_the_calendar() -> None:
    with translation.override("pl"):
        html = DayField().widget.render("day", OCTOBER)
    assert 'type="text"' in html and 'value="05.10.2026"' in html
    assert 'aria-label="Wybierz z kalendarza"' in html


@pytest.mark.parametrize(("past", "years"), [(True, -21), (False, -21), (False, 21)])
def test_a_year_that_only_a_slip_can_mean_is_refused(past: bool, years: int) -> None:
    field, this_year = DayField(past=past, nearby=20), timezone.localdate().year
    assert field.clean(f"01.01.{this_year - 20}") == date(this_year - 20, 1, 1)
    with pytest.raises(ValidationError) as refused:
        field.clean(f"05.10.{this_year + years}")
    assert refused.value.code == "year" and refused.value.params["first"] == this_year - 20


def test_a_day_to_come_is_refused_as_such_where_it_was_to_have_happened() -> None:
    with pytest.raises(ValidationError) as refused:
        DayField(past=True, nearby=20).clean(f"05.10.{timezone.localdate().year + 1}")
    assert refused.value.code == "future"
