"""Work of tenants that is handed over: mails of invitations and what the clock starts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from audit.actions import record
from audit.checkpoints import take_checkpoint
from documents.tasks import hand_over_waiting
from kernel import measures
from kernel.access import Actor
from kernel.background import UNTIL_SENT
from kernel.tenancy import PUBLIC, public_scope, require_tenant, tenant_scope
from tenants import notices
from tenants.everywhere import in_every_tenant
from tenants.models import Invitation, InvitationQuerySet, Membership, Partnership, Tenant
from tenants.rules.invitations import KEPT_DAYS, hash_of, new_token

log = structlog.get_logger(__name__)
_PATIENCE = timedelta(minutes=5)


@shared_task(name="tenants.send_invitation", **UNTIL_SENT)
def send_invitation(invitation_id: str) -> None:
    """Make a link, send it and keep its hash. Run again it sends a new link, and the one before stops working."""
    _send(invitation_id, Invitation.objects.filter(tenant_id=require_tenant().pk))


@shared_task(name="tenants.send_analyst_invitation", **UNTIL_SENT)
def send_analyst_invitation(invitation_id: str) -> None:
    """The same for an invitation to a voivodeship, which belongs to no tenant."""
    with public_scope():
        _send(invitation_id, Invitation.objects.filter(tenant__isnull=True))


def _send(invitation_id: str, invitations: InvitationQuerySet) -> None:
    with transaction.atomic():
        invitation = (
            invitations.waiting()
            .select_for_update(skip_locked=True)
            .filter(pk=UUID(invitation_id), sent_at__isnull=True)
            .first()
        )
        if invitation is None:
            return
        token = new_token()
        invitation.token_hash = hash_of(token)
        invitation.sent_at = timezone.now()
        invitation.save(update_fields=["token_hash", "sent_at"])
        # Inside the transaction: a mail that cannot be sent leaves the invitation waiting.
        notices.send_invitation(invitation, token)


@shared_task(name="tenants.send_waiting_invitations")
def send_waiting_invitations() -> int:
    """Hand over again what was not sent, because the queue or the mail server was away; returns how many."""
    with public_scope():
        waiting: list[Any] = list(
            Invitation.objects.waiting()
            .filter(
                sent_at__isnull=True, expires_at__gt=timezone.now(), created_at__lt=timezone.now() - _PATIENCE
            )
            .values_list("pk", "tenant__schema_name")
        )
    for pk, schema_name in waiting:
        task = send_invitation if schema_name else send_analyst_invitation
        task.apply_async(args=[str(pk)], headers={"_schema_name": schema_name or PUBLIC})
    return len(waiting)


@shared_task(name="tenants.expire_invitations")
def expire_invitations() -> int:
    """Erase invitations that ran out or were withdrawn over thirty days ago, with the address they hold."""
    limit = timezone.now() - timedelta(days=KEPT_DAYS)
    old = Invitation.objects.filter(accepted_at__isnull=True, expires_at__lt=limit)
    with public_scope():
        tenants = list(Tenant.objects.filter(invitations__in=old).distinct())
    return _erase_old(None, limit) + sum(_erase_old(tenant, limit) for tenant in tenants)


def _erase_old(tenant: Tenant | None, limit: datetime) -> int:
    with tenant_scope(tenant) if tenant else public_scope(), transaction.atomic():
        old = Invitation.objects.filter(tenant=tenant, accepted_at__isnull=True, expires_at__lt=limit)
        ids = list(old.select_for_update().values_list("pk", flat=True))
        if not ids:
            return 0
        Invitation.objects.filter(pk__in=ids).delete()
        record(
            "erase_invitations",
            actor=Actor.system("clock"),
            subject_type="tenant" if tenant else "invitation",
            subject_id=tenant.pk if tenant else "",
            payload={"invitations": ids},
        )
    return len(ids)


@shared_task(name="tenants.close_ended_partnerships")
def close_ended_partnerships() -> int:
    """End the memberships of organisations whose partnership with the tenant is over; returns how many."""
    with public_scope():
        over = list(Partnership.objects.over().select_related("tenant"))
    return sum(end_memberships_of(partnership, actor=Actor.system("clock")) for partnership in over)


def end_memberships_of(partnership: Partnership, *, actor: Actor) -> int:
    """End the roles of the organisation's people in the tenant; returns how many."""
    with tenant_scope(partnership.tenant), transaction.atomic():
        rows = list(
            Membership.objects.current()
            .select_for_update()
            .filter(tenant=partnership.tenant, organisation_id=partnership.organisation_id)
        )
        for membership in rows:
            membership.ended_at = timezone.now()
            membership.save(update_fields=["ended_at"])
            record(
                "end_membership",
                actor=actor,
                subject_type="membership",
                subject_id=membership.pk,
                payload={
                    "user": membership.user_id,
                    "role": membership.role,
                    "organisation": membership.organisation_id,
                    "because": "end_partnership",
                },
            )
    return len(rows)


@shared_task(name="tenants.keep_checkpoints")
def keep_checkpoints() -> int:
    """Note outside the database how far the records of the platform and of all tenants have come; returns how many."""
    with public_scope():
        platform = take_checkpoint()
    return int(platform) + in_every_tenant(lambda: int(take_checkpoint()))


@shared_task(name="tenants.measure")
def measure() -> int:
    """Measure every tenant for those who watch the installation; returns how many."""
    figures: dict[str, dict[str, int]] = {}

    def measured() -> int:
        figures[require_tenant().slug] = measures.figures_here()
        return 1

    with public_scope():
        figures[measures.PLATFORM] = measures.figures_here(of_platform=True)
    done = in_every_tenant(measured)
    measures.keep(figures)
    return done


def invitations_unsent() -> int:
    """Invitations that stand and were not mailed; in public."""
    return Invitation.objects.waiting().filter(sent_at__isnull=True, expires_at__gt=timezone.now()).count()


@shared_task(name="tenants.scan_waiting_files")
def scan_waiting_files() -> int:
    """Hand over again, in every tenant, files that no scanner has looked at; returns how many."""
    return in_every_tenant(hand_over_waiting)
