"""How minutes, money, percentages, dates and counts are written in the active language (Polish or English)."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from django.utils.translation import get_language, ngettext

from kernel.periods import local_datetime

NO_BREAK_SPACE = "\u00a0"
THIN_NO_BREAK_SPACE = "\u202f"
MINUS = "\u2212"
UNDEFINED = "–"

Number = int | float | Decimal

_MONTHS_PL = [
    "styczeń",
    "luty",
    "marzec",
    "kwiecień",
    "maj",
    "czerwiec",
    "lipiec",
    "sierpień",
    "wrzesień",
    "październik",
    "listopad",
    "grudzień",
]
_MONTHS_PL_GENITIVE = [
    "stycznia",
    "lutego",
    "marca",
    "kwietnia",
    "maja",
    "czerwca",
    "lipca",
    "sierpnia",
    "września",
    "października",
    "listopada",
    "grudnia",
]
_MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS_PL = ["poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"]
_WEEKDAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_WEEKDAYS_PL_SHORT = ["pn", "wt", "śr", "cz", "pt", "sb", "nd"]
_WEEKDAYS_EN_SHORT = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]


class MonthLike(Protocol):
    """Anything that has a year and a month: a date, a datetime, `kernel.periods.Month`."""

    @property
    def year(self) -> int: ...

    @property
    def month(self) -> int: ...


def is_polish() -> bool:
    """Whether texts are to be written in Polish (also where no language is active)."""
    return not (get_language() or "pl").startswith("en")


def format_whole(value: int | None) -> str:
    """A whole number with groups of three: `1 240` with a thin no-break space, `1,240` in English; None → `–`."""
    if value is None:
        return UNDEFINED
    grouped = f"{abs(value):,}"
    if is_polish():
        grouped = grouped.replace(",", THIN_NO_BREAK_SPACE)
    return MINUS + grouped if value < 0 else grouped


def format_minutes_text(minutes: int | None) -> str:
    """Minutes for a sentence: 2250 → `37 h 30 min`, 120 → `2 h`, 45 → `45 min`, 0 → `0 h`; None → `–`."""
    if minutes is None:
        return UNDEFINED
    hours, rest = divmod(abs(minutes), 60)
    parts = []
    if hours or not rest:
        parts.append(f"{format_whole(hours)}{NO_BREAK_SPACE}h")
    if rest:
        parts.append(f"{rest}{NO_BREAK_SPACE}min")
    return (MINUS if minutes < 0 else "") + NO_BREAK_SPACE.join(parts)


def format_minutes_clock(minutes: int | None) -> str:
    """Minutes for a table: 2250 → `37:30`, 74400 → `1 240:00`, -90 → `−1:30`; None → `–`."""
    if minutes is None:
        return UNDEFINED
    hours, rest = divmod(abs(minutes), 60)
    return f"{MINUS if minutes < 0 else ''}{format_whole(hours)}:{rest:02d}"


def format_money(amount: Decimal | int | None) -> str:
    """An amount of PLN: `1 245,00 zł` with no-break spaces, `PLN 1,245.00` in English; None → `–`."""
    if amount is None:
        return UNDEFINED
    grosz = Decimal(amount).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    digits = f"{abs(grosz):,.2f}"
    sign = MINUS if grosz < 0 else ""
    if is_polish():
        digits = digits.replace(",", NO_BREAK_SPACE).replace(".", ",")
        return f"{sign}{digits}{NO_BREAK_SPACE}zł"
    return f"{sign}PLN{NO_BREAK_SPACE}{digits}"


def format_decimal(value: Number | None, places: int = 1) -> str:
    """A number with a fixed count of places, rounded half up: `95,8`, `95.8` in English; None → `–`."""
    if value is None:
        return UNDEFINED
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits = f"{abs(rounded):,.{places}f}"
    if is_polish():
        digits = digits.replace(",", THIN_NO_BREAK_SPACE).replace(".", ",")
    return MINUS + digits if rounded < 0 else digits


def format_plain(value: Decimal | None) -> str:
    """A decimal with as many places as it has, none where it is whole: 5.00 → `5`, 0.50 → `0,5`; None → `–`."""
    if value is None:
        return UNDEFINED
    exponent = value.normalize().as_tuple().exponent
    return format_decimal(value, max(-exponent, 0) if isinstance(exponent, int) else 0)


def format_whole_money(amount: float) -> str:
    """An amount of PLN to the whole złoty: `2 000 zł`, `PLN 2,000` in English."""
    digits = format_whole(round(amount))
    return f"{digits}{NO_BREAK_SPACE}zł" if is_polish() else f"PLN{NO_BREAK_SPACE}{digits}"


def format_percent(value: Number | None) -> str:
    """A percentage given in percent, one decimal: 95.8 → `95,8 %`, `95.8%` in English; None → `–`."""
    if value is None:
        return UNDEFINED
    return f"{format_decimal(value)}{NO_BREAK_SPACE}%" if is_polish() else f"{format_decimal(value)}%"


def format_whole_percent(value: float) -> str:
    """A percentage given in percent, to the whole: 80 → `80 %`, `80%` in English."""
    return f"{format_whole(round(value))}{NO_BREAK_SPACE if is_polish() else ''}%"


def percent_of(part: int | None, whole: int | None) -> Decimal | None:
    """What percent of `whole` is `part`, half up to one decimal; None where either is missing or whole is 0."""
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def format_date_text(day: date | None) -> str:
    """A date for a sentence: `5 października 2026`, `5 October 2026`; None → `–`."""
    if day is None:
        return UNDEFINED
    day = _local(day)
    name = (_MONTHS_PL_GENITIVE if is_polish() else _MONTHS_EN)[day.month - 1]
    return f"{day.day}{NO_BREAK_SPACE}{name} {day.year}"


def format_date_long(day: date | None) -> str:
    """A date with its weekday: `niedziela, 22 listopada 2026`; None → `–`."""
    if day is None:
        return UNDEFINED
    return f"{format_weekday(day)}, {format_date_text(day)}"


def format_date_short(day: date | None) -> str:
    """A date for a table, in both languages: `05.10.2026`; None → `–`."""
    if day is None:
        return UNDEFINED
    return f"{_local(day):%d.%m.%Y}"


def format_time(at: time | datetime | None) -> str:
    """A wall-clock time, an instant being taken to Warsaw first: `08:00`; None → `–`."""
    if at is None:
        return UNDEFINED
    return f"{_local(at) if isinstance(at, datetime) else at:%H:%M}"


def format_instant(instant: datetime | None) -> str:
    """A date and time for a table: `24.11.2026, 12:00`; None → `–`."""
    if instant is None:
        return UNDEFINED
    return f"{format_date_short(instant)}, {format_time(instant)}"


def format_instant_text(instant: datetime | None) -> str:
    """A date and time for a sentence: `24 listopada 2026, 12:00`; None → `–`."""
    if instant is None:
        return UNDEFINED
    return f"{format_date_text(instant)}, {format_time(instant)}"


def format_month(month: MonthLike | None) -> str:
    """A month: `październik 2026`, `October 2026`; None → `–`."""
    if month is None:
        return UNDEFINED
    return f"{(_MONTHS_PL if is_polish() else _MONTHS_EN)[month.month - 1]} {month.year}"


def format_month_short(month: MonthLike | None) -> str:
    """A month for a narrow column or an axis, in both languages: `10.2026`; None → `–`."""
    if month is None:
        return UNDEFINED
    return f"{month.month:02d}.{month.year}"


def format_weekday(day: date, *, short: bool = False) -> str:
    """The name of the weekday: `środa`, short `śr`; `Wednesday`, short `We`."""
    if short:
        return (_WEEKDAYS_PL_SHORT if is_polish() else _WEEKDAYS_EN_SHORT)[_local(day).weekday()]
    return (_WEEKDAYS_PL if is_polish() else _WEEKDAYS_EN)[_local(day).weekday()]


def format_count(count: int, noun: str) -> str:
    """A count with its noun in the right form: 1 → `1 osoba`, 2 → `2 osoby`, 5 → `5 osób`.

    `noun` is a key of NOUNS; an unknown one raises KeyError.
    """
    return NOUNS[noun](abs(count)) % {"count": format_whole(count)}


NOUNS: dict[str, Callable[[int], str]] = {
    "person": lambda n: ngettext("%(count)s person", "%(count)s persons", n),
    "visit": lambda n: ngettext("%(count)s visit", "%(count)s visits", n),
    "decision": lambda n: ngettext("%(count)s decision", "%(count)s decisions", n),
    "deviation": lambda n: ngettext("%(count)s deviation", "%(count)s deviations", n),
    "matter": lambda n: ngettext("%(count)s matter", "%(count)s matters", n),
    "hour": lambda n: ngettext("%(count)s hour", "%(count)s hours", n),
    "minute": lambda n: ngettext("%(count)s minute", "%(count)s minutes", n),
    "day": lambda n: ngettext("%(count)s day", "%(count)s days", n),
    "month": lambda n: ngettext("%(count)s month", "%(count)s months", n),
    "worker": lambda n: ngettext("%(count)s worker", "%(count)s workers", n),
    "contract": lambda n: ngettext("%(count)s contract", "%(count)s contracts", n),
    "organisation": lambda n: ngettext("%(count)s organisation", "%(count)s organisations", n),
    "tenant": lambda n: ngettext("%(count)s tenant", "%(count)s tenants", n),
    "offer": lambda n: ngettext("%(count)s offer", "%(count)s offers", n),
    "row": lambda n: ngettext("%(count)s row", "%(count)s rows", n),
    "entry": lambda n: ngettext("%(count)s entry", "%(count)s entries", n),
    "appointment": lambda n: ngettext("%(count)s appointment", "%(count)s appointments", n),
    "file": lambda n: ngettext("%(count)s file", "%(count)s files", n),
    "error": lambda n: ngettext("%(count)s error", "%(count)s errors", n),
    "result": lambda n: ngettext("%(count)s result", "%(count)s results", n),
}


def _local(day: date) -> date:
    return local_datetime(day) if isinstance(day, datetime) and day.tzinfo is not None else day
