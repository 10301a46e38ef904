"""Words and numbers of the dictionary in the reader's language."""

from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from reporting.statistics.dictionary import Dictionary, Indicator, Words, dictionary
from ui.formatting import format_decimal, format_minutes_clock, format_money, format_percent, format_whole

# What each table is called from which figures are counted: people read this, machines the fields themselves.
_SOURCES: dict[str, Any] = {
    "compliance.ContractMonth": _("accepted months of contracts"),
    "delivery.Visit": _("visits in diaries"),
    "advice.Appointment": _("appointments of advice"),
    "advice.Request": _("noted requests for advice"),
    "advice.Referral": _("referrals from advice"),
    "crisis.Session": _("sessions of crisis intervention"),
    "crisis.CrisisCase": _("cases of crisis intervention"),
    "crisis.Referral": _("referrals from crisis intervention"),
    "tenders.Offer": _("offers"),
    "tenders.Call": _("calls for offers"),
    "casework.Caseload": _("load of social workers"),
    "casework.Programme": _("local programmes"),
    "casework.Training": _("trainings"),
    "casework.GroupForm": _("group work"),
    "casework.Result": _("results of social work"),
    "contracts.Contract": _("contracts"),
    "contracts.Arrangement": _("choices of the form of realisation"),
    "tenants.Organisation": _("organisations"),
    "tenants.Membership": _("people and their roles"),
    "tenants.Tenant": _("population of the tenant"),
    "evaluation.Measurement": _("measured outcomes"),
    "commissioning.SelfAssessmentArea": _("self-assessment of the unit"),
}

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


def few_text(threshold: int, health: int) -> str:
    """From how many persons on figures are hidden, and how many are needed where a service may tell of health."""
    few = ngettext("fewer than %(number)s person", "fewer than %(number)s persons", threshold)
    few %= {"number": threshold}
    if health == threshold:
        return few
    return str(_("%(few)s (%(health)s where a service may tell of health)") % {"few": few, "health": health})


def category_name(indicator: Indicator, category: str) -> str:
    """The name of a category of the indicator's breakdown; empty for the whole."""
    if not category or indicator.breakdown is None:
        return ""
    names = indicator.breakdown.categories.get(category)
    return names[language()] if names else category


def source_names(indicator: Indicator) -> list[str]:
    """What the figure is counted from, each once, in the order of its source fields (`app.Model.field`)."""
    models = dict.fromkeys(".".join(field.split(".")[:2]) for field in indicator.source_fields)
    return [str(_SOURCES[model]) for model in models]


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


def term_text(indicator: Indicator, term: str, number: Decimal | None) -> str:
    """The "numerator" or "denominator" of a figure as people read it: a time in hours and minutes."""
    if term in indicator.in_minutes and number is not None and number.is_finite():
        return format_minutes_clock(int(number.to_integral_value()))
    return number_text(number)


def term_heads(indicator: Indicator) -> list[str]:
    """The heads of the columns of numerator and denominator, a time with its unit; none where there is no ratio."""
    if not indicator.is_ratio:
        return []
    words = words_of(indicator)
    terms = {"numerator": words.numerator, "denominator": words.denominator}
    return [
        f"{capfirst(name)} [h]" if term in indicator.in_minutes else capfirst(name)
        for term, name in terms.items()
    ]


def number_text(number: Decimal | None) -> str:
    """A numerator or denominator: whole where it is whole, else with two decimals."""
    if number is None:
        return ""
    if not number.is_finite():
        return str(number)
    return format_whole(int(number)) if number == number.to_integral_value() else format_decimal(number, 2)


# Measures that directors compare: name and meaning.
MEASURE_WORDS = {
    "unit_cost": (
        _("Cost of care of one person"),
        _("value of the accepted hours by persons in care, a month"),
    ),
    "price": (_("Price of an hour"), _("average gross price of the accepted hours")),
    "fulfilment": (_("Fulfilment"), _("hours delivered of hours granted")),
    "continuity": (_("Continuity of care"), _("visits made by the person's main carer, of all visits")),
    "offers": (_("Offers per call"), _("offers handed in, for one call opened in the quarter")),
}
SIZE_WORDS = {
    "to_5": _("under 5,000 inhabitants"),
    "to_20": _("5,000 to 20,000 inhabitants"),
    "to_50": _("20,000 to 50,000 inhabitants"),
    "to_100": _("50,000 to 100,000 inhabitants"),
    "over_100": _("100,000 inhabitants or more"),
}
PLACE_WORDS = {
    "below": _("lower than three quarters of them"),
    "within": _("in their middle half"),
    "above": _("higher than three quarters of them"),
}


def measure_text(unit: str, value: Decimal | None) -> str:
    """A measure as people read it, in its unit; a dash where there is none."""
    if value is None:
        return "–"
    if unit == "money":
        return format_money(value)
    if unit == "percent":
        return format_percent(value)
    return format_decimal(value)
