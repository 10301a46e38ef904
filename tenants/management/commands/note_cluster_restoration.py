"""Tell every record of actions that the whole cluster was put back to a moment."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import note_cluster_restoration


class Command(BaseCommand):
    help = (
        "After infra/backup.py restore: note in the record of the platform and of every tenant to which moment all "
        "was put back, so that checkpoints taken since then are known to tell of what was set aside. Run it before "
        "anybody works again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="MOMENT", help="as it was given to restore")
        parser.add_argument("--reason", required=True, help="why; it stays in the record of actions")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moment = datetime.fromisoformat(options["to"])
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise CommandError("Name the moment with its offset from UTC, such as 2026-11-23T14:05:00+01:00.")
        reason = options["reason"].strip()
        if not reason:
            raise CommandError("Write the reason: it stays in the record of actions.")
        try:
            tenants = note_cluster_restoration(
                moment, reason=reason, actor=Actor.system("note_cluster_restoration")
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Noted for the platform and {len(tenants)} tenants. Now run manage.py verify_audit."
        )
