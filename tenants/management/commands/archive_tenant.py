"""Write a tenant into one encrypted file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import archive_tenant
from tenants.archives.envelope import recipients_of
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Write all that is a tenant's, its tables, files and rows about it, into one file that only the holders of the "
        "identities named in ARCHIVE_RECIPIENTS (or with --recipient) can open. All of it is of one instant."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the first part of the tenant's addresses")
        parser.add_argument("file", type=Path, help="a file that is not there yet")
        parser.add_argument(
            "--recipient",
            action="append",
            metavar="AGE1…",
            help="a public key; instead of ARCHIVE_RECIPIENTS",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant at /{options['slug']}/.")
        try:
            recipients = recipients_of(options["recipient"] or settings.ARCHIVE_RECIPIENTS)
            missing = self.write(tenant, options["file"], recipients)
        except DomainError as error:
            raise CommandError(str(error)) from error
        for key in missing:
            self.stderr.write(f"NOT in the file, missing or damaged in the store: {key}")
        if missing:
            raise CommandError(f"{len(missing)} files are not in it; the rest is.")

    def write(self, tenant: Tenant, path: Path, recipients: list[Any]) -> list[str]:
        """Write the file, say what is in it, and give the keys of files that are not."""
        manifest = archive_tenant(tenant, path, recipients, actor=Actor.system("archive_tenant"))
        rows = sum(table.rows for table in manifest.tables.values())
        self.stdout.write(
            f"{manifest.name} as of {manifest.taken_at}: {rows} rows of {len(manifest.tables)} tables, "
            f"{len(manifest.files)} files, record of actions until entry {manifest.entries}."
        )
        return manifest.missing
