"""The verb by which a tenant takes its data along in open formats."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from audit.actions import record
from kernel.access import Actor
from kernel.tenancy import public_scope
from tenants.actions.archives import written_whole
from tenants.archives.exporting import FAILED, INFECTED, WAITING, Exported, write_export
from tenants.models import Tenant


def export_tenant(tenant: Tenant, path: Path, recipients: Sequence[Any], *, actor: Actor) -> Exported:
    """Write the tenant's data in open formats into a new file for the recipients; it is there whole or not at all.

    Files that the scanner has not found clean stay out of it, and the export says which and why. Raises DomainError
    `archive_exists` or `tenant_behind`, and ServerAway where the store is away.
    """
    with written_whole(path) as out:
        told, listed = write_export(tenant, out, recipients)
    with public_scope(), transaction.atomic():
        record(
            "export_tenant",
            actor=actor,
            subject_type="tenant",
            subject_id=tenant.pk,
            payload={
                "taken_at": told.taken_at,
                "entries": told.entries,
                "hash": told.hash,
                "files": len(told.files),
                "missing": len(told.missing),
                **{why: told.count_kept_back(why) for why in (WAITING, INFECTED, FAILED)},
                "manifest_sha256": listed,
            },
        )
    return told
