"""An archive read back: into a schema beside the living one, compared row by row, and put in its place."""

import csv
import hashlib
import io
import json
import re
import secrets
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.chain import walk_chain
from documents.models import StoredFile
from kernel.crypto import opens
from kernel.errors import DomainError
from kernel.tenancy import connection
from tenants import provisioning
from tenants.archives import contents
from tenants.archives.contents import ForgedManifest, Manifest
from tenants.archives.envelope import opened
from tenants.archives.tables import Shape, put_in, put_in_missing, tallied
from tenants.models import FormerKey, Tenant

_PART = re.compile(r"(?P<folder>tables|public)/(?P<table>[a-z0-9_]{1,63})\.\d{4,}\.csv")
_SCHEMA_MAX = 32


@dataclass
class Brought:
    """An archive as it was found: its signed list, the tenant's wrapped keys, and what is wrong (for the operator)."""

    manifest: Manifest
    data_key: bytes
    former_keys: list[bytes]
    wrong: list[str]


def schema_beside(schema: str, mark: str) -> str:
    """A free name of a schema that begins like the tenant's."""
    return f"{schema}{mark}{secrets.token_hex(8)}"[:_SCHEMA_MAX]


def load_beside(path: Path, identities: Sequence[Any], schema: str) -> Brought:
    """Make the schema, fill it from the archive, and compare; in the caller's transaction.

    Raises DomainError `archive_unreadable`, `archive_forged` or `archive_locked`.
    """
    manifest = _manifest_of(path, identities)
    keys: dict[str, bytes] = {}
    former: dict[str, bytes] = {}
    with opened(path, identities) as tar:
        for name, content in _members(path, tar, manifest):
            if name == contents.STATEMENTS:
                provisioning.create_schema(schema, tuple(json.loads(content)))
                Shape(schema).empty()
            elif part := _PART.fullmatch(name):
                if part["folder"] == contents.TABLES:
                    put_in(schema, part["table"], _heading(content), content)
                elif part["table"] == Tenant._meta.db_table:
                    keys = _wrapped_keys(content, "data_key")
                elif part["table"] == FormerKey._meta.db_table:
                    former = _wrapped_keys(content, "wrapped")
    data_key = keys.get(manifest.tenant, b"")
    if not opens(data_key):
        raise DomainError(
            "archive_locked",
            _("None of the MASTER_KEYS opens the key of %(name)s: give the one it was wrapped with.")
            % {"name": manifest.name},
        )
    former_keys = list(former.values())
    return Brought(
        manifest, data_key, former_keys, [*_differences(manifest, Shape(schema)), *_record(manifest, schema)]
    )


def _manifest_of(path: Path, identities: Sequence[Any]) -> Manifest:
    """The signed list, with which everything before it agrees.

    Anybody may write an archive for a public key: of what stands in one nothing is run or stored before its list shows
    that this installation wrote it.
    """
    digests: dict[str, str] = {}
    manifest: Manifest | None = None
    with opened(path, identities) as tar:
        for name, content in _contents(tar):
            if name == contents.MANIFEST:
                manifest = _verified(path, content)
            else:
                digests[name] = hashlib.sha256(content).hexdigest()
    if manifest is None or digests != manifest.members:
        raise _forged(path)
    return manifest


def _members(path: Path, tar: tarfile.TarFile, manifest: Manifest) -> Iterator[tuple[str, bytes]]:
    """Everything before the list, each as the list says: the file may be another one than a moment ago."""
    left = dict(manifest.members)
    for name, content in _contents(tar):
        if name == contents.MANIFEST:
            break
        if left.pop(name, None) != hashlib.sha256(content).hexdigest():
            raise _forged(path)
        yield name, content
    if left:
        raise _forged(path)


