"""Verbs on archives of tenants: write one, rehearse its restoration, restore it, forget what was set aside."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from audit.checkpoints import note_restoration
from kernel import web_role
from kernel.access import Actor
from kernel.crypto import same_key
from kernel.errors import DomainError, Problem
from kernel.tenancy import connection, public_scope, tenant_scope
from tenants import provisioning, routing
from tenants.actions.tenants import require_not_left
from tenants.archives.contents import Manifest, seal
from tenants.archives.reading import Brought, load_beside, put_files, put_public_rows, schema_beside
from tenants.archives.tables import has_schema
from tenants.archives.writing import write_archive
from tenants.models import FormerKey, Tenant

_BESIDE, _KEPT = "n", "k"


class _Undo(Exception):
    """Leaves the transaction of a rehearsal so that nothing of it stays."""


@dataclass(frozen=True)
class Restored:
    """A tenant as it came back: the list of its archive, how many files the store lacked, its former schema."""

    tenant: Tenant
    manifest: Manifest
    files: int
    kept: str


def archive_tenant(tenant: Tenant, path: Path, recipients: Sequence[Any], *, actor: Actor) -> Manifest:
    """Write all that is the tenant's into a new file, encrypted for the recipients; it is there whole or not at all.

    Raises DomainError `archive_exists` or `tenant_behind`.
    """
    with written_whole(path) as out:
        manifest = write_archive(tenant, out, recipients)
    with public_scope(), transaction.atomic():
        record(
            "archive_tenant",
            actor=actor,
            subject_type="tenant",
            subject_id=tenant.pk,
            payload={
                "taken_at": manifest.taken_at,
                "entries": manifest.entries,
                "hash": manifest.hash,
                "files": len(manifest.files),
                "missing": len(manifest.missing),
                "manifest_sha256": hashlib.sha256(seal(manifest)).hexdigest(),
            },
        )
    return manifest


@contextmanager
def written_whole(path: Path) -> Iterator[Any]:
    """A file that has its name only once all of it is on the disk; nobody else may read it.

    Raises DomainError `archive_exists`.
    """
    if path.exists():
        raise _exists(path)
    partial = path.with_name(f"{path.name}.partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _exists(partial) from None
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def _exists(path: Path) -> DomainError:
    return DomainError(
        "archive_exists",
        _("%(path)s is there already. Name a file that is not.") % {"path": path.name},
        value=path.name,
    )


def rehearse_restoration(path: Path, identities: Sequence[Any]) -> Brought:
    """Bring the archive into a schema of its own, compare everything, and remove it again; the living is not touched.

    Raises what `load_beside` raises.
    """
    try:
        with public_scope(), transaction.atomic():
            brought = load_beside(path, identities, schema_beside("t_rehearsal", _BESIDE))
            raise _Undo
    except _Undo:
        return brought


def restore_tenant(path: Path, identities: Sequence[Any], *, reason: str, actor: Actor) -> Restored:
    """Put a tenant back to what its archive holds: whole and compared, or nothing at all.

    What it was until now is set aside in a schema of its own, never written over. A tenant that is gone comes back with
    its rows in public tables. Raises DomainError `reason_missing`, `tenant_open` (suspend it first), `tenant_left`,
    `archive_differs` and what `load_beside`, `put_public_rows` and `put_files` raise.
    """
    if not reason.strip():
        raise DomainError("reason_missing", _("Write the reason: it stays in the record."), field="reason")
    with public_scope(), transaction.atomic(durable=True):
        beside = schema_beside("t_restoring", _BESIDE)
        brought = load_beside(path, identities, beside)
        manifest = brought.manifest
        if brought.wrong:
            raise DomainError(
                "archive_differs",
                _("The archive does not hold what it says: %(count)s differences. Nothing was restored.")
                % {"count": len(brought.wrong)},
                problems=[Problem("archive_differs", one) for one in brought.wrong],
            )
        tenant = _living(path, identities, manifest)
        kept = _exchange(tenant, beside)
        _keep_former_keys(tenant, brought)
        tenant.data_key, tenant.migrated_to = brought.data_key, manifest.fingerprint
        tenant.save(update_fields=["data_key", "migrated_to"])
        told = {"taken_at": manifest.taken_at, "kept": kept, "reason": reason.strip()}
        record("restore_tenant", actor=actor, subject_type="tenant", subject_id=tenant.pk, payload=told)
        with tenant_scope(tenant):
            files = put_files(path, identities, manifest)
            record("restore_tenant", actor=actor, subject_type="tenant", subject_id=tenant.pk, payload=told)
            note_restoration(datetime.fromisoformat(manifest.taken_at))
    routing.forget(tenant.slug)
    return Restored(tenant, manifest, files, kept)


def _living(path: Path, identities: Sequence[Any], manifest: Manifest) -> Tenant:
    """The tenant's row, locked: its own one, or that of the archive where it is gone."""
    tenant = Tenant.objects.select_for_update().filter(pk=manifest.tenant).first()
    if tenant is None:
        put_public_rows(path, identities, manifest)
        return Tenant.objects.select_for_update().get(pk=manifest.tenant)
    require_not_left(tenant)
    if tenant.is_active:
        raise DomainError(
            "tenant_open",
            _(
                "People of %(name)s may be working in it: what they enter now would be set aside. Suspend it first, "
                "with a reason that they read, then restore."
            )
            % {"name": tenant.name},
        )
    return tenant


def _keep_former_keys(tenant: Tenant, brought: Brought) -> None:
    """Where the key was changed since, shared rows need the one of now, and others may need those of the archive."""
    known = [brought.data_key]
    present = [
        bytes(key) for key in FormerKey.objects.filter(tenant=tenant).values_list("wrapped", flat=True)
    ]
    for wrapped in (*present, bytes(tenant.data_key), *brought.former_keys):
        if not any(same_key(wrapped, other) for other in known):
            known.append(wrapped)
            if wrapped not in present:
                FormerKey.objects.create(tenant=tenant, wrapped=wrapped)


def _exchange(tenant: Tenant, beside: str) -> str:
    """Give the new schema the tenant's name; the name that the former one has now, "" where there was none."""
    kept = schema_beside(tenant.schema_name, _KEPT) if has_schema(tenant.schema_name) else ""
    with connection.cursor() as cursor:
        if kept:
            cursor.execute(f'ALTER SCHEMA "{tenant.schema_name}" RENAME TO "{kept}"')
            web_role.shut_schema(kept)
        cursor.execute(f'ALTER SCHEMA "{beside}" RENAME TO "{tenant.schema_name}"')
    return kept


def forget_kept(tenant: Tenant, kept: str, *, actor: Actor) -> None:
    """Remove for good what a restoration has set aside. Raises DomainError `not_kept`."""
    with public_scope(), transaction.atomic():
        locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if not kept.startswith(f"{locked.schema_name}{_KEPT}") or not has_schema(kept):
            raise DomainError(
                "not_kept",
                _("%(schema)s is nothing that a restoration of %(name)s has set aside.")
                % {"schema": kept, "name": locked.name},
                value=kept,
            )
        provisioning.drop_schema(kept)
        record(
            "forget_kept_schema",
            actor=actor,
            subject_type="tenant",
            subject_id=locked.pk,
            payload={"kept": kept},
        )
