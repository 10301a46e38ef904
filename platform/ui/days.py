"""A form field for days of the calendar that says what is wrong with a date, 29 February included."""

import re
from calendar import monthrange
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from ui.formatting import format_month

FIRST_YEAR, LAST_YEAR = 1900, 2199

_FORMS = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})[ ./-]+(?P<month>[0-9]{1,2})[ ./-]+(?P<year>[0-9]{4})"),
    re.compile(r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})"),
)
_CALENDAR = (
    '<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">'
    '<path d="M3 5h14v12H3zM3 9h14M7 3v4M13 3v4"/></svg>'
)


class DayInput(forms.DateInput):
    """A text control with a calendar beside it: the browser's own writes month before day where it speaks English."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {"data-day": "", "inputmode": "numeric", "autocomplete": "off"}
        super().__init__({**own, "placeholder": _("dd.mm.yyyy"), **(attrs or {})}, format="%d.%m.%Y")

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        control = super().render(name, value, attrs, renderer)
        return format_html(
            '<span class="day-control">{}'
            '<button type="button" class="day-open" data-open-day aria-label="{}">{}</button></span>',
            control,
            _("Choose from the calendar"),
            mark_safe(_CALENDAR),  # noqa: S308 (a constant)
        )


class DayField(forms.Field):
    """A day, written `05.10.2026`, `5-10-2026`, `05102026` or `2026-10-05`; the page rewrites it in the first way.

    `past` refuses days after today: of what has happened. `nearby` refuses what lies more than so many years from today
    and only a mistyped year can mean.
    """

    default_error_messages = {
        "required": _("Write the day, for example 05.10.2026."),
        "form": _("“%(value)s” is not a date. Write day, month and year: 05.10.2026."),
        "month": _("“%(value)s”: there is no month %(month)s. Months go from 1 to 12."),
        "day": _("“%(value)s”: %(month)s has only %(days)s days. Choose another day."),
        "year": _("“%(value)s”: the year cannot be right. Write a year from %(first)s to %(last)s."),
        "future": _("%(value)s lies in the future. Write the day on which it happened, today at the latest."),
    }

    def __init__(self, *, past: bool = False, nearby: int = 0, **kwargs: Any) -> None:
        self.past, self.nearby = past, nearby
        kwargs.setdefault("widget", DayInput)
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if self.past and value is not None and value > timezone.localdate():
            raise self._error("future", f"{value:%d.%m.%Y}")

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        text = str(value).strip()
        matched = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
        if matched is None:
            raise self._error("form", text)
        year, month, day = (int(matched[part]) for part in ("year", "month", "day"))
        first, last = FIRST_YEAR, LAST_YEAR
        if self.nearby:
            this_year = timezone.localdate().year
            first, last = this_year - self.nearby, this_year + (0 if self.past else self.nearby)
        if not first <= year <= max(last, LAST_YEAR if self.past else 0):
            raise self._error("year", text, first=first, last=last)
        if not 1 <= month <= 12:
            raise self._error("month", text, month=month)
        days = monthrange(year, month)[1]
        if not 1 <= day <= days:
            raise self._error("day", text, month=format_month(date(year, month, 1)), days=days)
        return date(year, month, day)

    def _error(self, code: str, value: str, **details: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"value": value, **details})
