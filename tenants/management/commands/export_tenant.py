"""Write a tenant's data in open formats into one encrypted file, for the tenant to take along."""

from pathlib import Path
from typing import Any

from kernel.access import Actor
from tenants.actions import export_tenant
from tenants.archives.exporting import FAILED, INFECTED, WAITING
from tenants.management.commands import archive_tenant
from tenants.models import Tenant

_WHY = {
    WAITING: "waits for the scanner",
    INFECTED: "a virus was found in it and its content is removed",
    FAILED: "the scanner could not check it",
}


class Command(archive_tenant.Command):
    help = (
        "Write a tenant's data into one file for the tenant to take along: a zip of CSV with personal data in plain, "
        "its files as they were brought, and a dictionary of all columns. Only the holders of the identities named in "
        "ARCHIVE_RECIPIENTS (or with --recipient) can open it. All of it is of one instant."
    )

    def write(self, tenant: Tenant, path: Path, recipients: list[Any]) -> list[str]:
        told = export_tenant(tenant, path, recipients, actor=Actor.system("export_tenant"))
        self.stdout.write(
            f"{told.name} as of {told.taken_at}: {sum(told.rows.values())} rows of {len(told.rows)} tables, "
            f"{len(told.files)} files, record of actions until entry {told.entries}."
        )
        if told.closed:
            self.stdout.write(
                f"{len(told.closed)} files of drafts or of offers that nobody has opened are not the tenant's to read."
            )
        for key, why in told.kept_back.items():
            self.stderr.write(f"NOT in the file, {_WHY[why]}: {key}")
        if waiting := told.count_kept_back(WAITING):
            self.stdout.write(f"{waiting} files wait for the scanner: export again once it has looked.")
        return told.missing
