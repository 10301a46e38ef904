"""Shapes of input: a value stated by hand, and the conditions of measuring."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.amounts import AmountField
from ui.times import TimeField


class StatementForm(forms.Form):
    """What came of a commitment that no diary tells."""

    value = AmountField(label=_("Value of the month"), max_digits=10, plain=True)
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "What shows it and where it can be looked at: a list of participants, a register, a protocol."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class MeasuringForm(forms.Form):
    """The conditions of one tenant; the field names are those of MeasuringSettings."""

    punctual_minutes = forms.IntegerField(
        label=_("A visit is on time within"),
        help_text=_("Earlier or later than planned by this much at most."),
        min_value=0,
        max_value=240,
    )
    evening_from: Any = TimeField(
        label=_("Evening begins at"),
        help_text=_(
            "Minutes from then to midnight count as evening, and all of Saturdays, Sundays and public holidays."
        ),
    )
    replacement_within_hours = forms.IntegerField(
        label=_("A later visit counts as a replacement within"),
        help_text=_("After that a missed visit was not replaced."),
        min_value=1,
        max_value=240,
    )
    first_advice_days = forms.IntegerField(
        label=_("First advice is in term within"),
        help_text=_("Days from the request to the first appointment that comes up."),
        min_value=1,
        max_value=366,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
