"""Bring the shared schema and every tenant's schema to the migrations at hand."""

from concurrent.futures.process import BrokenProcessPool
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import web_role
from kernel.tenancy import PUBLIC
from tenants import provisioning
from tenants.migrating import MigrationBusy, Outcome, behind, migrate_tenants, shared_is_behind
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Migrate the shared schema, then every tenant that is behind, committed tenant by tenant. A tenant that fails "
        "does not stop the others; run the command again to go on with those that are left."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if anything is behind")
        parser.add_argument(
            "--list", action="store_true", help="change nothing; say of each tenant whether it is behind"
        )
        parser.add_argument(
            "--workers", type=int, default=1, metavar="N", help="so many processes share the tenants (1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["workers"] < 1:
            raise CommandError("--workers takes a number from 1 up.")
        shared = shared_is_behind()
        if options["list"]:
            self._list(shared)
            return
        if options["check"]:
            self._check(shared)
            return
        if shared:
            call_command(
                "migrate_schemas", shared=True, verbosity=max(options["verbosity"] - 1, 0), skip_checks=True
            )
            # Now, and not after all tenants: web servers work on in tables that were made anew.
            web_role.grant_schema(PUBLIC)
        provisioning.statements()
        self._migrate_tenants(options["workers"], options["verbosity"])

    def _list(self, shared: bool) -> None:
        if shared:
            self.stdout.write("The shared schema is behind; what its tenants are cannot be told yet.")
            return
        wanted = provisioning.fingerprint()
        for tenant in (
            Tenant.objects.present().order_by("slug").only("slug", "migrated_to", "migration_error")
        ):
            state = "current" if tenant.migrated_to == wanted else "behind"
            failed = f" (failed: {tenant.migration_error})" if tenant.migration_error else ""
            self.stdout.write(f"{tenant.slug}: {state}{failed}")

    def _check(self, shared: bool) -> None:
        late = 0 if shared else len(behind())
        if shared:
            raise CommandError("The shared schema is behind: run manage.py migrate_tenants.")
        if late:
            raise CommandError(f"{late} tenants are behind: run manage.py migrate_tenants.")

    def _migrate_tenants(self, workers: int, verbosity: int) -> None:
        counts = dict.fromkeys(Outcome, 0)
        try:
            for report in migrate_tenants(workers):
                counts[report.outcome] += 1
                if report.outcome is Outcome.FAILED:
                    self.stderr.write(f"{report.tenant.slug}: failed ({report.detail})")
                elif verbosity > 1:
                    self.stdout.write(f"{report.tenant.slug}: {report.outcome}")
        except MigrationBusy as error:
            raise CommandError(
                "Another process migrates the tenants right now. Wait for it to end."
            ) from error
        except BrokenProcessPool as error:
            raise CommandError(
                "A worker process died. What it had begun was undone; run manage.py migrate_tenants again."
            ) from error
        if verbosity and any(counts.values()):
            self.stdout.write(
                ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) + "."
            )
        if counts[Outcome.FAILED]:
            raise CommandError(
                f"{counts[Outcome.FAILED]} tenants were not migrated and are as before. "
                "Correct the cause and run manage.py migrate_tenants again."
            )
