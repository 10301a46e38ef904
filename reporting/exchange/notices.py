"""Mails of the interface."""

from accounts.mailing import mail_people
from kernel.tenancy import require_tenant
from reporting.exchange.models import Webhook
from reporting.exchange.permissions import MANAGE_WEBHOOKS
from tenants.access import people_who_may
from tenants.addresses import tenant_url


def tell_switched_off(webhook: Webhook) -> int:
    """Write to everybody who may switch it on again; returns how many. Raises SMTPException or OSError."""
    return mail_people(
        people_who_may(MANAGE_WEBHOOKS, webhook.organisation_id),
        "exchange/mail/switched_off",
        {"webhook": webhook, "tenant": require_tenant()},
        path=tenant_url("exchange:webhook", webhook.pk),
    )
