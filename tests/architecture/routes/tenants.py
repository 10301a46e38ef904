"""Routes of tenants: home, people and partners of a tenant, the operator, invitations."""

from tests.architecture.entries import FIGURES, Entry, form_only, of, of_tenant

_ORGANISATIONS_ARE_PUBLIC = (
    "an organisation is in a public register; a tenant takes it as a partner by its number"
)

_OPERATORS_SEE_TENANTS = "the operator sees every tenant"
_OPERATORS_SEE_ALL = "the operator names the analysts of every voivodeship"

ROWS: dict[str, Entry] = {
    "home": of(),
    "operator:tenants": of(),
    "operator:create_tenant": of(),
    "operator:tenant": of_tenant(),
    "operator:suspend_tenant": of_tenant(),
    "operator:resume_tenant": of_tenant(),
    "operator:erasure": of_tenant(),
    "operator:withdraw_erasure": Entry({"pk": "tenant"}, {"pk": _OPERATORS_SEE_TENANTS}, status=405),
    # Nothing of the tenants of this world is erased.
    "operator:certificate": Entry(
        {"pk": "tenant", "form": "file_form"}, {"pk": _OPERATORS_SEE_TENANTS}, status=404, file=FIGURES
    ),
    "operator:invite_director": of_tenant(),
    "operator:withdraw_invitation": of_tenant(invitation_pk="director_invitation"),
    "operator:analysts": of(),
    "operator:invite_analyst": of(),
    "operator:end_analyst": Entry({"pk": "region_membership"}, {"pk": _OPERATORS_SEE_ALL}),
    "operator:resend_analyst_invitation": Entry(
        {"pk": "analyst_invitation"}, {"pk": _OPERATORS_SEE_ALL}, status=405
    ),
    "operator:withdraw_analyst_invitation": Entry({"pk": "analyst_invitation"}, {"pk": _OPERATORS_SEE_ALL}),
    "operator:organisations": of(),
    "operator:correct_organisation": Entry({"pk": "organisation"}, {"pk": _ORGANISATIONS_ARE_PUBLIC}),
    # Nobody has opened a link in this session.
    "invitation:accept": Entry(status=404),
    "invitation:open": of(token="token"),
    "people:list": of(),
    "people:invite": of(),
    "people:change_role": of(pk="membership"),
    "people:end": of(pk="membership"),
    "people:resend": form_only(pk="invitation"),
    "people:withdraw": of(pk="invitation"),
    "people:partners": of(),
    "people:find_partner": of(),
    "people:new_partner": of(),
    "people:add_partner": Entry({"pk": "organisation"}, {"pk": _ORGANISATIONS_ARE_PUBLIC}),
    "people:own_organisations": of(),
    "people:correct_partner": of(pk="partnership"),
    "people:end_partnership": of(pk="partnership"),
}
