"""A form field for durations as people write them: `20 h`, `20:30`, `1230 min`, `20,5`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.durations import DurationError, parse_duration
from ui.formatting import format_minutes_text


class DurationInput(forms.TextInput):
    """A text control whose page says what was understood; whether it must be filled in only the server knows."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class DurationField(forms.Field):
    """Whole minutes, typed naturally; a bare number means hours. The page shows what was understood as one types."""

    default_error_messages = {
        "not_understood": _(
            "“%(value)s” is not a duration. Write for example “20 h”, “20:30”, “1230 min” or “20,5”."
        ),
        "minutes_over_59": _("“%(value)s” has more than 59 minutes in an hour. Write for example “21:15”."),
        "not_whole_minutes": _(
            "“%(value)s” is no whole number of minutes. Write hours and minutes: “20:20”."
        ),
        "too_short": _("“%(value)s” is too short: write at least %(limit)s."),
        "too_long": _("“%(value)s” is more than %(limit)s. Check the hours and minutes."),
        "too_long_number": _(
            "“%(value)s” means %(understood)s, which is more than %(limit)s. "
            "If you meant minutes, write “%(value)s min”."
        ),
    }

    def __init__(self, *, min_minutes: int = 1, max_minutes: int = 2_000_000_000, **kwargs: Any) -> None:
        self.min_minutes = min_minutes
        self.max_minutes = max_minutes
        kwargs.setdefault(
            "widget",
            DurationInput(attrs={"data-duration": "", "autocomplete": "off"}),
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Minutes as text that reads back as the same minutes; what was typed stays as typed."""
        if not isinstance(value, int):
            return value
        # No sign between thousands: an English “10,800 h” would come back as 10.8 hours.
        hours, rest = divmod(value, 60)
        return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return parse_duration(str(value))
        except DurationError as error:
            raise self._error(error.reason, value) from error

    def clean(self, value: Any) -> int | None:
        minutes: int | None = super().clean(value)
        if minutes is None:
            return None
        if minutes < self.min_minutes:
            raise self._error("too_short", value, limit=format_minutes_text(self.min_minutes))
        if minutes > self.max_minutes:
            limit = format_minutes_text(self.max_minutes)
            if not str(value).strip().isdecimal():
                raise self._error("too_long", value, limit=limit)
            raise self._error("too_long_number", value, limit=limit, understood=format_minutes_text(minutes))
        return minutes

    def _error(self, code: str, value: Any, **details: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"value": value, **details})
