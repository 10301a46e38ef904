"""The bucket of backups: everything in it is encrypted for identities of age, and read back whole or not at all."""

import gzip
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from kernel.aws import S3Account, code_of
from kernel.backup.faults import BackupFault

_SUFFIX = ".age"
# S3 takes 10,000 parts of an object: so large an archive can be 1.3 TB. Two parts are in memory at a time.
PART = 128 * 1024 * 1024
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
# What servers answer that know no versions, and where a bucket has no rules or its server knows none.
_NO_VERSIONS = frozenset({"NotImplemented", "MethodNotAllowed"})
_NO_RULES = frozenset({"NoSuchLifecycleConfiguration", "NotImplemented", "MethodNotAllowed"})


def recipients_of(texts: Sequence[str]) -> list[Any]:
    """Public keys of age (`age1…`). Raises BackupFault."""
    if not texts:
        raise BackupFault(
            "Nobody is named who could open a backup: make an identity with age-keygen, keep it where no server is, "
            "and name its public key in ARCHIVE_RECIPIENTS."
        )
    try:
        return [pyrage.x25519.Recipient.from_str(text.strip()) for text in texts]
    except pyrage.RecipientError:
        raise BackupFault("ARCHIVE_RECIPIENTS holds something that is no public key of age.") from None


def identities_of(path: Path) -> list[Any]:
    """The private keys of a file that age-keygen made. Raises BackupFault."""
    lines = [line.strip() for line in path.read_text("ascii", errors="replace").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise BackupFault(f"{path} holds no identity of age: a line that begins with AGE-SECRET-KEY-1.")
    return found


def _in_parts() -> TransferConfig:
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=1)
    # Of the transfer's own, which boto3 does not name: ten parts of a stream would lie in memory.
    config.max_in_memory_upload_chunks = 1
    return config


@dataclass(frozen=True)
class Kept:
    """An object of the store: its key without prefix and suffix, bytes as encrypted, when it came."""

    key: str
    size: int
    at: datetime


@dataclass
class BackupStore:
    """A bucket, or the part of one below `prefix`; `recipients` are needed to write, `identities` to read."""

    account: S3Account
    bucket: str
    prefix: str = ""
    recipients: Sequence[Any] = ()
    identities: Sequence[Any] = ()
    client: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.client = self.client or self.account.client()

    def below(self, prefix: str) -> "BackupStore":
        """The part of this store below a folder."""
        return BackupStore(
            self.account,
            self.bucket,
            f"{self.prefix}{prefix}/",
            self.recipients,
            self.identities,
            self.client,
        )

    def _name(self, key: str) -> str:
        return f"{self.prefix}{key}{_SUFFIX}"

    def folders(self) -> list[str]:
        """Names of the folders directly below."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix, Delimiter="/"
        )
        found = (one["Prefix"] for page in pages for one in page.get("CommonPrefixes", []))
        return sorted(name.removeprefix(self.prefix).rstrip("/") for name in found)

    def listed(self, below: str) -> list[Kept]:
        """Everything below a folder such as `wal/`, by key."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{self.prefix}{below}"
        )
        return sorted(
            (
                Kept(
                    one["Key"].removeprefix(self.prefix).removesuffix(_SUFFIX),
                    one["Size"],
                    one["LastModified"],
                )
                for page in pages
                for one in page.get("Contents", [])
                if one["Key"].endswith(_SUFFIX)
            ),
            key=lambda kept: kept.key,
        )

    def put(self, key: str, content: bytes) -> None:
        """Compress, encrypt and keep."""
        sealed = pyrage.encrypt(gzip.compress(content, 1, mtime=0), list(self.recipients))
        self.client.put_object(Bucket=self.bucket, Key=self._name(key), Body=sealed)

    def read(self, key: str) -> bytes:
        """What `put` was given. Raises BackupFault where it is not there, was changed, or another's."""
        try:
            sealed = self.client.get_object(Bucket=self.bucket, Key=self._name(key))["Body"].read()
        except ClientError as error:
            if code_of(error) in _ABSENT:
                raise BackupFault(f"The store has no {key}.") from None
            raise
        try:
            return gzip.decompress(pyrage.decrypt(sealed, list(self.identities)))
        except (pyrage.DecryptError, OSError, EOFError):
            raise BackupFault(
                f"{key} cannot be opened: it was changed, or is not for this identity."
            ) from None

    def put_stream(
        self,
        key: str,
        source: IO[bytes],
        check: Callable[[], None],
        going_on: Callable[[], None] = lambda: None,
    ) -> None:
        """Encrypt while reading to the end. `check` raises where what was read is not whole, `going_on` whenever
        it is not to go on: nothing is kept then, nor parts of it."""
        reading, writing = os.pipe()
        failed: list[BaseException] = []

        def encrypt() -> None:
            try:
                with os.fdopen(writing, "wb") as sink:
                    pyrage.encrypt_io(source, sink, list(self.recipients))
            except BaseException as error:  # told below, where it is waited for
                failed.append(error)

        beside = threading.Thread(target=encrypt, daemon=True)
        beside.start()
        try:
            with os.fdopen(reading, "rb") as sealed:
                # Asked as bytes leave: a part of 128 MB takes minutes on a narrow line.
                self.client.upload_fileobj(
                    sealed,
                    self.bucket,
                    self._name(key),
                    Config=_in_parts(),
                    Callback=lambda _sent: going_on(),
                )
            beside.join()
            if failed:
                raise failed[0]
            check()
        except BaseException:
            self.delete(key)
            raise

    @contextmanager
    def stream(self, key: str) -> Iterator[IO[bytes]]:
        """What `put_stream` was given, read once. Raises BackupFault where it was cut or changed."""
        reading, writing = os.pipe()
        body = self.client.get_object(Bucket=self.bucket, Key=self._name(key))["Body"]
        failed: list[BaseException] = []

        def decrypt() -> None:
            try:
                with os.fdopen(writing, "wb") as sink:
                    pyrage.decrypt_io(body, sink, list(self.identities))
            except BaseException as error:  # told below, where it is waited for
                failed.append(error)

        beside = threading.Thread(target=decrypt, daemon=True)
        beside.start()
        try:
            with os.fdopen(reading, "rb") as opened:
                yield opened
                # To the end, where a cut is seen.
                while opened.read(1 << 20):
                    pass
        except Exception as error:
            beside.join(5)
            if failed:
                raise BackupFault(
                    f"{key} cannot be opened: it was cut or changed, or is not for this identity."
                ) from error
            raise
        beside.join()
        if failed:
            raise BackupFault(
                f"{key} cannot be opened: it was cut or changed, or is not for this identity."
            ) from failed[0]

    def keeps_old_versions_for_ever(self) -> bool:
        """Whether what is deleted here stays as an old version that no rule of the bucket removes.

        Raises ClientError where the store does not say, because one may not ask for example.
        """
        try:
            if self.client.get_bucket_versioning(Bucket=self.bucket).get("Status") != "Enabled":
                return False
        except ClientError as error:
            if code_of(error) not in _NO_VERSIONS:
                raise
            return False
        try:
            rules = self.client.get_bucket_lifecycle_configuration(Bucket=self.bucket)["Rules"]
        except ClientError as error:
            if code_of(error) not in _NO_RULES:
                raise
            return True
        return not any(
            rule["Status"] == "Enabled" and "NoncurrentVersionExpiration" in rule for rule in rules
        )

    def delete(self, key: str) -> None:
        """Remove it; harmless where it is not."""
        self.client.delete_object(Bucket=self.bucket, Key=self._name(key))
