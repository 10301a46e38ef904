"""Shapes of input: a table of what persons pay, and the calculator."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.actions.payments import TableTerms
from contracting.commissioning.models import PaymentTable
from contracting.commissioning.rules.payments import Band
from ui.amounts import AmountField
from ui.days import DayField
from ui.durations import DurationField
from ui.rows import Rows

ALONE, FAMILY = "alone", "family"
_PERCENT: dict[str, Any] = {"plain": True, "max_digits": 6, "max_value": Decimal(100)}


class TableForm(forms.Form):
    """A version of the table, without its bands."""

    service: Any = forms.ModelChoiceField(label=_("Service"), queryset=None, required=False)
    name = forms.CharField(label=_("Name"), max_length=160)
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("The resolution of the council with its number and day, or the regulation."),
    )
    valid_from = DayField(
        label=pgettext_lazy("law", "Valid from"), help_text=_("It holds until the next table begins.")
    )
    price_per_hour = AmountField(label=_("Price of an hour"), max_digits=8, min_value=Decimal("0.01"))
    rounding = forms.ChoiceField(
        label=_("Rounding of the payment"),
        choices=PaymentTable.Rounding.choices,
        initial=PaymentTable.Rounding.GROSZ,
    )
    small_uncollected = forms.BooleanField(
        label=_("Do not collect a month's payment below the lowest periodic allowance"),
        help_text=_("As in the national table (art. 38(4) of the act); a council says it in its resolution."),
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, services: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if services is None:
            del self.fields["service"]
        else:
            field: Any = self.fields["service"]
            field.queryset, field.required = services, True

    def terms(self, bands: list[Band]) -> TableTerms:
        """The table as it was entered."""
        names = ("name", "source", "valid_from", "price_per_hour", "rounding", "small_uncollected")
        return TableTerms(**{name: self.cleaned_data[name] for name in names}, bands=bands)


class BandRow(forms.Form):
    """One band of income, in percent of the criterion, and the percent of the price paid in it."""

    over = AmountField(label=_("income above [% of the criterion]"), max_digits=7, plain=True)
    up_to = AmountField(label=_("up to [%]"), max_digits=7, plain=True, required=False)
    alone = AmountField(label=_("pays: alone [% of the price]"), **_PERCENT)
    family = AmountField(label=_("pays: in a family [% of the price]"), **_PERCENT)


class _BandRows(Rows):
    def bands(self) -> list[Band]:
        """The bands in their order of income."""
        rows = [Band(row["over"], row["up_to"], row["alone"], row["family"]) for row in self.filled()]
        return sorted(rows, key=lambda band: band.over)


BandRows = forms.formset_factory(
    BandRow, formset=_BandRows, extra=1, max_num=40, absolute_max=40, can_delete=True
)


class CalculatorForm(forms.Form):
    """A made-up case: nothing of it is stored."""

    service: Any = forms.ModelChoiceField(label=_("Service"), queryset=None, empty_label=None)
    on = DayField(label=_("On the day"))
    living = forms.ChoiceField(
        label=_("Household"),
        choices=[(ALONE, _("lives alone")), (FAMILY, _("lives in a family"))],
        initial=ALONE,
        widget=forms.RadioSelect,
    )
    income = AmountField(
        label=_("Income a month"),
        max_digits=10,
        help_text=_("Of the person living alone, or of the whole family together."),
    )
    persons = forms.IntegerField(
        label=_("Persons in the family"), min_value=1, max_value=30, initial=2, required=False
    )
    minutes = DurationField(label=_("Hours delivered in the month"), max_minutes=31 * 24 * 60)

    def __init__(self, *args: Any, services: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": timezone.localdate(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["service"]
        field.queryset = services

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("living") == FAMILY and not cleaned.get("persons") and "persons" not in self.errors:
            self.add_error("persons", _("Say how many persons the family has."))
        return cleaned
