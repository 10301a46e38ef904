"""Shape of the question who saw a person's data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.forms import PeriodFilter


class SeenForm(PeriodFilter):
    """The days, and whether the document names the people who read or only whom they work for."""

    with_names = forms.BooleanField(
        label=_("Name the people who read"),
        required=False,
        help_text=_("Without names the document says the unit or the organisation only."),
    )
