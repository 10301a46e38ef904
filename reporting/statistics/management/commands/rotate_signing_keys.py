"""Replace the keys by which tenants sign the figures that they send."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import require_tenant
from reporting.statistics.actions.rotating import rotate_key
from reporting.statistics.models import SigningKey
from tenants.everywhere import in_every_tenant
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Give tenants a new signing key; batches signed with the old one still verify."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", help="the first part of the tenants' addresses")
        parser.add_argument("--all", action="store_true", help="every tenant that has a key in use")
        parser.add_argument("--reason", required=True, help="why, for the record of each tenant")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = options["slugs"]
        if bool(slugs) == options["all"]:
            raise CommandError("Name the tenants, or say --all.")
        found = Tenant.objects.present().order_by("slug")
        if options["all"]:
            found = found.filter(pk__in=SigningKey.objects.filter(retired_at__isnull=True).values("tenant"))
        else:
            found = found.filter(slug__in=slugs)
            if unknown := sorted(set(slugs) - {one.slug for one in found}):
                raise CommandError(f"There is no tenant at: {', '.join(unknown)}.")
        chosen = {one.pk for one in found}
        failed = 0

        def rotate() -> int:
            nonlocal failed
            tenant = require_tenant()
            if tenant.pk not in chosen:
                return 0
            try:
                key = rotate_key(reason=options["reason"], actor=Actor.system("rotate_signing_keys"))
            except DomainError as error:
                failed += 1
                self.stderr.write(f"{tenant.slug}: {error.message}")
                return 0
            self.stdout.write(f"{tenant.slug}: signs with {key.public_key[:16]}… from now on")
            return 1

        in_every_tenant(rotate)
        if failed:
            raise CommandError(f"{failed} tenants have no new key.")
