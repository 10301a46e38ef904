"""Shapes of input on the pages of partner organisations."""

from collections.abc import Collection

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.models import Organisation
from ui.days import DayField


class FindOrganisationForm(forms.Form):
    """The number by which an organisation is looked up."""

    number = forms.CharField(
        label=_("KRS, NIP or REGON"),
        max_length=30,
        help_text=_("As it stands in the register, with or without spaces and hyphens."),
    )


class SinceForm(forms.Form):
    """The first day of a partnership."""

    since = DayField(label=_("Partner since"), initial=timezone.localdate)


class OrganisationForm(forms.Form):
    """What the platform keeps of an organisation, as its registers have it."""

    name = forms.CharField(label=_("Name"), max_length=250, help_text=_("Full, as in the register."))
    legal_form = forms.ChoiceField(label=_("Legal form"), choices=Organisation.LegalForm.choices)
    krs = forms.CharField(label="KRS", max_length=30, required=False)
    nip = forms.CharField(label="NIP", max_length=30, required=False)
    regon = forms.CharField(label="REGON", max_length=30, required=False)
    address = forms.CharField(
        label=_("Seat"),
        max_length=250,
        required=False,
        help_text=_("Street, number, postal code and place, as in the register."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def keep_all_but(self, fields: Collection[str]) -> None:
        """Show the other fields without letting them be changed."""
        for name in set(self.fields) - set(fields) - {"seen"}:
            self.fields[name].disabled = True


class NewOrganisationForm(OrganisationForm, SinceForm):
    """An organisation that the platform does not know yet."""

    seen = None  # type: ignore[assignment]
    field_order = ("name", "legal_form", "krs", "nip", "regon", "address", "since")


class EndPartnershipForm(forms.Form):
    """The last day of a partnership."""

    until = DayField(
        label=_("Last day"),
        initial=timezone.localdate,
        help_text=_("On this day the organisation's people can still enter; on the next they cannot."),
    )
