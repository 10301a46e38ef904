"""Shape of the question who saw a person's data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.forms import PeriodFilter


class AskedForm(forms.Form):
    """Who asks, as they stand in the papers: the code that the unit gave them, or the PESEL."""

    person = forms.CharField(
        label=_("Code or PESEL of the person"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the code or the PESEL of the person who asks.")},
    )


class SeenForm(PeriodFilter):
    """The days, and whether the document names the people who read or only whom they work for."""

    with_names = forms.BooleanField(
        label=_("Name the people who read"),
        required=False,
        help_text=_("Without names the document says the unit or the organisation only."),
    )
