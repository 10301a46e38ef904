"""Mails of the interface."""

from accounts.mailing import mail_people
from accounts.models import User
from kernel import permissions
from kernel.tenancy import require_tenant
from reporting.exchange.models import Webhook
from reporting.exchange.permissions import MANAGE_WEBHOOKS
from tenants.addresses import tenant_url
from tenants.models import Membership


def tell_switched_off(webhook: Webhook) -> int:
    """Write to everybody who may switch it on again; returns how many. Raises SMTPException or OSError."""
    tenant = require_tenant()
    members = Membership.objects.in_force().filter(
        tenant_id=tenant.pk,
        organisation_id=webhook.organisation_id,
        role__in=permissions.known()[MANAGE_WEBHOOKS],
    )
    return mail_people(
        User.objects.filter(pk__in=members.values("user_id")).order_by("email"),
        "exchange/mail/switched_off",
        {"webhook": webhook, "tenant": tenant},
        path=tenant_url("exchange:webhook", webhook.pk),
    )
