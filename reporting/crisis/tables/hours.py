"""Opening hours as a page says them: days in words, hours of the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ui.formatting import format_weekday

_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True)
class HoursRow:
    """Hours with what is open, on which days and from when to when, in words."""

    hours: Any
    what: str
    days: str
    times: str


def _day(number: int) -> str:
    return format_weekday(_MONDAY + timedelta(days=number - 1), short=True)


def days_text(weekdays: Iterable[int]) -> str:
    """Days one after the other as a span: Mon-Fri, Sun."""
    runs = []
    for _offset, run in groupby(enumerate(sorted(set(weekdays))), key=lambda pair: pair[1] - pair[0]):
        days = [number for _place, number in run]
        if len(days) > 2:
            runs.append(f"{_day(days[0])}–{_day(days[-1])}")
        else:
            runs += [_day(number) for number in days]
    return ", ".join(runs)


def _clock(minute: int) -> str:
    hours, minutes = divmod(minute % 1440, 60)
    return f"{hours}:{minutes:02d}"


def hours_rows(rows: Iterable[Any]) -> list[HoursRow]:
    """Each row in words."""
    found = []
    for row in rows:
        what = str(row.point) if row.point else pgettext("crisis", "Telephone")
        if row.is_round_the_clock:
            found.append(HoursRow(row, what, _("every day"), _("around the clock")))
            continue
        days = days_text(row.weekdays)
        days += ", " + (_("also on public holidays") if row.on_holidays else _("not on public holidays"))
        closes = "24:00" if row.closes == 1440 else _clock(row.closes)
        found.append(HoursRow(row, what, days, f"{_clock(row.opens)}–{closes}"))
    return found
