"""Shapes of input: a draft of a contract with its years and commitments, signatures, amendments, templates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.actions.amendments import AMENDABLE
from contracting.contracts.forms.contracts import PeriodForm
from contracting.contracts.forms.lines import MAX_CAP_MINUTES, CostsForm, money_field
from contracting.contracts.models import ContractTemplate, Signature
from ui.days import DayField
from ui.durations import DurationField


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
    amount = money_field(pgettext_lazy("money", "Amount"), help_text=_("At most what was granted."))
    price_per_hour = money_field(
        _("Price of an hour"), digits=8, help_text=_("Of all costs, whoever covers them.")
    )
    cap_minutes = DurationField(label=_("Cap of hours"), required=False, max_minutes=MAX_CAP_MINUTES)
    subcontracting = forms.BooleanField(label=_("Subcontracting is allowed"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


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
    price_per_hour = money_field(
        _("Price of an hour"), digits=8, help_text=_("Of all costs, whoever covers them.")
    )
    cap_minutes = DurationField(label=_("Cap of hours"), required=False, max_minutes=MAX_CAP_MINUTES)
    amount = money_field(pgettext_lazy("money", "Amount"), required=False)
    over_award_reason = forms.CharField(
        label=_("Why more than was granted"),
        max_length=500,
        required=False,
        help_text=_(
            "Only where the amount becomes more than the organ granted: on what ground, by whose decision."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def changes(self) -> dict[str, Any]:
        """Field → value as typed, of all that an amendment may change."""
        return {name: self.cleaned_data[name] for name in AMENDABLE}


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
