"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.models import Authenticator

        from accounts import idle, trail
        from accounts.models import User
        from kernel.master_keys import seals
        from kernel.region_role import allow

        trail.listen()
        idle.listen()
        # Whose a report is, and in which language it is written.
        allow(User, without=("password",))
        # What the adapter encrypts: secrets of apps with codes, and what recovery codes are made of.
        seals(
            Authenticator,
            "data",
            of="second factors",
            named_by="user_id",
            within=("secret", "seed", "migrated_codes"),
            at_once=100,
        )