def _contents(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in tar:
        file = tar.extractfile(member)
        if file is not None:
            yield member.name, file.read()


def _heading(content: bytes) -> list[str]:
    return content[: content.index(b"\n")].decode("ascii").split(",")


def _wrapped_keys(content: bytes, column: str) -> dict[str, bytes]:
    """The wrapped keys in this column, by the id of their row."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    return {row["id"]: bytes.fromhex(row[column].removeprefix("\\x")) for row in rows}


def _verified(path: Path, content: bytes) -> Manifest:
    try:
        return contents.unseal(content)
    except ForgedManifest:
        raise _forged(path) from None


def _forged(path: Path) -> DomainError:
    return DomainError(
        "archive_forged",
        _(
            "%(path)s has no list signed by this installation: it was cut off, changed, or written by another "
            "installation with other MASTER_KEYS. Nothing was restored."
        )
        % {"path": path.name},
        value=path.name,
    )


def _differences(manifest: Manifest, shape: Shape) -> Iterator[str]:
    """Tables that do not lie in the new schema as the list says."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    there = set(shape)
    for name, wanted in manifest.tables.items():
        if name not in there:
            yield f"table {name} is missing"
        elif (found := tallied(shape, name)) != wanted:
            yield f"table {name} has {found.rows} rows, {wanted.rows} were written, or other contents"
    yield from (f"table {name} is not in the list" for name in sorted(there - manifest.tables.keys()))


def _record(manifest: Manifest, schema: str) -> Iterator[str]:
    with beside(schema):
        state = walk_chain()
        kept = StoredFile.objects.exclude(scan=StoredFile.Scan.INFECTED)
        known = dict(kept.values_list("key", "sha256"))
    if state.broken is not None:
        yield f"the record of actions is broken at entry {state.broken.sequence}"
    elif (state.intact, state.last_hash if state.intact else "") != (manifest.entries, manifest.hash):
        yield f"the record of actions ends at entry {state.intact}, not {manifest.entries}"
    files = manifest.files
    for key, wanted in known.items():
        if files.get(key) != wanted and key not in manifest.missing:
            yield f"file {key} is not the one that its row names"


@contextmanager
def beside(schema: str) -> Iterator[None]:
    """Queries of the block go to a schema that is not a tenant's yet."""
    before = connection.tenant
    connection.set_schema(schema)
    try:
        yield
    finally:
        connection.set_tenant(before)


def put_public_rows(path: Path, identities: Sequence[Any], manifest: Manifest) -> None:
    """Add the rows about the tenant that public tables lack.

    Raises DomainError `public_rows_in_the_way` where one does not fit in: an address or a NIP taken meanwhile.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Each table comes after those that it refers to.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _add_public_rows(path, identities, manifest)
            fits = Tenant.objects.filter(pk=manifest.tenant).exists()
    except IntegrityError:
        fits = False
    if not fits:
        raise DomainError(
            "public_rows_in_the_way",
            _(
                "Rows that %(name)s needs are taken by others meanwhile: the address %(slug)s, a NIP or an e-mail. "
                "Nothing was restored. Free them and restore again."
            )
            % {"name": manifest.name, "slug": manifest.slug},
            value=manifest.slug,
        )


def _add_public_rows(path: Path, identities: Sequence[Any], manifest: Manifest) -> None:
    with opened(path, identities) as tar:
        for name, content in _members(path, tar, manifest):
            part = _PART.fullmatch(name)
            if part and part["folder"] == contents.PUBLIC and part["table"] in manifest.public:
                put_in_missing(part["table"], _heading(content), content)


def put_files(path: Path, identities: Sequence[Any], manifest: Manifest) -> int:
    """Store the files of the archive that the store of the tenant at hand lacks; how many were.

    Raises DomainError `file_in_the_way` where another content lies under the key of one.
    """
    stored, files = 0, manifest.files
    with opened(path, identities) as tar:
        for name, content in _members(path, tar, manifest):
            key = name.removeprefix(f"{contents.FILES}/")
            if name == key:
                continue
            try:
                with default_storage.open(key) as file:
                    same = hashlib.sha256(file.read()).hexdigest() == files[key]
            except FileNotFoundError:
                default_storage.save(key, ContentFile(content))
                stored += 1
                continue
            if not same:
                raise DomainError(
                    "file_in_the_way",
                    _("Another content lies in the store under %(key)s. Move it away and restore again.")
                    % {"key": key},
                    value=key,
                )
    return stored
