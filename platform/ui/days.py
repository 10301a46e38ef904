"""A form field for days of the calendar that says what is wrong with a date, 29 February included."""

import re
from calendar import monthrange
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ui.fields import DateInput
from ui.formatting import format_month

FIRST_YEAR, LAST_YEAR = 1900, 2199

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_POLISH = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})")


class DayField(forms.Field):
    """A day, written `2026-10-05` or `05.10.2026`."""

    default_error_messages = {
        "form": _("“%(value)s” is not a date. Write day, month and year: 05.10.2026."),
        "month": _("“%(value)s”: there is no month %(month)s. Months go from 1 to 12."),
        "day": _("“%(value)s”: %(month)s has no day %(day)s, it has %(days)s days. Choose another day."),
        "year": _("“%(value)s”: the year cannot be right. Write a year from %(first)s to %(last)s."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        text = str(value).strip()
        matched = _ISO.fullmatch(text) or _POLISH.fullmatch(text)
        if matched is None:
            raise self._error("form", text)
        year, month, day = (int(matched[part]) for part in ("year", "month", "day"))
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise self._error("year", text, first=FIRST_YEAR, last=LAST_YEAR)
        if not 1 <= month <= 12:
            raise self._error("month", text, month=month)
        days = monthrange(year, month)[1]
        if not 1 <= day <= days:
            raise self._error("day", text, month=format_month(date(year, month, 1)), day=day, days=days)
        return date(year, month, day)

    def _error(self, code: str, value: str, **details: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"value": value, **details})
