"""Roles of members: changed and ended, never without a director left."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from kernel.validation import require_valid
from tenants.actions.separation import require_one_side
from tenants.models import Membership, Organisation, Tenant
from tenants.roles import Role


def _lock(membership: Membership) -> Membership:
    """The membership, with every change of roles in its tenant waiting: two cannot both end the other director."""
    Tenant.objects.select_for_update(no_key=True).get(pk=membership.tenant_id)
    locked = Membership.objects.select_related("user", "tenant").get(pk=membership.pk)
    if locked.ended_at:
        raise DomainError("membership_ended", _("This membership has ended already."))
    return locked


def _require_director_left(membership: Membership) -> None:
    others = (
        Membership.objects.current()
        .filter(tenant=membership.tenant, role=Role.DIRECTOR, user__is_active=True)
        .exclude(pk=membership.pk)
    )
    if membership.role == Role.DIRECTOR and not others.exists():
        raise DomainError(
            "last_director",
            _("%(name)s is the only director of the unit. Make somebody else a director first.")
            % {"name": membership.user.full_name},
        )


def end_membership(membership: Membership, *, actor: Actor) -> Membership:
    """Take the role from the person from now on. Raises DomainError `last_director`, `membership_ended`."""
    with tenant_scope(membership.tenant), transaction.atomic():
        locked = _lock(membership)
        _require_director_left(locked)
        locked.ended_at = timezone.now()
        locked.save(update_fields=["ended_at"])
        record(
            "end_membership",
            actor=actor,
            subject_type="membership",
            subject_id=locked.pk,
            payload={"user": locked.user_id, "role": locked.role, "organisation": locked.organisation_id},
        )
    return locked


def change_role(
    membership: Membership, *, role: str, organisation: Organisation | None = None, actor: Actor
) -> Membership:
    """Give the person another role: the old membership ends and a new one begins, so that both stay known.

    Raises DomainError `same_role`, `last_director`, `membership_ended` or `invalid`.
    """
    with tenant_scope(membership.tenant), transaction.atomic():
        locked = _lock(membership)
        if (locked.role, locked.organisation_id) == (role, organisation.pk if organisation else None):
            raise DomainError(
                "same_role",
                _("The person has this role already. Choose another role."),
                field="role",
                value=role,
            )
        require_one_side(locked.tenant, locked.user.email, role, leaving=locked)
        if role != Role.DIRECTOR:
            _require_director_left(locked)
        locked.ended_at = timezone.now()
        locked.save(update_fields=["ended_at"])
        successor = Membership(user=locked.user, tenant=locked.tenant, role=role, organisation=organisation)
        require_valid(successor)
        successor.save()
        record(
            "change_role",
            actor=actor,
            subject_type="membership",
            subject_id=successor.pk,
            payload={
                "user": locked.user_id,
                "before": {"role": locked.role, "organisation": locked.organisation_id},
                "after": {"role": role, "organisation": successor.organisation_id},
            },
        )
    return successor
