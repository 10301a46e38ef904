"""Mails of the interface."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

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
    context = {
        "webhook": webhook,
        "tenant": tenant,
        "url": settings.SITE_URL.rstrip("/") + tenant_url("exchange:webhook", webhook.pk),
    }
    people = User.objects.filter(pk__in=members.values("user_id")).order_by("email")
    for person in people:
        with translation.override(person.language or settings.LANGUAGE_CODE):
            subject = render_to_string("exchange/mail/switched_off_subject.txt", context)
            body = render_to_string("exchange/mail/switched_off_body.txt", context)
            send_mail(" ".join(subject.split()), body, None, [person.email])
    return len(people)
