"""Copies of files, which stand in no database: each once, since a stored file never changes under its name.

What is gone from its place is forgotten here once the time is over for which backups are kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from kernel.aws import S3Account
from kernel.backup.store import BackupStore

CHECKPOINTS = "checkpoints"
# Below the checkpoints lies the certificate of each tenant that was erased, named after its schema.
_ERASURES = "erasures"


class Place(Protocol):
    """Where files lie."""

    def keys(self) -> Iterator[str]:
        """Names of all files."""

    def read(self, key: str) -> bytes | None:
        """A file's content; None where it is gone meanwhile."""

    def write(self, key: str, content: bytes) -> None:
        """Put a file back."""


@dataclass(frozen=True)
class Folder:
    """Files on disk."""

    root: Path

    def keys(self) -> Iterator[str]:
        yield from (path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())

    def read(self, key: str) -> bytes | None:
        try:
            return (self.root / key).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, key: str, content: bytes) -> None:
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@dataclass(frozen=True)
class Bucket:
    """Files in a bucket."""

    account: S3Account
    name: str

    def _client(self) -> Any:
        return self.account.client()

    def keys(self) -> Iterator[str]:
        for page in self._client().get_paginator("list_objects_v2").paginate(Bucket=self.name):
            yield from (one["Key"] for one in page.get("Contents", []))

    def read(self, key: str) -> bytes | None:
        client = self._client()
        try:
            content: bytes = client.get_object(Bucket=self.name, Key=key)["Body"].read()
        except client.exceptions.NoSuchKey:
            return None
        return content

    def write(self, key: str, content: bytes) -> None:
        self._client().put_object(Bucket=self.name, Key=key, Body=content)


@dataclass(frozen=True)
class Copies:
    """Places by the name of their folder in the store."""

    places: Mapping[str, Place]

    def keep(self, store: BackupStore, now: datetime, kept_for: timedelta) -> int:
        """Copy what is new, forget what has been gone for long; how many were copied."""
        return sum(self._keep(store, name, place, now - kept_for) for name, place in self.places.items())

    def _keep(self, store: BackupStore, name: str, place: Place, forget_before: datetime) -> int:
        held = {kept.key.removeprefix(f"files/{name}/") for kept in store.listed(f"files/{name}/")}
        missed = {kept.key.removeprefix(f"gone/{name}/"): kept.at for kept in store.listed(f"gone/{name}/")}
        present, copied = set(place.keys()), 0
        for key in sorted(present - held):
            content = place.read(key)
            if content is not None:
                store.put(f"files/{name}/{key}", content)
                copied += 1
        for key in held - present - missed.keys():
            store.put(f"gone/{name}/{key}", b"")
        for key, since in missed.items():
            if key in present:
                store.delete(f"gone/{name}/{key}")
            elif since < forget_before or key not in held:
                store.delete(f"files/{name}/{key}")
                store.delete(f"gone/{name}/{key}")
        return copied

    def put_back(self, store: BackupStore) -> int:
        """Write every copy whose file is not in its place, but nothing of erased tenants; how many there were."""
        written = self._put_back(store, CHECKPOINTS, frozenset())
        place = self.places.get(CHECKPOINTS)
        certificates = map(PurePosixPath, place.keys() if place else ())
        erased = frozenset(path.stem for path in certificates if path.parts[:-1] == (_ERASURES,))
        for name in self.places.keys() - {CHECKPOINTS}:
            written += self._put_back(store, name, erased)
        return written

    def _put_back(self, store: BackupStore, name: str, erased: frozenset[str]) -> int:
        place = self.places.get(name)
        if place is None:
            return 0
        present, written = set(place.keys()), 0
        for kept in store.listed(f"files/{name}/"):
            key = kept.key.removeprefix(f"files/{name}/")
            if key not in present and key.partition("/")[0] not in erased:
                place.write(key, store.read(kept.key))
                written += 1
        return written
