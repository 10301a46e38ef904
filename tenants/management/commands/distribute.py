"""Bring tenants to the worker nodes of a Citus cluster."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from tenants import spreading
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Bring tenants to the worker nodes of a Citus cluster, each with all its tables to one node, checked before "
        "and after. A tenant that cannot be moved stays where it is and stops no other; run the command again to go on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="slug", help="the first parts of their addresses")
        parser.add_argument("--all", action="store_true", help="every tenant that is on no node yet")
        parser.add_argument("--list", action="store_true", help="change nothing; say where each tenant is")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Tenant.objects.present().order_by("slug")
        if options["slugs"]:
            chosen = chosen.filter(slug__in=options["slugs"])
            if unknown := set(options["slugs"]) - {tenant.slug for tenant in chosen}:
                raise CommandError(f"There is no tenant at: {', '.join(sorted(unknown))}.")
        elif not (options["all"] or options["list"]):
            raise CommandError("Name tenants, or give --all or --list.")
        try:
            spreading.nodes()
        except spreading.NoCluster as error:
            raise CommandError(str(error)) from error
        if options["list"]:
            for tenant in chosen:
                self.stdout.write(f"{tenant.slug}: {spreading.node_of(tenant) or 'coordinator'}")
            return
        failed = [tenant.slug for tenant in chosen if not self._move(tenant)]
        if failed:
            raise CommandError(f"Not moved: {', '.join(failed)}. The others are where they are said to be.")

    def _move(self, tenant: Tenant) -> bool:
        try:
            moved = spreading.distribute(tenant)
        except (spreading.Unfit, spreading.Damaged) as error:
            self.stderr.write(f"{tenant.slug}: stays where it is: {error}")
        except DatabaseError as error:
            self.stderr.write(f"{tenant.slug}: stays where it is: {type(error).__name__}")
        else:
            carried = f"{moved.rows} rows of {moved.tables} tables" if moved.tables else "was there"
            self.stdout.write(f"{tenant.slug}: on {moved.node} ({carried})")
            return True
        return False
