"""Words and numbers of the dictionary in the reader's language."""

from decimal import Decimal

from django.utils.translation import get_language

from reporting.statistics.dictionary import Dictionary, Indicator, Words, dictionary
from ui.formatting import format_decimal, format_minutes_clock, format_money, format_percent, format_whole

# Units whose figures are whole minutes.
MINUTES = frozenset({"minutes", "minutes_per_person"})


def language() -> str:
    """The language of the reader, as the dictionary knows it."""
    return "en" if (get_language() or "").startswith("en") else "pl"


def words_of(indicator: Indicator) -> Words:
    """Name, definition, numerator and denominator."""
    return indicator.words_in(language())


def topic_name(code: str, known: Dictionary | None = None) -> str:
    """What a group of indicators is called."""
    return (known or dictionary()).topics[code][language()]


def unit_name(code: str, known: Dictionary | None = None) -> str:
    """What a figure is counted in."""
    return (known or dictionary()).units[code][language()]


def base_name(code: str, known: Dictionary | None = None) -> str:
    """The population that a figure stands on; empty where it stands on none."""
    return (known or dictionary()).bases[code][language()] if code else ""


def category_name(indicator: Indicator, category: str) -> str:
    """The name of a category of the indicator's breakdown; empty for the whole."""
    if not category or indicator.breakdown is None:
        return ""
    names = indicator.breakdown.categories.get(category)
    return names[language()] if names else category


def indicator_choices() -> list[tuple[str, str]]:
    """Code and name of every indicator in its newest version, in the order of the dictionary."""
    return [*{one.code: words_of(one).name for one in dictionary().indicators}.items()]


def value_text(indicator: Indicator, value: Decimal | None) -> str:
    """A figure in its unit as people read it; a dash where there is nothing to divide by."""
    if value is None:
        return "–"
    if not value.is_finite():
        return str(value)
    if indicator.unit in MINUTES:
        return format_minutes_clock(int(value.to_integral_value()))
    if indicator.unit == "percent":
        return format_percent(value)
    if indicator.unit == "pln_per_hour":
        return format_money(value)
    return number_text(value) if not indicator.is_ratio else format_decimal(value)


def number_text(number: Decimal | None) -> str:
    """A numerator or denominator: whole where it is whole, else with two decimals."""
    if number is None:
        return ""
    if not number.is_finite():
        return str(number)
    return format_whole(int(number)) if number == number.to_integral_value() else format_decimal(number, 2)
