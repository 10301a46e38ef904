"""How allauth behaves here: accounts come from invitations, never from open sign-up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up: an account is made by accepting an invitation."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names the person in authenticator apps by e-mail."""

    def get_totp_label(self, user: Any) -> str:
        return str(user.email)
