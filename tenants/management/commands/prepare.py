"""Make everything ready to serve; `make run` calls it before it starts the servers."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import create_user
from accounts.models import User
from kernel.access import Actor
from kernel.keeper import ensure_key_file
from kernel.texts import compile_catalogues
from tenants.preparing import DatabaseAway, DatabaseMissing, bring_territories, wait_for_database

OPERATOR = "operator@siedem.local"


class Command(BaseCommand):
    help = (
        "Wait for the database (and make it on a local machine), migrate everything, load territories, compile "
        "translations. On a local machine load the demo too, or with DEMO=0 make one operator. Cheap to run again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--wait", type=float, default=60.0, metavar="SECONDS", help="how long to wait (60)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        compile_catalogues(settings.ROOT)
        if settings.LOCAL and settings.SEAL_KEY_FILE:
            ensure_key_file(Path(settings.SEAL_KEY_FILE))
        try:
            wait_for_database(may_create=settings.LOCAL, seconds=options["wait"])
        except DatabaseAway as error:
            raise CommandError(
                f"The database did not answer within {options['wait']:.0f} seconds. Check DATABASE_URL and that the "
                "server runs, then start again."
            ) from error
        except DatabaseMissing as error:
            raise CommandError(
                "The database of DATABASE_URL does not exist. Create it on the server, then start again."
            ) from error
        if settings.WEB_DATABASE_ROLE:
            # Before tables are made, which give it its rights.
            call_command("grant_web_role", make_only=True, verbosity=options["verbosity"], stdout=self.stdout)
        try:
            call_command(
                "migrate_tenants", verbosity=options["verbosity"], stdout=self.stdout, stderr=self.stderr
            )
        except CommandError:
            # A tenant that could not be migrated waits; what is shared is migrated and serves everybody else.
            self._grant(options["verbosity"])
            raise
        self._grant(options["verbosity"])
        bring_territories()
        if not settings.LOCAL:
            return
        if settings.DEMO:
            call_command("load_demo", verbosity=options["verbosity"], stdout=self.stdout, stderr=self.stderr)
        else:
            self._make_operator()

    def _grant(self, verbosity: int) -> None:
        """Give the roles under which pages work their rights with all that was migrated."""
        if settings.REGION_DATABASE_ROLE or settings.OPEN_DATABASE_ROLE:
            call_command("grant_region_role", verbosity=verbosity, stdout=self.stdout)
        if settings.WEB_DATABASE_ROLE:
            call_command("grant_web_role", verbosity=verbosity, stdout=self.stdout)

    def _make_operator(self) -> None:
        """One operator on an empty platform; the password is shown now and never again."""
        if User.objects.exists():
            return
        password = secrets.token_urlsafe(15)
        create_user(
            email=OPERATOR,
            full_name="Operator",
            password=password,
            is_operator=True,
            actor=Actor.system("prepare"),
        )
        self.stdout.write(
            f"\nOperator: {OPERATOR}\nPassword: {password}\nShown once: change it after signing in.\n"
        )
