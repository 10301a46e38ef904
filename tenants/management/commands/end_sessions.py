"""Sign people out wherever they are signed in."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import end_sessions
from accounts.models import User
from kernel.access import Actor
from kernel.errors import DomainError


class Command(BaseCommand):
    help = (
        "End every session of accounts, as after a stolen phone or computer. Password and second factor stay as they "
        "are; what a phone keeps and has not sent is sent after its owner signs in again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("emails", nargs="*", metavar="email", help="e-mail addresses of the accounts")
        parser.add_argument("--all", action="store_true", help="everybody who is signed in")
        parser.add_argument("--reason", required=True, help="why, for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        emails = {email.strip().lower() for email in options["emails"]}
        if bool(emails) == options["all"]:
            raise CommandError("Name the accounts, or say --all.")
        signed_in = UserSession.objects.values("user")
        chosen = {"pk__in": signed_in} if options["all"] else {"email__in": emails}
        users = list(User.objects.filter(**chosen).order_by("pk"))
        if unknown := sorted(emails - {user.email for user in users}):
            raise CommandError(f"There is no account of: {', '.join(unknown)}.")
        actor = Actor.system("end_sessions")
        try:
            ended = [end_sessions(user, reason=options["reason"], actor=actor) for user in users]
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{sum(ended)} sessions of {sum(map(bool, ended))} accounts ended.")
