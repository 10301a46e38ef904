"""Compile the translations of all apps; only those that changed, unless told otherwise."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from kernel.texts import compile_catalogues


class Command(BaseCommand):
    help = "Compile translations (.po to .mo) that changed since they were compiled."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="compile all, changed or not")

    def handle(self, *args: Any, **options: Any) -> None:
        written = compile_catalogues(settings.ROOT, all_anew=options["all"])
        if options["verbosity"] > 1:
            for path in written:
                self.stdout.write(str(path.relative_to(settings.ROOT)))
