"""Put a tenant back to what an archive holds, or only show that it could be."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import forget_kept, rehearse_restoration, restore_tenant
from tenants.archives.envelope import identities_in
from tenants.migrating import behind
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Read an archive into a schema beside the living one, compare every row, file and entry of the record with "
        "the signed list, and put it in the tenant's place; what the tenant was until now is set aside, not written "
        "over. The tenant must be suspended. --rehearse only compares and changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="the archive")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="the private key, made by age-keygen"
        )
        parser.add_argument("--rehearse", action="store_true", help="compare only")
        parser.add_argument("--reason", default="", help="why; it stays in the record of actions")
        parser.add_argument(
            "--forget",
            nargs=2,
            metavar=("SLUG", "SCHEMA"),
            help="remove for good what a restoration set aside",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("restore_tenant")
        try:
            if options["forget"]:
                self._forget(*options["forget"], actor=actor)
                return
            if not options["file"] or not options["identity"]:
                raise CommandError("Name the archive, and with --identity the file of the key that opens it.")
            if not options["file"].is_file() or not options["identity"].is_file():
                raise CommandError("The archive or the file of the key is not there.")
            identities = identities_in(options["identity"])
            if options["rehearse"]:
                self._rehearse(options["file"], identities)
            else:
                self._restore(options["file"], identities, options["reason"], actor)
        except DomainError as error:
            for problem in error.problems:
                self.stderr.write(str(problem.message))
            raise CommandError(str(error)) from error

    def _rehearse(self, path: Path, identities: list[Any]) -> None:
        brought = rehearse_restoration(path, identities)
        for one in brought.wrong:
            self.stderr.write(one)
        if brought.wrong:
            raise CommandError(f"{len(brought.wrong)} differences: this archive must not be relied on.")
        manifest = brought.manifest
        self.stdout.write(
            f"{manifest.name} as of {manifest.taken_at} can be restored: {len(manifest.tables)} tables, "
            f"{len(manifest.files)} files and {manifest.entries} entries of the record are as they were written."
        )

    def _restore(self, path: Path, identities: list[Any], reason: str, actor: Actor) -> None:
        restored = restore_tenant(path, identities, reason=reason, actor=actor)
        tenant, manifest = restored.tenant, restored.manifest
        self.stdout.write(
            f"{tenant.name} is again what it was at {manifest.taken_at}; {restored.files} files were put back."
        )
        for key in manifest.missing:
            self.stdout.write(f"The archive never had the file {key}.")
        if restored.kept:
            self.stdout.write(
                f"What it was until now is in the schema {restored.kept}; when nobody needs it any more: "
                f"manage.py restore_tenant --forget {tenant.slug} {restored.kept}"
            )
        if tenant in behind():
            self.stdout.write("The archive is of an older version: run manage.py migrate_tenants.")
        self.stdout.write(
            f"Look at it, then let people in: manage.py suspend_tenant {tenant.slug} --resume"
            if not tenant.is_active
            else "Its people may enter."
        )

    def _forget(self, slug: str, schema: str, *, actor: Actor) -> None:
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            raise CommandError(f"There is no tenant at /{slug}/.")
        forget_kept(tenant, schema, actor=actor)
        self.stdout.write(f"{schema} is gone for good.")
