"""Stored files: on disk or in an S3 bucket, always under the tenant's own prefix."""

import re
import secrets
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.translation import gettext_lazy as _
from storages.backends.s3 import S3Storage

from kernel.aws import S3Account, Store
from kernel.tenancy import require_tenant

_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
# A client of S3 costs a tenth of a second to make and is not safe to share between threads.
_kept = threading.local()


def tenant_prefix() -> str:
    """The folder of the tenant at hand; raises TenantScopeMissing outside a tenant."""
    return str(require_tenant().schema_name)


def _s3_storage() -> Storage:
    """The bucket of the settings, with a client of this thread; it knows nothing of tenants."""
    account = S3Account.of_settings()
    given = (settings.S3_BUCKET, account)
    if getattr(_kept, "given", None) != given:
        _kept.storage = S3Storage(
            bucket_name=settings.S3_BUCKET,
            endpoint_url=account.endpoint_url or None,
            access_key=account.key_id or None,
            secret_key=account.secret or None,
            region_name=account.region,
            default_acl=None,
            querystring_auth=True,
            # Free names are looked for once, by TenantFileStorage.
            file_overwrite=True,
            max_memory_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE,
            client_config=account.config,
        )
        _kept.given = given
    storage: Storage = _kept.storage
    return storage


def _inner() -> Storage:
    if settings.S3_BUCKET:
        return _s3_storage()
    return FileSystemStorage(location=settings.MEDIA_ROOT)


_STORE = Store(
    "file_store",
    _(
        "The store of files does not answer, so nothing was saved. Try again in a few minutes; "
        "if it goes on, tell the operator of the platform."
    ),
    _(
        "The store of files refuses its work (%(reason)s), so nothing was saved. "
        "Tell the operator of the platform: the settings of the store must be put right."
    ),
)


def _fetched(file: Any) -> Any:
    """The file with its content at hand: a bucket's is fetched at its first use, here, where faults are told."""
    try:
        file.file  # noqa: B018
    except BaseException:
        file.close()
        raise
    return file


@dataclass(frozen=True)
class ProbedStore:
    """A store that took a file and gave it back: where it is, and whether it keeps versions (None: a plain folder)."""

    place: str
    keeps_versions: bool | None


def probe_store() -> ProbedStore:
    """Write a small file outside every tenant's folder, read it, delete it. Raises ServerAway as every use does."""
    content, key = secrets.token_bytes(64), f"probe/{secrets.token_hex(16)}"
    with _STORE.faults_told():
        inner = _inner()
        inner.save(key, ContentFile(content))
        with inner.open(key) as kept:
            came_back = kept.read()
        inner.delete(key)
        versions = None
        if isinstance(inner, S3Storage):
            told = inner.connection.meta.client.get_bucket_versioning(Bucket=inner.bucket_name)
            versions = told.get("Status") == "Enabled"
    if came_back != content:
        raise _STORE.refuses("another content")
    return ProbedStore(settings.S3_BUCKET or str(settings.MEDIA_ROOT), versions)


def erase_everything() -> int:
    """Remove all that the store keeps of the tenant at hand, earlier versions too; how many there were.

    Again it finds nothing. Raises ServerAway where the store is away, or keeps something from everybody.
    """
    prefix = tenant_prefix()
    with _STORE.faults_told():
        inner = _inner()
        if isinstance(inner, S3Storage):
            return _erase_versions(inner.connection.meta.client, inner.bucket_name, f"{prefix}/")
        folder = Path(settings.MEDIA_ROOT) / prefix
        if not folder.is_dir():
            return 0
        count = sum(1 for one in folder.rglob("*") if one.is_file())
        shutil.rmtree(folder)
        return count


def _erase_versions(client: Any, bucket: str, prefix: str) -> int:
    count = 0
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        found = [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for kind in ("Versions", "DeleteMarkers")
            for one in page.get(kind, [])
        ]
        if not found:
            continue
        told = client.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
        if told.get("Errors"):
            raise _STORE.refuses(str(told["Errors"][0].get("Code", "")))
        count += len(page.get("Versions", []))
    return count


class TenantFileStorage(Storage):
    """Resolves the tenant at every call; nothing of one tenant is cached for the next.

    Raises ServerAway where the store cannot do its work, FileNotFoundError where there is no such file, and
    SuspiciousFileOperation for a name that could leave the tenant's folder.
    """

    def _name(self, name: str) -> str:
        prefix = tenant_prefix()
        if not all(_PART.fullmatch(part) for part in name.split("/")):
            raise SuspiciousFileOperation("the name of a stored file consists of plain parts only")
        return f"{prefix}/{name}"

    def _open(self, name: str, mode: str = "rb") -> Any:
        if mode != "rb":
            raise ValueError("stored files are opened for reading only; save() writes them")
        key = self._name(name)
        with _STORE.faults_told():
            inner = _inner()
            try:
                return _fetched(inner.open(key, mode))
            except FileNotFoundError:
                if isinstance(inner, S3Storage):
                    # Whether the file is missing or the whole bucket: to S3 both are 404.
                    inner.connection.meta.client.head_bucket(Bucket=inner.bucket_name)
                raise

    def _save(self, name: str, content: Any) -> str:
        key = self._name(name)
        with _STORE.faults_told():
            saved: str = _inner().save(key, content)
        return saved.removeprefix(f"{tenant_prefix()}/")

    def exists(self, name: str) -> bool:
        key = self._name(name)
        with _STORE.faults_told():
            return _inner().exists(key)

    def delete(self, name: str) -> None:
        key = self._name(name)
        with _STORE.faults_told():
            _inner().delete(key)

    def size(self, name: str) -> int:
        key = self._name(name)
        with _STORE.faults_told():
            return _inner().size(key)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files in a folder of the tenant; "" is its whole part of the store."""
        key = self._name(path) if path else tenant_prefix()
        with _STORE.faults_told():
            try:
                folders, files = _inner().listdir(key)
            except FileNotFoundError:
                return [], []
        return list(folders), list(files)

    def url(self, name: str | None) -> str:
        raise NotImplementedError(
            "files are handed out by authorised views, never by an address of their own"
        )
