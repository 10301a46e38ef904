"""A day and a time on the clock of Warsaw that together name an instant."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from kernel.periods import NonexistentTime, resolve_wall_time
from ui.formatting import format_date_text


def instant_in(form: forms.Form, day_field: str = "day", time_field: str = "time") -> datetime | None:
    """The instant of two cleaned fields; None, with an error at the time, where the clocks skip it."""
    cleaned: dict[str, Any] = form.cleaned_data
    day: date | None = cleaned.get(day_field)
    at: time | None = cleaned.get(time_field)
    if day is None or at is None:
        return None
    try:
        return resolve_wall_time(day, at)
    except NonexistentTime:
        form.add_error(
            time_field,
            _("The clocks were put forward on %(day)s, and this time did not exist. Choose another.")
            % {"day": format_date_text(day)},
        )
        return None
