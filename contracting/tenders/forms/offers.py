"""Small forms of bidders: for whom an offer begins, who joins it, its files, its code."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracting.tenders.models import Offer
from kernel.access import Access
from kernel.polish import in_order
from kernel.tenancy import require_tenant
from tenants.models import Organisation, Partnership

_DIGITS = 10


def _partners_of_tenant() -> Any:
    current = Partnership.objects.current().filter(tenant_id=require_tenant().pk)
    return Organisation.objects.filter(pk__in=current.values("organisation_id")).order_by(in_order("name"))


class StartOfferForm(forms.Form):
    """For which of one's own organisations the offer is written."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation that offers"), queryset=Organisation.objects.none()
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = _partners_of_tenant().filter(pk__in=access.organisation_ids or [])
        field: Any = self.fields["organisation"]
        field.queryset = own
        if len(own) == 1:
            field.initial = own[0]


class PartnerForm(forms.Form):
    """The organisation that joins, by a number of the registers: who else works with the unit is not listed."""

    number = forms.CharField(
        label=_("KRS or NIP of the organisation that joins"),
        max_length=20,
        help_text=_(
            "Ten digits. It must be a partner of the unit already; otherwise the unit adds it first."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> Organisation:
        """The organisation with the number."""
        digits = "".join(sign for sign in self.cleaned_data["number"] if sign.isdecimal())
        found: Organisation | None = None
        if len(digits) == _DIGITS:
            found = _partners_of_tenant().filter(Q(krs=digits) | Q(nip=digits)).first()
        if found is None:
            raise forms.ValidationError(
                _(
                    "No partner of the unit has the number %(number)s: check it, or ask the unit to add the partner."
                )
                % {"number": self.cleaned_data["number"]}
            )
        return found


class OfferFileForm(forms.Form):
    """A file and which of the files that the call asks for it is."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)
    purpose = forms.ChoiceField(label=_("It is"), required=False)

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["purpose"]
        asked = [(name, name) for name in offer.call.required_files]
        field.choices = [*asked, ("", _("another file"))]


class CodeForm(forms.Form):
    """The bidder's code from the receipt."""

    code = forms.CharField(
        label=_("Code from the receipt"),
        max_length=60,
        help_text=_("25 signs in five groups. Small letters and blanks do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "code-input"}),
    )


class HandInForm(forms.Form):
    """Which version of the draft was read, and the code that the page has shown."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    code = forms.CharField(max_length=60, widget=forms.HiddenInput())


class RecoveryForm(forms.Form):
    """Who keeps the three shares of the recovery key: functions, never names."""

    first = forms.CharField(label=_("Who keeps the first share"), max_length=120)
    second = forms.CharField(label=_("Who keeps the second share"), max_length=120)
    third = forms.CharField(label=_("Who keeps the third share"), max_length=120)

    def holders(self) -> list[str]:
        return [self.cleaned_data[name] for name in ("first", "second", "third")]
