"""Make a person a regional analyst, or end it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import dismiss_analyst, find_analyst, name_analyst


class Command(BaseCommand):
    help = (
        "Make a person an analyst of a voivodeship: sums of its tenants, never a person. Who has no account gets one "
        "and sets a password by “forgotten password” on the sign-in page. --dismiss ends it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("voivodeship", help="two digits of TERC, such as 32")
        parser.add_argument("email", help="the person's e-mail address")
        parser.add_argument("--name", default="", help="full name, needed for a new account")
        parser.add_argument("--dismiss", action="store_true", help="end the person's being an analyst")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("name_analyst")
        try:
            if options["dismiss"]:
                found = find_analyst(email=options["email"], voivodeship=options["voivodeship"])
                if found is None:
                    raise CommandError(_("This person is no analyst of this voivodeship."))
                dismiss_analyst(found, actor=actor)
                self.stdout.write("Done: the person is no analyst of this voivodeship any more.")
            else:
                named = name_analyst(
                    email=options["email"],
                    full_name=options["name"],
                    voivodeship=options["voivodeship"],
                    actor=actor,
                )
                self.stdout.write(f"Done: an analyst of {named.voivodeship.name.lower()}.")
        except DomainError as error:
            raise CommandError(" ".join(str(problem.message) for problem in error.problems)) from error
