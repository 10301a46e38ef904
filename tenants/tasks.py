"""Work of tenants that is handed over: mails of invitations and what the clock starts."""

from datetime import timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from audit.actions import record
from kernel.access import Actor
from kernel.tenancy import public_scope, require_tenant, tenant_scope
from tenants import notices
from tenants.models import Invitation, Membership, Partnership, Tenant
from tenants.rules.invitations import KEPT_DAYS, hash_of, new_token

log = structlog.get_logger(__name__)
_PATIENCE = timedelta(minutes=5)


@shared_task(
    name="tenants.send_invitation",
    autoretry_for=(SMTPException, OSError),
    retry_backoff=30,
    retry_kwargs={"max_retries": 5},
)
def send_invitation(invitation_id: str) -> None:
    """Make a link, send it and keep its hash. Run again it sends a new link, and the one before stops working."""
    tenant = require_tenant()
    with transaction.atomic():
        invitation = (
            Invitation.objects.waiting()
            .select_for_update(skip_locked=True)
            .filter(pk=UUID(invitation_id), tenant_id=tenant.pk, sent_at__isnull=True)
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
        send_invitation.apply_async(args=[str(pk)], headers={"_schema_name": schema_name})
    return len(waiting)


@shared_task(name="tenants.expire_invitations")
def expire_invitations() -> int:
    """Erase invitations that ran out or were withdrawn over thirty days ago, with the address they hold."""
    limit = timezone.now() - timedelta(days=KEPT_DAYS)
    with public_scope():
        tenants = list(
            Tenant.objects.filter(
                invitations__accepted_at__isnull=True, invitations__expires_at__lt=limit
            ).distinct()
        )
    return sum(_erase_old(tenant, limit) for tenant in tenants)


def _erase_old(tenant: Tenant, limit: Any) -> int:
    with tenant_scope(tenant), transaction.atomic():
        old = Invitation.objects.filter(tenant=tenant, accepted_at__isnull=True, expires_at__lt=limit)
        ids = list(old.select_for_update().values_list("pk", flat=True))
        Invitation.objects.filter(pk__in=ids).delete()
        record(
            "erase_invitations",
            actor=Actor.system("clock"),
            subject_type="tenant",
            subject_id=tenant.pk,
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
