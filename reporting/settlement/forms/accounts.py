"""Forms of a month's account: its verbs, penalties, invoices, and money paid beforehand."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.settlement.actions import InvoiceTerms, PaidFor, PenaltyTerms
from ui.amounts import AmountField
from ui.days import DayField
from ui.months import MonthField

_LEAST = Decimal("0.01")


class SettlementFilter(forms.Form):
    """Which month the list of settlements shows."""

    month = MonthField(label=_("Month"))


class SeenForm(forms.Form):
    """What of an account the person saw when they confirmed it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class DifferenceForm(forms.Form):
    """Why the invoices are not what is due."""

    difference_note = forms.CharField(
        label=_("Why the invoices differ from what is due"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TakeBackForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The other side reads it."),
    )


class PenaltyForm(forms.Form):
    """A penalty under the contract."""

    reason = forms.CharField(
        label=_("What it is for"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    basis = forms.CharField(
        label=_("Basis in the contract"), max_length=200, help_text=_("For example “§ 9(1)(2)”.")
    )
    amount = AmountField(label=pgettext_lazy("money", "Amount"), max_digits=12, min_value=_LEAST)
    proposal = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def terms(self) -> PenaltyTerms:
        """The penalty as it was entered."""
        return PenaltyTerms(**self.cleaned_data)


class InvoiceForm(forms.Form):
    """An invoice of the provider, with its XML or a copy."""

    number = forms.CharField(label=_("Number of the invoice"), max_length=100)
    issued_on = DayField(label=_("Issued on"), past=True)
    amount = AmountField(
        label=_("Gross amount"),
        max_digits=12,
        min_value=None,
        help_text=_("Of a correcting invoice the difference, with a minus where it lowers the amount."),
    )
    ksef_number = forms.CharField(
        label=_("KSeF number"),
        max_length=40,
        required=False,
        help_text=_("35 signs: NIP of the seller, day, 12 signs and a checksum, with hyphens between them."),
    )
    file = forms.FileField(
        label=_("XML of the invoice from KSeF, or a PDF"),
        required=False,
        help_text=_("Number, day, seller and amount of the XML are compared with what you typed."),
    )

    def terms(self) -> InvoiceTerms:
        """The invoice as it was entered."""
        names = ("number", "issued_on", "amount", "ksef_number")
        return InvoiceTerms(**{name: self.cleaned_data[name] for name in names})


class PaidInvoiceForm(InvoiceForm):
    """An invoice that was paid for a time in which nothing is settled by month."""

    period_from = DayField(label=pgettext_lazy("invoice", "For the time from"))
    period_to = DayField(label=pgettext_lazy("invoice", "To"))
    paid_on = DayField(label=_("Paid on"), past=True)

    def paid_for(self) -> PaidFor:
        """The time and the day of payment as they were entered."""
        return PaidFor(**{name: self.cleaned_data[name] for name in ("period_from", "period_to", "paid_on")})


class TrancheForm(forms.Form):
    """Money of a grant that was paid beforehand."""

    year: Any = forms.TypedChoiceField(label=_("Tranche of the year"), coerce=int)
    paid_on = DayField(label=_("Paid on"), past=True)
    amount = AmountField(label=pgettext_lazy("money", "Amount"), max_digits=12, min_value=_LEAST)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year"]
        field.choices = [(year, str(year)) for year in years]


class WithdrawPaymentForm(forms.Form):
    """Why a payment that was recorded is withdrawn."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the audit log."),
    )
