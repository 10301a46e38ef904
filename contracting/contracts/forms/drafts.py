"""Shapes of input: a draft of a contract with its years and commitments, signatures, amendments, templates."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.forms.contracts import MAX_CAP_MINUTES, PeriodForm
from contracting.contracts.models import Commitment, Contract, ContractTemplate, Signature
from ui.amounts import AmountField
from ui.days import DayField
from ui.durations import DurationField
from ui.rows import Rows


def _money(label: Any, *, digits: int = 12, least: str = "0.01", **options: Any) -> AmountField:
    return AmountField(label=label, min_value=Decimal(least), max_digits=digits, **options)


class CostsForm(forms.Form):
    """What of the costs others than the unit cover; empty is 0."""

    outside_grant = _money(
        _("Costs outside the grant"),
        least="0",
        required=False,
        help_text=_(
            "Own contribution and payments of persons, in all. Empty where the amount covers everything."
        ),
    )

    def clean_outside_grant(self) -> Decimal:
        return self.cleaned_data["outside_grant"] or Decimal(0)


class DraftForm(PeriodForm, CostsForm):
    """The terms of a draft."""

    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        required=False,
        help_text=_("Needed before the contract goes to the signatures."),
    )
    valid_from = DayField(label=_("Valid from"))
    valid_to = DayField(label=_("Valid to (inclusive)"))
    amount = _money(pgettext_lazy("money", "Amount"), help_text=_("At most what was granted."))
    price_per_hour = _money(
        _("Price of an hour"), digits=8, help_text=_("Of all costs, whoever covers them.")
    )
    cap_minutes = DurationField(label=_("Cap of hours"), required=False, max_minutes=MAX_CAP_MINUTES)
    subcontracting = forms.BooleanField(label=_("Subcontracting is allowed"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class TrancheRow(forms.Form):
    """The money and hours of one budget year."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)
    amount = _money(pgettext_lazy("money", "amount"), least="0")
    minutes = DurationField(label=_("hours"), required=False, max_minutes=MAX_CAP_MINUTES)


TrancheRows = forms.formset_factory(
    TrancheRow, formset=Rows, extra=1, max_num=10, absolute_max=10, can_delete=True
)


_WIDE = forms.TextInput(attrs={"class": "input-wide"})


class CommitmentRow(forms.Form):
    """One commitment: what is promised and how it is measured."""

    indicator = forms.CharField(label=_("indicator"), max_length=200, widget=_WIDE)
    # Begins with what a browser sends of an untouched row, which would count as filled in otherwise.
    direction = forms.ChoiceField(
        label=_("direction"),
        choices=Commitment.Direction.choices,
        initial=Commitment.Direction.choices[0][0],
    )
    promised = AmountField(label=_("value"), max_digits=10)
    unit = forms.CharField(label=_("unit"), max_length=40, required=False)
    measure = forms.ChoiceField(
        label=_("measured by"), choices=Commitment.Measure.choices, initial=Commitment.Measure.REPORTED
    )
    method = forms.CharField(
        label=pgettext_lazy("commitment", "how"), max_length=300, required=False, widget=_WIDE
    )
    part = forms.CharField(max_length=30, required=False, widget=forms.HiddenInput)


CommitmentRows = forms.formset_factory(
    CommitmentRow, formset=Rows, extra=1, max_num=40, absolute_max=40, can_delete=True
)


class SignatureForm(forms.Form):
    """That a side has signed."""

    side = forms.ChoiceField(label=_("Side"), choices=Signature.Side.choices, widget=forms.RadioSelect)
    function = forms.CharField(
        label=_("Function of the signer"),
        max_length=120,
        help_text=_("The function, not the name: for example “prezes zarządu”."),
    )
    signed_on = DayField(label=_("Signed on"))
    form = forms.ChoiceField(label=_("Form"), choices=Signature.Form.choices)

    def __init__(self, *args: Any, missing: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        side: Any = self.fields["side"]
        side.choices = [choice for choice in Signature.Side.choices if choice[0] in missing]
        if len(missing) == 1:
            side.initial = missing[0]

    def clean_signed_on(self) -> Any:
        day = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise ValidationError(
                _("%(day)s lies in the future: give the day on which it was signed."),
                params={"day": f"{day:%d.%m.%Y}"},
            )
        return day


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AmendmentForm(CostsForm):
    """What an amendment changes, why and from when; a field left as it stands changes nothing."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    effective_on = DayField(label=_("Effective from"))
    valid_to = DayField(label=_("Valid to (inclusive)"))
    price_per_hour = _money(_("Price of an hour"), digits=8)
    cap_minutes = DurationField(label=_("Cap of hours"), required=False, max_minutes=MAX_CAP_MINUTES)
    amount = _money(pgettext_lazy("money", "Amount"), required=False)

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        names = ("valid_to", "price_per_hour", "cap_minutes", "amount", "outside_grant")
        kwargs.setdefault("initial", {name: getattr(contract, name) for name in names})
        super().__init__(*args, **kwargs)

    def changes(self) -> dict[str, Any]:
        """Field → value as typed, of all that an amendment may change."""
        names = ("valid_to", "price_per_hour", "cap_minutes", "amount", "outside_grant")
        return {name: self.cleaned_data[name] for name in names}


class TemplateForm(forms.Form):
    """A template of contracts to keep."""

    name = forms.CharField(label=_("Name"), max_length=120)
    template = forms.FileField(label=_("Template (.docx)"))


class OwnDocumentForm(forms.Form):
    """The document of a draft as it was edited outside."""

    file = forms.FileField(label=_("Edited document (.docx or .pdf)"))


class DocumentForm(forms.Form):
    """From which template the document of a draft is made."""

    template: Any = forms.ModelChoiceField(
        label=_("Template"),
        queryset=None,
        required=False,
        empty_label=_("the template of the platform"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = ContractTemplate.objects.all()  # type: ignore[attr-defined]
