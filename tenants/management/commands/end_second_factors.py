"""Take second factors off whose secrets somebody else may know."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import end_second_factors
from accounts.models import User
from kernel.access import Actor
from kernel.errors import DomainError


class Command(BaseCommand):
    help = (
        "Take the codes of apps and of recovery off accounts and end their sessions, as after a stolen master key or a "
        "lost phone; passkeys stay. Whoever signs in next with the password sets codes up anew: tell people first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("emails", nargs="*", metavar="email", help="e-mail addresses of the accounts")
        parser.add_argument("--all", action="store_true", help="every account that has codes")
        parser.add_argument("--reason", required=True, help="why, for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        emails = {email.strip().lower() for email in options["emails"]}
        if bool(emails) == options["all"]:
            raise CommandError("Name the accounts, or say --all.")
        codes = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
        chosen = {"pk__in": codes.values("user")} if options["all"] else {"email__in": emails}
        users = list(User.objects.filter(**chosen).order_by("pk"))
        if unknown := sorted(emails - {user.email for user in users}):
            raise CommandError(f"There is no account of: {', '.join(unknown)}.")
        actor = Actor.system("end_second_factors")
        try:
            ended = [end_second_factors(user, reason=options["reason"], actor=actor) for user in users]
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{sum(map(bool, ended))} accounts have no codes any more and are signed out.")
