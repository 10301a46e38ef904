"""Forms of the numbers of the standard and of the dictionaries."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.crisis.models import DictionaryEntry
from reporting.crisis.rules import Terms
from ui.days import DayField


class TermsForm(forms.Form):
    """Numbers that hold from a day on."""

    valid_from = DayField(label=_("Hold from"))
    session_limit = forms.IntegerField(
        label=_("Sessions in one case, at most"),
        help_text=_("Beyond it every session needs a reason, or the case a referral (K1)."),
        min_value=1,
        max_value=100,
    )
    duty_minimum = forms.IntegerField(
        label=_("Interventionists on duty, at least"), min_value=1, max_value=20
    )
    meetings_per_week = forms.IntegerField(
        label=_("Team meetings a week, at least"), min_value=0, max_value=14
    )
    stay_warning_days = forms.IntegerField(
        label=_("Days of warning before a stay ends"), min_value=0, max_value=60
    )
    debriefing_days = forms.IntegerField(
        label=_("Days for a debriefing after a field intervention"), min_value=0, max_value=60
    )
    source = forms.CharField(
        label=_("Source"),
        help_text=_("Where the numbers stand: the standard, an order, a contract."),
        max_length=300,
    )

    def entry(self) -> Terms:
        """What the action takes; call it once the form is valid."""
        told: dict[str, Any] = self.cleaned_data
        return Terms(**told)


class EntryForm(forms.Form):
    """A new entry of a dictionary."""

    kind = forms.ChoiceField(label=_("Dictionary"), choices=DictionaryEntry.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=120)
    valid_from = DayField(label=_("May be chosen from"))


class EndEntryForm(forms.Form):
    """The last day of an entry."""

    valid_to = DayField(label=_("May be chosen up to"))
