"""Words of the tables in the order of official forms, and those tables as sheets."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.statistics.desk.official import FORMS, Value, filled, months_of
from reporting.statistics.desk.sheets import Sheet

OZPS, MRIPS = "ozps", "mrips-03"
NAMES = {OZPS: "OZPS", MRIPS: "MRiPS-03"}
# What a line is called, and how its figures are defined here.
_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "care": (
        gettext_lazy("Care services, together"),
        gettext_lazy("number: accepted hours; amount: value of accepted hours at prices of contracts"),
    ),
    "care_special": (
        gettext_lazy("of these specialist services"),
        gettext_lazy("services are not told apart by this kind"),
    ),
    "care_mental": (
        gettext_lazy("of these for persons with mental disorders"),
        gettext_lazy("diagnoses do not leave the tenants"),
    ),
    "most_in_month": (
        gettext_lazy("For orientation, no line of the form: most persons in one month"),
        gettext_lazy(
            "persons counted once in a month and tenant; over the half-year they cannot be added up"
        ),
    ),
    "demography": (gettext_lazy("Demography"), gettext_lazy("not kept here")),
    "beneficiaries": (
        gettext_lazy("Beneficiaries of social assistance"),
        gettext_lazy("only persons in services are known here"),
    ),
    "persons_mean": (
        gettext_lazy("Persons in care services, mean of the months"),
        gettext_lazy("persons counted once in a month and tenant"),
    ),
    "hours_granted": (
        gettext_lazy("Hours of care granted"),
        gettext_lazy("by decisions, in accepted months"),
    ),
    "hours_delivered": (gettext_lazy("Hours of care delivered"), gettext_lazy("in accepted months")),
    "fulfilment": (
        gettext_lazy("Delivered of granted [%]"),
        gettext_lazy("hours delivered of hours granted"),
    ),
    "hours_refused": (
        gettext_lazy("Hours of care not accepted"),
        gettext_lazy("delivered, refused at the acceptance of the month"),
    ),
    "advice": (gettext_lazy("Sessions of advice"), gettext_lazy("held, of all types")),
    "advice_waiting": (
        gettext_lazy("Waiting for advice [days]"),
        gettext_lazy("mean, from the request to the first appointment"),
    ),
    "crisis_sessions": (gettext_lazy("Sessions of crisis intervention"), gettext_lazy("sessions held")),
    "referrals_refused": (
        gettext_lazy("Refusals: referrals refused"),
        gettext_lazy("outcomes known in the year; refusals by decision are not kept here"),
    ),
    "institutions": (gettext_lazy("Institutional resources"), gettext_lazy("not told to the region")),
    "staff": (gettext_lazy("Staff of social assistance"), gettext_lazy("not told to the region as a number")),
    "trained": (gettext_lazy("Specialists trained"), gettext_lazy("participations of staff in trainings")),
    "care_value": (
        gettext_lazy("Value of care services [PLN]"),
        gettext_lazy("accepted hours at prices of contracts"),
    ),
    "hour_price": (
        gettext_lazy("Price of an hour of care [PLN]"),
        gettext_lazy("gross, weighted by accepted hours"),
    ),
    "spending": (gettext_lazy("Spending on social assistance"), gettext_lazy("not kept here")),
    "improvements": (gettext_lazy("Improvements after self-assessment"), gettext_lazy("carried out")),
    "calls_opened": (
        gettext_lazy("Tasks commissioned to NGOs: calls opened"),
        gettext_lazy("open calls whose offers were opened"),
    ),
    "offers": (gettext_lazy("Tasks commissioned to NGOs: offers"), gettext_lazy("handed in to these calls")),
    "calls_annulled": (
        gettext_lazy("Tasks commissioned to NGOs: calls annulled"),
        gettext_lazy("annulled in the year"),
    ),
    "days_to_contract": (
        gettext_lazy("Days from announcement to contract"),
        gettext_lazy("mean, of contracts signed"),
    ),
}
_YEARS_BACK, _YEARS_AHEAD = 2, 2


@dataclass(frozen=True)
class Official:
    """A form filled for a place: heads of its columns, and its rows of name, definition and values."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Value, ...]], ...]


def official(form: str, place: str, place_name: str, year: int, half: int = 0) -> Official:
    """The form `ozps` of a year with two before and two of forecast, or `mrips-03` of a year or its half."""
    if form == MRIPS:
        heads: tuple[str, ...] = (
            _("Persons by decision"),
            _("Number of benefits (hours)"),
            _("Amount [PLN]"),
            _("Families of these persons"),
            _("Persons in families"),
            _("of these in villages"),
        )
        rows = filled(FORMS[form], place, [months_of(year, half)])
        period = {0: _("year %(year)s"), 1: _("first half of %(year)s"), 2: _("second half of %(year)s")}[
            half
        ]
        title = f"MRiPS-03, {place_name}, {period % {'year': year}}"
    else:
        years = range(year - _YEARS_BACK, year + 1)
        ahead = [_("%(year)s (forecast)") % {"year": year + step} for step in range(1, _YEARS_AHEAD + 1)]
        heads = (*map(str, years), *ahead)
        told = filled(FORMS[form], place, [months_of(one) for one in years])
        # What is to come is for people to say.
        rows = [(code, (*cells, *["."] * _YEARS_AHEAD)) for code, cells in told]
        title = f"OZPS, {place_name}, {year}"
    return Official(
        title, heads, tuple((str(_WORDS[code][0]), str(_WORDS[code][1]), cells) for code, cells in rows)
    )


def symbols() -> Sequence[tuple[str, str]]:
    """What the signs in the cells mean."""
    return (
        ("0", _("a figure: there was none")),
        (".", _("no information in this system, or not of the whole period")),
        ("x", _("a cell without meaning")),
        ("#", _("hidden to protect persons or providers")),
    )


def warning() -> str:
    """What a reader must know before copying a figure."""
    return _(
        "This is help in filling in the form, not the form: the platform has not been checked against it. Copy a "
        "figure only where its definition here is that of the form."
    )


def sheet_of_official(table: Official, form: str) -> Sheet:
    """The form as a workbook's sheet, its signs and definitions with it."""
    columns = ((_("Line"), 48), *((head, 18) for head in table.heads), (_("How it is counted here"), 60))
    rows = tuple((name, *cells, definition) for name, definition, cells in table.rows)
    return Sheet(
        name=f"{form}-{table.title[-4:]}",
        title=table.title,
        columns=columns,
        rows=rows,
        notes=((_("Conformance"), warning()), *symbols()),
        numbers=frozenset(range(1, len(columns) - 1)),
    )
