"""Mails of tenants."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from tenants.models import Invitation


def _language_of(email: str) -> str:
    """What the person chose, where they have an account; Polish otherwise."""
    known = User.objects.filter(email__iexact=email).values_list("language", flat=True).first()
    return known or settings.LANGUAGE_CODE


def send_invitation(invitation: Invitation, token: str) -> None:
    """Send the link of an invitation. Raises SMTPException or OSError where the mail server is away."""
    context = {
        "invitation": invitation,
        "tenant": invitation.tenant,
        "url": settings.SITE_URL.rstrip("/") + reverse("invitation:open", args=[token]),
    }
    with translation.override(_language_of(invitation.email)):
        subject = render_to_string("tenants/mail/invitation_subject.txt", context).strip()
        body = render_to_string("tenants/mail/invitation_body.txt", context)
        send_mail(" ".join(subject.split()), body, None, [invitation.email])
