"""Where checkpoints of the record are kept, outside the database: a bucket that locks what it keeps, or a folder."""

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import ClientError
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.aws import S3Account, Store, code_of


class CheckpointStore(Protocol):
    """Keeps small documents by name; names of one folder sort by their age."""

    def put(self, name: str, content: bytes) -> None: ...

    def names(self, folder: str, after: str = "") -> list[str]:
        """The names in the folder behind `after`, sorted."""

    def read(self, name: str) -> bytes: ...

    def read_all(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Names of one folder, each with its content, in the order given."""

    def locks(self) -> bool:
        """Whether the store itself refuses to change or remove what it keeps."""


def checkpoint_store() -> CheckpointStore:
    """The store of the settings."""
    if settings.CHECKPOINTS_BUCKET:
        return _Bucket(settings.CHECKPOINTS_BUCKET)
    return _Folder(Path(settings.CHECKPOINTS_FOLDER))


_STORE = Store(
    "checkpoint_store",
    _(
        "The store of checkpoints of the record does not answer. Try again in a few minutes; if it goes on, tell the "
        "operator of the platform."
    ),
    _(
        "The store of checkpoints of the record refuses its work (%(reason)s). Tell the operator of the platform: the "
        "settings of the store must be put right."
    ),
)


# What servers answer where a bucket has no lock, or they know none: Amazon, SeaweedFS, others.
_NO_LOCK = {"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration", "NotImplemented"}
# As many as a client keeps connections for.
_AT_ONCE = 8


class _Folder:
    """Files on this machine, written once; whoever owns the folder can still remove them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        path = self._folder / name
        with _STORE.faults_told(missing=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(handle, "wb") as out:
                out.write(content)

    def names(self, folder: str, after: str = "") -> list[str]:
        with _STORE.faults_told(missing=True):
            found = sorted(f"{folder}/{path.name}" for path in (self._folder / folder).glob("*.json"))
        return [name for name in found if name > after]

    def read(self, name: str) -> bytes:
        with _STORE.faults_told(missing=True):
            return (self._folder / name).read_bytes()

    def read_all(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        return ((name, self.read(name)) for name in names)

    def locks(self) -> bool:
        return False


class _Bucket:
    """A bucket on an S3 server; its default retention (object lock) keeps each object from everybody for years."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._locks: bool | None = None
        self._client: Any = S3Account.of_settings().client()

    def put(self, name: str, content: bytes) -> None:
        # A bucket with a retention takes nothing without the sum of its content.
        digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode("ascii")
        with _STORE.faults_told():
            self._client.put_object(
                Bucket=self._name,
                Key=name,
                Body=content,
                ContentMD5=digest,
                ContentType="application/json",
            )

    def names(self, folder: str, after: str = "") -> list[str]:
        if self.locks():
            return sorted(name for name in self._oldest(f"{folder}/") if name > after)
        with _STORE.faults_told():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._name, Prefix=f"{folder}/", **({"StartAfter": after} if after else {})
            )
            # Not every server knows StartAfter.
            found = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return sorted(name for name in found if name > after)

    def read(self, name: str) -> bytes:
        return self._read(name, self._oldest(name) if self.locks() else {})

    def read_all(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        folders = {name.rpartition("/")[0] for name in names}
        oldest: dict[str, str] = {}
        if self.locks():
            # One list of a folder tells all its versions.
            for folder in folders:
                oldest |= self._oldest(f"{folder}/")
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from zip(names, pool.map(lambda name: self._read(name, oldest), names), strict=True)

    def _read(self, name: str, oldest: Mapping[str, str]) -> bytes:
        version = {"VersionId": oldest[name]} if oldest else {}
        with _STORE.faults_told():
            return bytes(self._client.get_object(Bucket=self._name, Key=name, **version)["Body"].read())

    def _oldest(self, prefix: str) -> dict[str, str]:
        """By name, the first version: a lock keeps it, but not from being covered by a later one or a deletion."""
        oldest: dict[str, str] = {}
        with _STORE.faults_told():
            pages = self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._name, Prefix=prefix
            )
            # Versions of a name come newest first.
            for page in pages:
                oldest |= {entry["Key"]: entry["VersionId"] for entry in page.get("Versions", [])}
        return oldest

    def locks(self) -> bool:
        if self._locks is None:
            self._locks = self._asked_for_its_lock()
        return self._locks

    def _asked_for_its_lock(self) -> bool:
        with _STORE.faults_told():
            try:
                told = self._client.get_object_lock_configuration(Bucket=self._name)
            except ClientError as error:
                # Whoever may not ask must not be told that there is none: the oldest versions would not be looked for.
                if code_of(error) not in _NO_LOCK:
                    raise
                return False
        kept = told.get("ObjectLockConfiguration", {})
        return kept.get("ObjectLockEnabled") == "Enabled" and bool(kept.get("Rule"))
