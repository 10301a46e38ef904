"""Permission names of tenants and the platform, and who may give which role."""

from collections.abc import Iterable
from uuid import UUID

from kernel.access import Access
from kernel.permissions import register
from tenants.roles import NGO_ROLES, OPERATOR, UNIT_ROLES, Role

ENTER = register("tenants.enter", roles=UNIT_ROLES | NGO_ROLES)
MANAGE_PEOPLE = register("tenants.manage_people", roles={Role.DIRECTOR, Role.NGO_MANAGER})
MANAGE_PARTNERS = register("tenants.manage_partners", roles={Role.DIRECTOR})
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
