"""A form field for times of the day on a clock of 24 hours, typed as people write them: `8:30`, `08.30`, `830`, `8`."""

import re
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_TIME = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?")


class TimeInput(forms.TimeInput):
    """A text control, because the browser's own shows AM and PM where its language is English."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {"data-time": "", "inputmode": "numeric", "autocomplete": "off"}
        super().__init__({**own, **(attrs or {})}, format="%H:%M")


class TimeField(forms.Field):
    """A time of the day to the minute; the page rewrites what was understood as `08:30`."""

    default_error_messages = {
        "required": _("Write the time, for example 08:30."),
        "form": _("“%(value)s” is not a time. Write hours and minutes, for example 08:30."),
        "range": _("“%(value)s” is not a time of the day. Write one from 00:00 to 23:59."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TimeInput)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values:
            return None
        if isinstance(value, time):
            return value
        text = str(value).strip()
        matched = _TIME.fullmatch(text)
        if matched is None:
            raise ValidationError(self.error_messages["form"], code="form", params={"value": text})
        hours, minutes = int(matched[1]), int(matched[2] or 0)
        if hours > 23 or minutes > 59:
            raise ValidationError(self.error_messages["range"], code="range", params={"value": text})
        return time(hours, minutes)
