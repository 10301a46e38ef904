"""Shapes of input: a value of a limit of the law, and the day for which the law is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ui.amounts import AmountField
from ui.days import DayField


class LawFilter(forms.Form):
    """On which day, and whether only what nobody has checked yet."""

    on = DayField(label=_("As of"), required=False)
    unverified = forms.BooleanField(label=_("only those nobody has checked"), required=False)


class LimitForm(forms.Form):
    """A value of the tenant's own, with the period in which it holds and where it was read."""

    value = AmountField(label=_("Value"))
    valid_from = DayField(label=pgettext_lazy("law", "Valid from"))
    valid_to = DayField(
        label=pgettext_lazy("law", "Valid to"),
        required=False,
        help_text=_("Leave empty where no end is known."),
    )
    article = forms.CharField(label=_("Article"), max_length=120)
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("Where it was read, for example “Dz.U. 2027 poz. 12” or a resolution with its number."),
    )
    verified = forms.BooleanField(label=_("I have read this value in the text of the act"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def terms(self) -> dict[str, Any]:
        """What was entered, without the stamp."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}
