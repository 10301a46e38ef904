"""The unit's people by name: those who may own a step or a measure, and those of some roles."""

from collections.abc import Collection
from uuid import UUID

from kernel.polish import in_order
from kernel.tenancy import require_tenant
from tenants.models import Membership
from tenants.roles import UNIT_ROLES, Role

_OWNERS = UNIT_ROLES - {Role.COMMITTEE_MEMBER, Role.PRIVACY_OFFICER}


def unit_people() -> list[tuple[UUID, str]]:
    """(id, name) of everybody who has a role in the unit now, by name; one query."""
    return people_of(_OWNERS)


def people_of(roles: Collection[str]) -> list[tuple[UUID, str]]:
    """(id, name) of everybody who has one of these roles of the unit now, by name; one query."""
    rows = (
        Membership.objects.current()
        .filter(tenant_id=require_tenant().pk, role__in=sorted(roles))
        .order_by(in_order("user__full_name"), "user_id")
        .values_list("user_id", "user__full_name", "user__email")
    )
    return list({user_id: name or email for user_id, name, email in rows}.items())
