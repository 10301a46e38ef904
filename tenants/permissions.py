"""Permission names of tenants and the platform, and who may give which role."""

from collections.abc import Iterable
from uuid import UUID

from kernel.access import Access
from kernel.permissions import register
from tenants.models import Organisation, Partnership, Tenant
from tenants.roles import NGO_ROLES, OPERATOR, UNIT_ROLES, Role

ENTER = register("tenants.enter", roles=UNIT_ROLES | NGO_ROLES)
MANAGE_PEOPLE = register("tenants.manage_people", roles={Role.DIRECTOR, Role.NGO_MANAGER})
MANAGE_PARTNERS = register("tenants.manage_partners", roles={Role.DIRECTOR})
CORRECT_ORGANISATIONS = register("tenants.correct_organisations", roles={Role.DIRECTOR, Role.NGO_MANAGER})
# An operator shows no persons in care, but a stolen password would open every tenant through a first director.
OPERATE = register("tenants.operate", roles={OPERATOR}, personal_data=True)


def roles_to_give(access: Access) -> list[Role]:
    """The roles that the person may give to others, in their order: a manager gives those of an organisation only."""
    if not access.may(MANAGE_PEOPLE):
        return []
    return [role for role in Role if access.sees_all_organisations or role in NGO_ROLES]


def may_give_for(access: Access, organisation_ids: Iterable[UUID]) -> list[UUID]:
    """Of these organisations, those for which the person may give roles."""
    return [
        organisation_id
        for organisation_id in organisation_ids
        if access.organisation_ids is None or organisation_id in access.organisation_ids
    ]


_NUMBERS = frozenset({"nip", "regon", "krs"})
_DESCRIPTION = frozenset({"name", "legal_form", "address"})


def fields_to_correct(organisation: Organisation, tenant: Tenant | None, access: Access) -> frozenset[str]:
    """The fields of the organisation that the person may correct: an organisation belongs to all tenants together.

    The operator corrects everything. While no other tenant has ever worked with it, so do the director and the
    organisation's manager in that one tenant: most corrections are typing errors of the first days. Once it is shared,
    its manager still corrects how it is called and where it sits; a director does not, since another tenant's contracts
    carry the name; and its numbers, by which everybody finds it, are left to the operator, since any director can name
    a manager.
    """
    if access.may(OPERATE):
        return _NUMBERS | _DESCRIPTION
    if tenant is None or not access.may(CORRECT_ORGANISATIONS):
        return frozenset()
    if not may_give_for(access, [organisation.pk]):
        return frozenset()
    if not Partnership.objects.filter(organisation=organisation).exclude(tenant=tenant).exists():
        return _NUMBERS | _DESCRIPTION
    return frozenset() if access.sees_all_organisations else _DESCRIPTION
