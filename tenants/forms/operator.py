"""Shapes of input on the operator's pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.polish import in_order
from tenants.actions.tenants import REASON_MAX
from tenants.models import Tenant, Territory
from tenants.rules.terc import is_city_county


class TenantFilter(forms.Form):
    """What narrows the list of tenants."""

    text = forms.CharField(label=_("Name, address or TERC"), max_length=100, required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *Tenant.State.choices]
    )


_CANDIDATES_SHOWN = 6


def find_territory(asked: str, kind: str) -> Territory:
    """The territory with this TERC code, or the only one of the kind with this name.

    Raises ValidationError; for a name of several it lists them with their codes.
    """
    if asked.isdigit():
        found = Territory.objects.filter(pk=asked).first()
        if found is None:
            raise ValidationError(
                _("The register of territories has no code %(code)s. Look it up in TERC."),
                params={"code": asked},
            )
        return found
    level = Territory.Level.COMMUNE if kind == Tenant.Kind.COMMUNE else Territory.Level.COUNTY
    named = list(
        Territory.objects.filter(name__iexact=asked, level=level, retired_on__isnull=True)
        .select_related("parent")
        .order_by("code")
    )
    named = [unit for unit in named if level == Territory.Level.COMMUNE or _is_city(unit, kind)]
    if len(named) == 1:
        return named[0]
    if not named:
        raise ValidationError(
            _(
                "No territory of the chosen kind is named “%(name)s”. Check the spelling or give the TERC code."
            ),
            params={"name": asked},
        )
    shown = "; ".join(f"{unit.code} {unit.full_name}, {_within(unit)}" for unit in named[:_CANDIDATES_SHOWN])
    raise ValidationError(
        _("%(count)s territories are named “%(name)s”. Give the code of one: %(candidates)s."),
        params={"count": len(named), "name": asked, "candidates": shown},
    )


def _is_city(unit: Territory, kind: str) -> bool:
    return is_city_county(unit.code) == (kind == Tenant.Kind.CITY)


def _within(unit: Territory) -> str:
    return unit.parent.display_name if unit.parent else ""


class TenantForm(forms.Form):
    """A new tenant."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As people call it, for example: Gmina Barlinek.")
    )
    slug = forms.CharField(
        label=_("Address"),
        max_length=50,
        help_text=_(
            "Small letters without Polish marks, digits and hyphens; it stands in every address of its pages."
        ),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Tenant.Kind.choices, widget=forms.RadioSelect)
    territory = forms.CharField(
        label=_("Territory"),
        max_length=80,
        help_text=_("The TERC code (seven digits of a commune, four of a county or city) or the name."),
    )
    unit_type = forms.ChoiceField(label=_("Type of the social unit"), choices=Tenant.UnitType.choices)
    unit_name = forms.CharField(label=_("Full name of the social unit"), max_length=200)
    population = forms.IntegerField(label=_("Population"), min_value=1, max_value=50_000_000, required=False)

    def clean_slug(self) -> Any:
        return self.cleaned_data["slug"].strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = cleaned.get("territory")
        if asked and cleaned.get("kind"):
            try:
                cleaned["territory"] = find_territory(asked.strip(), cleaned["kind"])
            except ValidationError as error:
                self.add_error("territory", error)
        return cleaned


class SuspendForm(forms.Form):
    """Why a tenant is suspended."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("People of the tenant will read exactly this when they are refused."),
    )


class AskErasureForm(forms.Form):
    """Why a tenant that has left is erased."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the certificate, for example the number of the agreement that ended."),
    )


class ConfirmErasureForm(forms.Form):
    """The word of a second operator."""

    typed = forms.CharField(
        label=_("Address of the tenant"),
        max_length=60,
        help_text=_("Type the first part of its addresses, so that no other tenant is meant."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    without_files = forms.BooleanField(
        label=_("Files that were not taken along are given up"),
        required=False,
        help_text=_("Only where nobody can find or check them any more; the certificate says how many."),
    )

    def __init__(self, *args: Any, left_behind: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not left_behind:
            del self.fields["without_files"]


class InviteDirectorForm(forms.Form):
    """The first director of a tenant."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"))


class _VoivodeshipChoice(forms.ModelChoiceField):
    """Voivodeships by name, as people write them."""

    def __init__(self, **kwargs: Any) -> None:
        places = Territory.objects.filter(level=Territory.Level.VOIVODESHIP, retired_on__isnull=True)
        super().__init__(
            label=_("Voivodeship"), queryset=places.order_by(in_order("name")), to_field_name="code", **kwargs
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_name)


class AnalystFilter(forms.Form):
    """What narrows the list of analysts."""

    text = forms.CharField(label=_("Name or e-mail"), max_length=100, required=False)
    voivodeship = _VoivodeshipChoice(required=False, empty_label=_("all"))


class InviteAnalystForm(forms.Form):
    """Whom to invite as an analyst, and of which voivodeship."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("The link goes there and works for this address only.")
    )
    voivodeship = _VoivodeshipChoice(empty_label=_("choose a voivodeship"))


class OrganisationFilter(forms.Form):
    """What narrows the list of organisations."""

    text = forms.CharField(label=_("Name, KRS, NIP or REGON"), max_length=100, required=False)
