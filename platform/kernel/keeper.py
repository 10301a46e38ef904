"""The keeper: wraps secrets so that the database alone cannot open them, by a key file or a key management service.

A wrapped secret is bound to its context (which tenant, which call) and begins with the mark of the keeper that made it,
so that secrets of an earlier keeper are still opened after a move to another one.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import boto3
import structlog
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kernel.aws import client_config, code_of
from kernel.errors import DomainError, ServerAway

log = structlog.get_logger(__name__)

KEY_BYTES = 32
_MARK_BYTES = 2
_ID_BYTES = 8
_NONCE_BYTES = 12
# Answers of a KMS that mean the secret was made with another key or for another context, or was altered.
_REFUSALS = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})

Context = Mapping[str, str]


class KeyLost(DomainError):
    """The keeper cannot open a secret: its key is gone, is another one, or the secret was altered."""

    status = 503


class Keeper(Protocol):
    """Something that wraps and unwraps short secrets."""

    name: str
    mark: bytes

    def wrap(self, secret: bytes, context: Context) -> bytes: ...

    def unwrap(self, wrapped: bytes, context: Context) -> bytes: ...


def _bytes_of(context: Context) -> bytes:
    return json.dumps(dict(context), sort_keys=True, separators=(",", ":")).encode("utf-8")


def _lost(reason: str) -> KeyLost:
    log.error("keeper_key_lost", reason=reason)
    return KeyLost(
        "keeper_key_lost",
        _(
            "The key that protects sealed offers is lost or is another one, so they cannot be opened with it. "
            "Nothing was changed and nothing is lost: the operator of the platform recovers the key with two "
            "of the printed recovery shares."
        ),
    )


class FileKeeper:
    """A key of 32 bytes (base64) in a file outside the database. The file is read at each use: put back, it serves."""

    name = "file"
    mark = b"F1"

    def __init__(self, path: Path) -> None:
        self._path = path

    def _key(self) -> bytes:
        try:
            text = self._path.read_text("ascii").strip()
            key = base64.b64decode(text, validate=True)
        except FileNotFoundError:
            raise _lost("file_missing") from None
        except (OSError, ValueError, binascii.Error):
            raise _lost("file_unreadable") from None
        if len(key) != KEY_BYTES:
            raise _lost("file_altered")
        return key

    def wrap(self, secret: bytes, context: Context) -> bytes:
        key, nonce = self._key(), secrets.token_bytes(_NONCE_BYTES)
        return self.mark + _id_of(key) + nonce + AESGCM(key).encrypt(nonce, secret, _bytes_of(context))

    def unwrap(self, wrapped: bytes, context: Context) -> bytes:
        key, body = self._key(), wrapped[_MARK_BYTES:]
        key_id, nonce = body[:_ID_BYTES], body[_ID_BYTES : _ID_BYTES + _NONCE_BYTES]
        if key_id != _id_of(key):
            raise _lost("another_file")
        try:
            return AESGCM(key).decrypt(nonce, body[_ID_BYTES + _NONCE_BYTES :], _bytes_of(context))
        except InvalidTag:
            raise _lost("secret_altered") from None


def _id_of(key: bytes) -> bytes:
    return hashlib.sha256(b"siedem keeper" + key).digest()[:_ID_BYTES]


class KmsKeeper:
    """A key that never leaves a service with the interface of AWS KMS; the context goes with each call."""

    name = "kms"
    mark = b"K1"

    def __init__(self, key_id: str, endpoint_url: str, region: str) -> None:
        self._key_id = key_id
        self._endpoint_url = endpoint_url
        self._region = region
        # A client is not safe to share between threads while it is made, and costs a tenth of a second.
        self._kept = threading.local()

    def _client(self) -> Any:
        if not hasattr(self._kept, "client"):
            self._kept.client = boto3.client(
                "kms",
                region_name=self._region,
                endpoint_url=self._endpoint_url or None,
                config=client_config(read_timeout=10),
            )
        return self._kept.client

    def wrap(self, secret: bytes, context: Context) -> bytes:
        answer = self._ask("encrypt", Plaintext=secret, EncryptionContext=dict(context))
        return self.mark + bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, context: Context) -> bytes:
        body = wrapped[_MARK_BYTES:]
        return bytes(self._ask("decrypt", CiphertextBlob=body, EncryptionContext=dict(context))["Plaintext"])

    def _ask(self, verb: str, **given: Any) -> Any:
        try:
            return getattr(self._client(), verb)(KeyId=self._key_id, **given)
        except ClientError as error:
            code = code_of(error)
            if verb == "decrypt" and code in _REFUSALS:
                raise _lost(code) from None
            raise _away(code) from error
        except BotoCoreError as error:
            raise _away(type(error).__name__) from error


def _away(reason: str) -> ServerAway:
    log.error("keeper_away", reason=reason)
    return ServerAway(
        "keeper_away",
        _(
            "The service that keeps the keys does not answer, so nothing was saved and nothing was opened. "
            "Try again in a few minutes; if it goes on, tell the operator of the platform."
        ),
    )


_made: dict[tuple[str, ...], Keeper] = {}


def _file_keeper() -> Keeper | None:
    path = str(settings.SEAL_KEY_FILE)
    return _made.setdefault(("file", path), FileKeeper(Path(path))) if path else None


def _kms_keeper() -> Keeper | None:
    given = (settings.SEAL_KMS_KEY_ID, settings.SEAL_KMS_ENDPOINT_URL, settings.SEAL_KMS_REGION)
    return _made.setdefault(("kms", *given), KmsKeeper(*given)) if given[0] else None


def present_keeper() -> Keeper:
    """The keeper that wraps new secrets: the KMS where one is named, else the key file."""
    keeper = _kms_keeper() or _file_keeper()
    if keeper is None:
        raise ImproperlyConfigured("Nothing keeps the keys of calls: set SEAL_KMS_KEY_ID or SEAL_KEY_FILE.")
    return keeper


def wrap(secret: bytes, context: Context) -> bytes:
    """The secret as only the present keeper opens it, and only with the same context.

    Raises ServerAway where the keeper does not answer, KeyLost where its key is gone.
    """
    return present_keeper().wrap(secret, context)


def unwrap(wrapped: bytes | memoryview, context: Context) -> bytes:
    """The secret again, by the keeper that wrapped it.

    Raises ServerAway where the keeper does not answer; KeyLost where its key is gone or another one, or the secret was
    altered or belongs to another context.
    """
    mark = bytes(wrapped)[:_MARK_BYTES]
    for keeper in (_kms_keeper(), _file_keeper()):
        if keeper is not None and keeper.mark == mark:
            return keeper.unwrap(bytes(wrapped), context)
    raise _lost("no_such_keeper")


def ensure_key_file(path: Path) -> bool:
    """Make the key file, readable by its owner only, where there is none; returns whether it was made now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii") + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True
