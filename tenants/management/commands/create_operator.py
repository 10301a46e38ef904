"""Make the first operator of an installation, who then makes tenants and other people."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.actions import create_user
from accounts.models import User
from kernel.access import Actor
from kernel.errors import DomainError


class Command(BaseCommand):
    help = (
        "Make an operator: who sets up tenants, and sees no personal data of theirs. A password is set by “forgotten "
        "password” on the sign-in page, a second factor at the first sign-in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the operator's e-mail address")
        parser.add_argument("name", help="full name")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["name"].strip():
            raise CommandError(_("Give the full name of the operator after the address."))
        if User.objects.filter(email__iexact=options["email"].strip()).exists():
            raise CommandError(_("Somebody has an account with this address already; give another one."))
        try:
            create_user(
                email=options["email"],
                full_name=options["name"],
                password=None,
                is_operator=True,
                actor=Actor.system("create_operator"),
            )
        except DomainError as error:
            raise CommandError(" ".join(str(problem.message) for problem in error.problems)) from error
        self.stdout.write(
            "Done: an operator, who now sets a password by “forgotten password” on the sign-in page."
        )
