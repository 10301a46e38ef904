"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"

    def ready(self) -> None:
        from accounts import idle, trail
        from accounts.models import User
        from kernel.region_role import allow

        trail.listen()
        idle.listen()
        # Whose a report is, and in which language it is written.
        allow(User, without=("password",))
