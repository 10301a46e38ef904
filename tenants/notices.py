"""Mails of tenants."""

from django.urls import reverse

from accounts.mailing import mail_address
from tenants.models import Invitation


def send_invitation(invitation: Invitation, token: str) -> None:
    """Send the link of an invitation. Raises SMTPException or OSError where the mail server is away."""
    mail_address(
        invitation.email,
        "tenants/mail/invitation",
        {"invitation": invitation, "tenant": invitation.tenant},
        path=reverse("invitation:open", args=[token]),
    )
