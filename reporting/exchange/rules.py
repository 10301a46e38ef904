"""What needs no database: the secrets of tokens, cursors, fingerprints of requests, signatures of webhooks."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

MARK = "sdm"
PREFIX_LENGTH = 8
_SECRET_BYTES = 32
SIGNING_MARK = "whsec_"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_token() -> tuple[str, str]:
    """A prefix that may be shown and the whole token, `sdm_<prefix>_<secret>`, that is shown once."""
    prefix = secrets.token_hex(PREFIX_LENGTH // 2)
    return prefix, f"{MARK}_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def digest_of_token(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so one round of SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(method: str, path: str, body: Any) -> str:
    """What was asked: the same for the same JSON, however it is spaced and ordered. Raises UnicodeEncodeError for text
    that no file could hold (a lone surrogate)."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{method} {path}\n{text}".encode()).hexdigest()


def write_cursor(at: datetime, pk: UUID) -> str:
    """The place after a row in a list ordered by (at, pk); opaque to callers."""
    microseconds = (at - EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{microseconds:x}.{pk.hex}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """What `write_cursor` wrote. Raises ValueError for anything else."""
    padded = cursor + "=" * (-len(cursor) % 4)
    microseconds, _, pk = (
        base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition(".")
    )
    try:
        return EPOCH + timedelta(microseconds=int(microseconds, 16)), UUID(hex=pk)
    except OverflowError as error:
        raise ValueError(cursor) from error


def new_signing_secret() -> str:
    """The secret of a webhook, as Standard Webhooks writes it: `whsec_` and 32 bytes in base64."""
    return SIGNING_MARK + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks, v1)."""
    key = base64.b64decode(secret.removeprefix(SIGNING_MARK))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()
