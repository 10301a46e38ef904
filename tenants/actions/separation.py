"""Nobody works on both sides in one tenant: for the social unit and for an organisation that it controls."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import DomainError
from tenants.models import Membership, Tenant
from tenants.roles import NGO_ROLES


def require_one_side(tenant: Tenant, email: str, role: str, *, leaving: Membership | None = None) -> None:
    """Refuse a role on the other side than the roles that the person holds in the tenant, but for the one they leave.

    Raises DomainError `both_sides`.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        return
    held = Membership.objects.current().filter(user=user, tenant=tenant)
    if leaving is not None:
        held = held.exclude(pk=leaving.pk)
    if any((other in NGO_ROLES) != (role in NGO_ROLES) for other in held.values_list("role", flat=True)):
        raise DomainError(
            "both_sides",
            _(
                "%(name)s works on the other side here: nobody may work for the social unit and for an organisation "
                "it controls in one tenant. End the other role first."
            )
            % {"name": user.full_name},
            field="role",
            value=role,
        )
