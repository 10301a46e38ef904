"""A tenant written into one encrypted file, as it was at one instant."""

import csv
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from audit.models import Entry
from documents.models import StoredFile
from kernel.errors import DomainError
from kernel.tenancy import connection, tenant_scope
from tenants import provisioning
from tenants.archives import contents
from tenants.archives.contents import Manifest, Table, Tally
from tenants.archives.envelope import sealing
from tenants.archives.tables import Shape, described, parts_of, public_selections
from tenants.models import Tenant

_README = """Archive of a tenant of Siedem.

tenant.json      who the tenant is
schema.json      the SQL statements that make its tables, in their order
dictionary.csv   every table and column: type, words, choices
tables/          its tables as CSV (UTF-8, a heading in each part; an empty field is NULL, "" is an empty text)
public/          rows about it in tables that all tenants share
files/           its files by their keys; documents_storedfile has their names and hashes
manifest.json    SHA-256 of everything, signed by the installation

Columns of type bytea in tables/ are encrypted with the tenant's own key, which stands in public/ wrapped by the
installation's master keys.
"""


def write_archive(tenant: Tenant, out: IO[bytes], recipients: Sequence[Any]) -> Manifest:
    """Write all that is the tenant's into `out`, encrypted for these recipients; gives the list of it.

    Everything of the database is of one instant. A file that the store cannot give, or gives damaged, is named in the
    list. Raises DomainError `tenant_behind` where its schema waits for migrations.
    """
    require_current(tenant)
    script = provisioning.statements()
    with tenant_scope(tenant), one_instant():
        taken_at = timezone.now()
        shape, shared = Shape(tenant.schema_name), Shape("public")
        last = Entry.objects.order_by("-sequence").first()
        with sealing(out, recipients) as sealed:
            tar = _Members(sealed)
            tar.add(contents.README, _README.encode("utf-8"))
            tar.add(contents.TENANT, as_json(described_tenant(tenant)))
            tar.add(contents.STATEMENTS, as_json(list(script)))
            tar.add(contents.DICTIONARY, _dictionary())
            tables = {
                name: _add_table(tar, contents.TABLES, shape, name, shape.selection(name)) for name in shape
            }
            public = {
                name: _add_table(tar, contents.PUBLIC, shared, name, selection)
                for name, selection in public_selections(tenant, shared)
            }
            missing = _add_files(tar)
            manifest = Manifest(
                form=contents.FORM,
                tenant=str(tenant.pk),
                slug=tenant.slug,
                name=tenant.name,
                schema=tenant.schema_name,
                taken_at=taken_at.isoformat(),
                fingerprint=tenant.migrated_to,
                members=dict(tar.digests),
                tables=tables,
                public=public,
                missing=missing,
                entries=last.sequence if last else 0,
                hash=last.hash if last else "",
            )
            tar.add(contents.MANIFEST, contents.seal(manifest))
    return manifest


def require_current(tenant: Tenant) -> None:
    """Refuse a tenant whose tables are not as the code knows them. Raises DomainError `tenant_behind`."""
    if tenant.migrated_to != provisioning.fingerprint():
        raise DomainError(
            "tenant_behind",
            _("The tables of %(name)s wait for migrations. Run manage.py migrate_tenants first.")
            % {"name": tenant.name},
        )


@contextmanager
def one_instant() -> Iterator[None]:
    """All queries of the block see the database as it is at the first; nothing can be written."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


class _Members:
    """Puts files into a tar and remembers the SHA-256 of each."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))
        self.digests[name] = hashlib.sha256(content).hexdigest()


def _add_table(tar: _Members, folder: str, shape: Shape, name: str, selection: str) -> Table:
    tally, columns = Tally(), shape.columns(name)
    for number, part in enumerate(parts_of(selection, columns, tally), 1):
        tar.add(f"{folder}/{name}.{number:04}.csv", part)
    return tally.table(columns)


def _add_files(tar: _Members) -> list[str]:
    """Put the files in; the keys of those that could not be."""
    missing: list[str] = []
    # An infected one has lost its content; its row says so.
    kept = StoredFile.objects.exclude(scan=StoredFile.Scan.INFECTED).order_by("key")
    for key, wanted in kept.values_list("key", "sha256").iterator():
        try:
            with default_storage.open(key) as file:
                content = file.read()
        except FileNotFoundError:
            missing.append(key)
            continue
        if hashlib.sha256(content).hexdigest() != wanted:
            missing.append(key)
            continue
        tar.add(f"{contents.FILES}/{key}", content)
    return missing


def described_tenant(tenant: Tenant) -> dict[str, Any]:
    """Who the tenant is, for whoever opens the file."""
    return {
        "id": str(tenant.pk),
        "slug": tenant.slug,
        "name": tenant.name,
        "kind": tenant.kind,
        "territory": tenant.territory_id,
        "unit_name": tenant.unit_name,
        "unit_type": tenant.unit_type,
    }


def as_json(value: Any) -> bytes:
    """A document as UTF-8, for people to read too."""
    return json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8")


def _dictionary() -> bytes:
    text = io.StringIO(newline="")
    # Whoever takes the data along reads Polish, whatever language the operator's machine speaks.
    with translation.override("pl"):
        csv.writer(text).writerows(described())
    return text.getvalue().encode("utf-8")
