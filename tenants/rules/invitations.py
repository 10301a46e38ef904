"""Links of invitations: the token goes into the mail only, its hash into the database."""

import hashlib
import secrets

VALID_DAYS = 7
KEPT_DAYS = 30


def new_token() -> str:
    """A secret of 256 bits that fits into an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """The SHA-256 of a token, 64 hex digits."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
