"""How allauth behaves here: accounts come from invitations, never from open sign-up."""

from collections.abc import Sequence
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.idle import is_phone
from accounts.models import User
from accounts.trail import note_ended_sessions, note_failed_sign_in, note_sign_in, note_sign_out
from kernel import crypto
from kernel.callers import caller_of
from kernel.outage import MailServerAway


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up: an account is made by accepting an invitation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The e-mail or the password is wrong. Check both; if you forgot the password, set a new one by a link."
        ),
        "incorrect_password": _("The password is wrong. Type it once more."),
        "enter_current_password": _("This is not your present password. Type it once more."),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes, then try again."),
        "account_inactive": _("This account is closed. Ask whoever invited you."),
    }

    def login(self, request: Any, user: User) -> None:
        steps = get_authentication_records(request, user)
        # Both or neither: nobody is let in of whom the record does not tell.
        with transaction.atomic():
            if is_phone(request.session):
                # Django gives a new key only to a session in which nobody is signed in.
                request.session.cycle_key()
            note_sign_in(user, [str(step.get("type") or step["method"]) for step in steps])
            super().login(request, user)

    def logout(self, request: Any) -> None:
        note_sign_out(request.user)
        super().logout(request)

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        user = User.objects.filter(email__iexact=credentials.get("email") or "").first()
        note_failed_sign_in(user, "password")

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_client_ip(self, request: Any) -> str:
        return str(caller_of(request) or super().get_client_ip(request))

    def format_email_subject(self, subject: str) -> str:
        return f"Siedem: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            raise MailServerAway from error

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        # allauth looks in its own table of addresses, where an account made by a command may have no row.
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names the person in authenticator apps by e-mail and keeps secrets encrypted."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong or has run out. Type the one that the app shows now."),
    }

    def get_totp_label(self, user: User) -> str:
        return str(user.email)

    def encrypt(self, text: str) -> str:
        return crypto.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unseal(encrypted_text)


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Ends own sessions from their list, on record."""

    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        super().end_sessions(sessions)
        if sessions:
            note_ended_sessions(sessions[0].user, len(sessions))
