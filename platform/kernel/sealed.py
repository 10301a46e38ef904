"""Texts that travel in addresses without telling what they say: what somebody searches for may be a name."""

from cryptography.fernet import InvalidToken

from kernel.crypto import decrypt, encrypt

LONGEST = 2000


def seal(text: str) -> str:
    """The text as a token for an address, readable by the tenant at hand only."""
    return encrypt(text).decode("ascii")


def unseal(token: str) -> str | None:
    """The text of a token, or None where this tenant did not make it."""
    if not token or len(token) > LONGEST or not token.isascii():
        return None
    try:
        return decrypt(token.encode("ascii"))
    except InvalidToken:
        return None
