"""Encryption at rest: a data key per tenant, wrapped by master keys; exact search by a keyed blind index."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
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
    return holder(bytes(wrapped)) is not None


@lru_cache(maxsize=512)
def _unwrap(wrapped: bytes) -> bytes:
    return _master().decrypt(wrapped)


def _key() -> bytes:
    return _unwrap(bytes(require_tenant().data_key))


def same_key(wrapped: bytes, other: bytes) -> bool:
    """Whether both are the same data key, however wrapped."""
    return hmac.compare_digest(_unwrap(wrapped), _unwrap(other))


def _keys_of_tenant_at_hand() -> Sequence[bytes]:
    return [bytes(require_tenant().data_key)]


_ask_keys: Callable[[], Sequence[bytes]] = _keys_of_tenant_at_hand


def ask_keys_by(ask: Callable[[], Sequence[bytes]]) -> None:
    """Let the tenants app say how the wrapped keys of the tenant at hand are read afresh: the present, then former."""
    global _ask_keys
    _ask_keys = ask


def _all_keys() -> MultiFernet:
    return MultiFernet([Fernet(_unwrap(wrapped)) for wrapped in _ask_keys()])


def _opened(token: bytes) -> bytes:
    try:
        return Fernet(_key()).decrypt(token)
    except InvalidToken:
        # The tenant was read before its key was changed, or the token was written by who did so.
        return _all_keys().decrypt(token)


def encrypter_anew() -> Callable[[bytes], bytes | None]:
    """What encrypts a token of the tenant at hand with its present key; None where it is already.

    The function raises InvalidToken where no key of the tenant's opens the token.
    """
    present, every = Fernet(_key()), _all_keys()

    def anew(token: bytes) -> bytes | None:
        try:
            present.decrypt(token)
        except InvalidToken:
            return every.rotate(token)
        return None

    return anew


def encrypt(text: str) -> bytes:
    """The text encrypted with the data key of the tenant at hand."""
    return Fernet(_key()).encrypt(text.encode("utf-8"))


def encrypt_bytes(content: bytes) -> bytes:
    """Bytes, a file say, encrypted with the data key of the tenant at hand."""
    return Fernet(_key()).encrypt(content)


def decrypt_bytes(token: bytes | memoryview) -> bytes:
    """The bytes of a token that the tenant at hand encrypted. Raises cryptography's InvalidToken otherwise."""
    return _opened(bytes(token))


def decrypt(token: bytes) -> str:
    """The text of a token that the tenant at hand encrypted. Raises cryptography's InvalidToken otherwise."""
    return _opened(bytes(token)).decode("utf-8")


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
