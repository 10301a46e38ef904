"""Numbers, dates and counts as they are written in Polish and in English."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.utils import translation

from kernel.periods import Month
from ui import formatting


@pytest.fixture
def polish() -> Iterator[None]:
    with translation.override("pl"):
        yield


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("minutes", "text", "clock"),
    [
        (2250, "37\u00a0h\u00a030\u00a0min", "37:30"),
        (120, "2\u00a0h", "2:00"),
        (45, "45\u00a0min", "0:45"),
        (0, "0\u00a0h", "0:00"),
        (-90, "\u22121\u00a0h\u00a030\u00a0min", "\u22121:30"),
        (-5, "\u22125\u00a0min", "\u22120:05"),
        (74_400, "1\u202f240\u00a0h", "1\u202f240:00"),
        (None, "–", "–"),
    ],
)
def test_minutes(polish: None, minutes: int | None, text: str, clock: str) -> None:
    assert formatting.format_minutes_text(minutes) == text
    assert formatting.format_minutes_clock(minutes) == clock


def test_minutes_in_english_group_by_comma(english: None) -> None:
    assert formatting.format_minutes_clock(74_430) == "1,240:30"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("1245"), "1\u00a0245,00\u00a0zł"),
        (Decimal("0.005"), "0,01\u00a0zł"),
        (Decimal("-12.5"), "\u221212,50\u00a0zł"),
        (Decimal("1234567.89"), "1\u00a0234\u00a0567,89\u00a0zł"),
        (None, "–"),
    ],
)
def test_money(polish: None, amount: Decimal | None, written: str) -> None:
    assert formatting.format_money(amount) == written


def test_money_in_english(english: None) -> None:
    assert formatting.format_money(Decimal("1245")) == "PLN\u00a01,245.00"


def test_percent_has_one_decimal_and_rounds_half_up(polish: None) -> None:
    assert formatting.format_percent(Decimal("95.75")) == "95,8\u00a0%"
    assert formatting.format_percent(100) == "100,0\u00a0%"
    assert formatting.format_percent(0.25) == "0,3\u00a0%"
    assert formatting.format_percent(None) == "–"
    assert formatting.format_decimal(Decimal("1234.5")) == "1\u202f234,5"


def test_percent_in_english(english: None) -> None:
    assert formatting.format_percent(Decimal("95.75")) == "95.8%"
    assert formatting.format_whole_percent(84.6) == "85%"
    assert formatting.format_whole_money(2000.4) == "PLN\u00a02,000"


def test_percent_of_counts_in_integers() -> None:
    assert formatting.percent_of(71_250, 74_400) == Decimal("95.8")
    assert formatting.percent_of(1, 2000) == Decimal("0.1")
    assert formatting.percent_of(5, 0) is None
    assert formatting.percent_of(None, 5) is None


def test_no_negative_zero(polish: None) -> None:
    assert formatting.format_decimal(Decimal("-0.04")) == "0,0"


def test_dates_in_polish(polish: None) -> None:
    day = date(2026, 10, 5)
    assert formatting.format_date_text(day) == "5\u00a0października 2026"
    assert formatting.format_date_long(date(2026, 11, 22)) == "niedziela, 22\u00a0listopada 2026"
    assert formatting.format_date_short(day) == "05.10.2026"
    assert formatting.format_month(Month(2026, 10)) == "październik 2026"
    assert formatting.format_month(day) == "październik 2026"
    assert formatting.format_month_short(Month(2026, 3)) == "03.2026"
    assert formatting.format_weekday(date(2026, 10, 7), short=True) == "śr"
    assert formatting.format_date_text(None) == "–"


def test_dates_in_english(english: None) -> None:
    day = date(2026, 10, 5)
    assert formatting.format_date_text(day) == "5\u00a0October 2026"
    assert formatting.format_date_long(day) == "Monday, 5\u00a0October 2026"
    assert formatting.format_date_short(day) == "05.10.2026"
    assert formatting.format_month(day) == "October 2026"


def test_instants_are_shown_on_the_clocks_of_warsaw(polish: None) -> None:
    before_midnight_utc = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert formatting.format_instant(before_midnight_utc) == "01.11.2026, 00:30"
    assert formatting.format_instant_text(before_midnight_utc) == "1\u00a0listopada 2026, 00:30"
    assert formatting.format_time(before_midnight_utc) == "00:30"
    assert formatting.format_time(time(8, 0)) == "08:00"


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 osób"),
        (1, "1 osoba"),
        (2, "2 osoby"),
        (4, "4 osoby"),
        (5, "5 osób"),
        (12, "12 osób"),
        (14, "14 osób"),
        (21, "21 osób"),
        (22, "22 osoby"),
        (112, "112 osób"),
        (1_002, "1\u202f002 osoby"),
    ],
)
def test_polish_counts(polish: None, count: int, written: str) -> None:
    assert formatting.format_count(count, "person") == written


def test_english_counts(english: None) -> None:
    assert formatting.format_count(1, "person") == "1 person"
    assert formatting.format_count(5, "person") == "5 persons"


@pytest.mark.parametrize("noun", sorted(formatting.NOUNS))
def test_every_noun_has_polish_forms(polish: None, noun: str) -> None:
    with translation.override("en"):
        english = formatting.format_count(5, noun)
    assert formatting.format_count(5, noun) != english
    assert formatting.format_count(1, noun) != formatting.format_count(5, noun)


def test_unknown_noun_is_an_error() -> None:
    with pytest.raises(KeyError):
        formatting.format_count(1, "unicorn")
