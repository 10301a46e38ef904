"""Who may work as an interventionist: in the unit itself, or in an organisation."""

from uuid import UUID

from django.db.models import Q

from kernel.polish import in_order
from kernel.tenancy import require_tenant
from reporting.crisis.permissions import INTERVENTIONIST_ROLES
from tenants.models import Membership


def interventionists(organisation_id: UUID | None) -> list[tuple[UUID, str]]:
    """(id, name) of everybody whose role lets them work on cases of the organisation, or of the unit where it is
    None, by name; one query."""
    rows = (
        Membership.objects.in_force()
        .filter(
            tenant_id=require_tenant().pk,
            role__in=sorted(INTERVENTIONIST_ROLES),
        )
        .filter(Q(organisation_id=organisation_id) if organisation_id else Q(organisation__isnull=True))
        .order_by(in_order("user__full_name"), "user_id")
        .values_list("user_id", "user__full_name", "user__email")
    )
    return list({user_id: name or email for user_id, name, email in rows}.items())
