"""Shapes of input on the pages of people: filters, invitations, roles, accepting."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from kernel.polish import in_order
from tenants.models import Organisation, Tenant
from tenants.permissions import may_give_for, roles_to_give
from tenants.roles import NGO_ROLES, Role


def partners_to_give(tenant: Tenant, access: Access) -> Any:
    """The partner organisations of the tenant for which the person may give roles, by name."""
    current = list(tenant.partnerships.current().values_list("organisation_id", flat=True))
    return Organisation.objects.filter(pk__in=may_give_for(access, current)).order_by(in_order("name"))


def role_choices(roles: list[Role]) -> list[Any]:
    """The roles in two groups: of the social unit, of an organisation; a single group is not named."""
    unit = [(role.value, role.label) for role in roles if role not in NGO_ROLES]
    organisation = [(role.value, role.label) for role in roles if role in NGO_ROLES]
    if unit and organisation:
        return [(_("In the social unit"), unit), (_("In an organisation"), organisation)]
    return unit or organisation


class PeopleFilter(forms.Form):
    """What narrows the list of people."""

    text = forms.CharField(label=_("Name or e-mail"), max_length=100, required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label=_("all")
    )

    def __init__(self, *args: Any, tenant: Tenant, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["role"]
        roles.choices = [("", _("all")), *role_choices(roles_to_give(access))]
        organisations: Any = self.fields["organisation"]
        organisations.queryset = partners_to_give(tenant, access)


class RoleForm(forms.Form):
    """A role, with its organisation where it is one in an organisation."""

    role = forms.ChoiceField(label=_("Role"))
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("none (a role in the social unit)"),
        help_text=_(
            "Needed for roles in an organisation: the person will see this organisation's work only."
        ),
    )

    def __init__(self, *args: Any, tenant: Tenant, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["role"]
        roles.choices = [("", _("choose a role")), *role_choices(roles_to_give(access))]
        organisations: Any = self.fields["organisation"]
        organisations.queryset = partners_to_give(tenant, access)
        if not access.sees_all_organisations:
            organisations.required = True
            organisations.empty_label = None
            organisations.help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        role, organisation = cleaned.get("role"), cleaned.get("organisation")
        if role in NGO_ROLES and organisation is None and "organisation" not in self.errors:
            self.add_error(
                "organisation",
                ValidationError(_("Choose the organisation: this role exists in an organisation only.")),
            )
        if role and role not in NGO_ROLES and organisation is not None:
            self.add_error(
                "organisation",
                ValidationError(
                    _(
                        "A role in the social unit has no organisation: choose “none” or a role in an organisation."
                    )
                ),
            )
        return cleaned


class InviteForm(RoleForm):
    """Whom to invite, and to which role."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("The link goes there and works for this address only.")
    )
    field_order = ("full_name", "email", "role", "organisation")


class AcceptForm(forms.Form):
    """A new person's account: name and password."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password1 = forms.CharField(
        label=_("Password"),
        help_text=_(
            "At least 12 characters; a sentence is easy to remember. "
            "Not your name, a common password or only words of your work."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    password2 = forms.CharField(
        label=_("The same password once more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error(
                "password2", ValidationError(_("The two passwords differ. Type the same one twice."))
            )
        return cleaned
