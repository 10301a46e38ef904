"""Load the TERC register from a file of GUS."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import load_territories
from tenants.territory_files import newest_bundled


class Command(BaseCommand):
    help = (
        "Load territories from a TERC file (CSV with semicolons, from eteryt.stat.gov.pl). A newer file updates names "
        "and retires codes it lacks; the same file changes nothing. Without FILE the bundled register is loaded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, metavar="FILE", help="the file; default: the bundled one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"] or newest_bundled()
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            loaded = load_territories(content, actor=Actor.system("load_territories"))
        except DomainError as error:
            lines = [str(problem.message) for problem in error.problems]
            raise CommandError(
                "\n".join([str(error.message), *[line for line in lines if line != str(error.message)]])
            ) from error
        self.stdout.write(
            f"Territories of {loaded.as_of}: {loaded.added} added, {loaded.changed} changed, "
            f"{loaded.retired} retired, {loaded.unchanged} as they were."
        )
