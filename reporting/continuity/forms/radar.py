"""Shapes of input: a check of a silent person, and the settings of the radar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.continuity.models import RadarCheck
from ui.days import DayField


class CheckForm(forms.Form):
    """What somebody found out about a silent person."""

    reason = forms.ChoiceField(
        label=_("What did you find out?"),
        choices=RadarCheck.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you found out.")},
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_(
            "Whom you asked and what was arranged; nothing on the person's health. The other side reads it."
        ),
    )
    quiet_until = DayField(
        label=_("Do not remind until"),
        help_text=_("The radar is quiet about the person up to and including this day."),
    )


def _days(label: Any, help_text: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=1, max_value=most)


class RadarSettingsForm(forms.Form):
    """The settings of one tenant; the field names are those of RadarSettings."""

    planned_days = _days(
        _("Planned days without a visit"),
        _("Only days on which the plan foresees a visit count; days of a suspension do not."),
        60,
    )
    calendar_days = _days(
        _("Days without a visit where there is no plan"), _("All days but those of a suspension count."), 90
    )
    longest_quiet_days = _days(
        _("Longest pause of the reminder"), _("Days for which a check may quieten the radar at most."), 180
    )
    call_days = _days(
        _("Days for which an attempt to reach a person counts"),
        _(
            "When a provider fails: older attempts are shown with the person and no longer counted as reached."
        ),
        60,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
