"""Encryption at rest: a data key per tenant, wrapped by master keys; exact search by a keyed blind index."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kernel.tenancy import require_tenant


def _master() -> MultiFernet:
    if not settings.MASTER_KEYS:
        raise ImproperlyConfigured("MASTER_KEYS is empty: set at least one Fernet key (32 bytes, base64).")
    return MultiFernet([Fernet(key) for key in settings.MASTER_KEYS])


def new_wrapped_key() -> bytes:
    """A fresh data key of a tenant, encrypted by the newest master key."""
    return _master().encrypt(Fernet.generate_key())


def rewrap(token: bytes) -> bytes:
    """The same data key, or sealed secret, under the newest master key. Raises InvalidToken where none opens it."""
    return _master().rotate(token)


def holder(token: bytes) -> int | None:
    """Which of the master keys opens what one of them sealed: 0 is the newest. None where none does."""
    for place, key in enumerate(settings.MASTER_KEYS):
        try:
            Fernet(key).decrypt(token)
        except InvalidToken:
            continue
        return place
    return None


def opens(wrapped: bytes | memoryview) -> bool:
    """Whether the master keys at hand open this data key."""
    try:
        _master().decrypt(bytes(wrapped))
    except InvalidToken:
        return False
    return True


@lru_cache(maxsize=512)
def _unwrap(wrapped: bytes) -> bytes:
    return _master().decrypt(wrapped)


def _key() -> bytes:
    return _unwrap(bytes(require_tenant().data_key))


def encrypt(text: str) -> bytes:
    """The text encrypted with the data key of the tenant at hand."""
    return Fernet(_key()).encrypt(text.encode("utf-8"))


def encrypt_bytes(content: bytes) -> bytes:
    """Bytes, a file say, encrypted with the data key of the tenant at hand."""
    return Fernet(_key()).encrypt(content)


def decrypt_bytes(token: bytes | memoryview) -> bytes:
    """The bytes of a token that the tenant at hand encrypted. Raises cryptography's InvalidToken otherwise."""
    return Fernet(_key()).decrypt(bytes(token))


def decrypt(token: bytes) -> str:
    """The text of a token that the tenant at hand encrypted. Raises cryptography's InvalidToken otherwise."""
    return Fernet(_key()).decrypt(bytes(token)).decode("utf-8")


def blind_index(text: str) -> str:
    """A keyed fingerprint (64 hex digits) that finds equal texts of one tenant without telling them."""
    key = hashlib.sha256(b"blind-index" + base64.urlsafe_b64decode(_key())).digest()
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()


def seal(text: str) -> str:
    """A secret of an account, which belongs to no tenant, encrypted by the newest master key."""
    return _master().encrypt(text.encode("utf-8")).decode("ascii")


def unseal(token: str) -> str:
    """The secret of a token that `seal` made under any master key still known. Raises InvalidToken otherwise."""
    return _master().decrypt(token.encode("ascii")).decode("utf-8")


def derived_keys(purpose: str) -> list[bytes]:
    """A key of 32 bytes for one purpose from each master key (HKDF, RFC 5869), that of the newest first."""
    return [
        HKDF(SHA256(), 32, salt=None, info=purpose.encode("utf-8")).derive(base64.urlsafe_b64decode(key))
        for key in settings.MASTER_KEYS
    ]
