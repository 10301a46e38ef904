"""The form of the basis of a person's payment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.settlement.actions import BasisTerms
from ui.amounts import AmountField
from ui.days import DayField

ALONE, FAMILY = "alone", "family"


class BasisForm(forms.Form):
    """Income and household from a day."""

    valid_from = DayField(label=_("From which day"))
    living = forms.ChoiceField(
        label=_("Household"),
        choices=[(ALONE, _("lives alone")), (FAMILY, _("lives in a family"))],
        initial=ALONE,
        widget=forms.RadioSelect,
    )
    persons = forms.IntegerField(
        label=_("Persons in the family"), min_value=1, max_value=30, initial=2, required=False
    )
    income = AmountField(
        label=_("Income a month"),
        max_digits=10,
        help_text=_("Of the person living alone, or of the whole family together."),
    )
    exempt = forms.BooleanField(label=_("Exempt from payment"), required=False)
    source = forms.CharField(
        label=_("Where this is known from"),
        max_length=300,
        help_text=_("For example “interview of 5 October 2026”, or the ground of the exemption."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("living") == FAMILY and not cleaned.get("persons") and "persons" not in self.errors:
            self.add_error("persons", _("Say how many persons the family has."))
        return cleaned

    def terms(self) -> BasisTerms:
        """The basis as it was entered."""
        typed = self.cleaned_data
        return BasisTerms(
            valid_from=typed["valid_from"],
            income=typed["income"],
            household=typed["persons"] if typed["living"] == FAMILY else None,
            exempt=typed["exempt"],
            source=typed["source"],
        )
