"""Sealing an offer: canonical bytes and their hash, encryption to a call's key, the bidder's code, recovery shares.

Pure: no database, no settings. A content key (AES-256-GCM) encrypts content and files of one handing in; it is wrapped
to the call's X25519 key by HPKE (RFC 9180) and, for the bidder, under a code that only the bidder has. Everything is
bound to its place: tenant, call, offer and sequence.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import shamir_mnemonic
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# What a database gives for a column of bytes.
Stored = bytes | memoryview

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_NONCE_BYTES = 12
_KEY_BYTES = 32
# Contents are padded to whole blocks, so that the length of a ciphertext says little of the offer.
_BLOCK = 4096
# Digits and letters without I, L, O, U: what people read aloud and copy by hand.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_SIGNS, _CODE_GROUP = 25, 5
_SHARES = 3


class SealBroken(ValueError):
    """A ciphertext, a wrapped key or a share was altered, or does not belong here."""


@dataclass(frozen=True)
class Place:
    """Where a sealed thing belongs: ids of tenant, call and offer as texts, and which handing in it is."""

    tenant: str
    call: str
    offer: str = ""
    sequence: int = 0

    def bound(self, purpose: str) -> bytes:
        """The bytes that bind a ciphertext to this place and purpose."""
        return json.dumps([purpose, self.tenant, self.call, self.offer, self.sequence]).encode("utf-8")


@dataclass(frozen=True)
class KeyPair:
    """An X25519 pair, 32 raw bytes each."""

    private: bytes
    public: bytes


def new_pair() -> KeyPair:
    private = X25519PrivateKey.generate()
    return KeyPair(private.private_bytes_raw(), private.public_key().public_bytes_raw())


def public_half(private: bytes) -> bytes:
    """The public half of a private key. Raises SealBroken where the bytes are none."""
    try:
        return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    except ValueError as error:
        raise SealBroken("no private key") from error


def fingerprint(public: Stored) -> str:
    """The SHA-256 of a public key, 64 hex digits."""
    return hashlib.sha256(bytes(public)).hexdigest()


def canonical_bytes(content: Any) -> bytes:
    """The one way to write a content: UTF-8, keys sorted, no blanks.

    Raises TypeError for what has no single text: floats, and anything that is not JSON.
    """
    _refuse_floats(content)
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a content holds whole numbers and texts; money is text")
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys of a content are texts")
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_floats(item)


def sha256_of(canonical: bytes) -> str:
    return hashlib.sha256(canonical).hexdigest()


def new_content_key() -> bytes:
    return secrets.token_bytes(_KEY_BYTES)


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, sealed: Stored, bound: bytes) -> bytes:
    token = bytes(sealed)
    try:
        return AESGCM(key).decrypt(token[:_NONCE_BYTES], token[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("altered, or from another place") from error


def seal_content(canonical: bytes, content_key: bytes, place: Place) -> bytes:
    """The canonical content encrypted, its length hidden in whole blocks."""
    padded = canonical + b" " * (-len(canonical) % _BLOCK)
    return _encrypt(content_key, padded, place.bound("content"))


def open_content(ciphertext: Stored, content_key: bytes, place: Place) -> bytes:
    """The canonical content again. Raises SealBroken."""
    return _decrypt(content_key, ciphertext, place.bound("content")).rstrip(b" ")


def seal_file(plain: bytes, content_key: bytes, place: Place, key: str) -> bytes:
    """A file of the offer encrypted; `key` is its name within the content."""
    return _encrypt(content_key, plain, place.bound(f"file:{key}"))


def open_file(ciphertext: Stored, content_key: bytes, place: Place, key: str) -> bytes:
    """The file again. Raises SealBroken."""
    return _decrypt(content_key, ciphertext, place.bound(f"file:{key}"))


def wrap_for(public: Stored, secret: bytes, place: Place, purpose: str = "content key") -> bytes:
    """A secret that only the holder of the private half opens, bound to its place (HPKE base mode)."""
    return _SUITE.encrypt(secret, X25519PublicKey.from_public_bytes(bytes(public)), info=place.bound(purpose))


def unwrap_with(private: bytes, wrapped: Stored, place: Place, purpose: str = "content key") -> bytes:
    """The secret again. Raises SealBroken."""
    try:
        key = X25519PrivateKey.from_private_bytes(private)
        return _SUITE.decrypt(bytes(wrapped), key, info=place.bound(purpose))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("wrapped for another key or place, or altered") from error


def new_code() -> str:
    """A bidder's code: 125 random bits in groups of five signs, `7K2QM-…`."""
    signs = [secrets.choice(_ALPHABET) for _sign in range(_CODE_SIGNS)]
    return "-".join(
        "".join(signs[start : start + _CODE_GROUP]) for start in range(0, _CODE_SIGNS, _CODE_GROUP)
    )


def plain_code(typed: str) -> str:
    """A code as typed by people: small letters, blanks and O for 0, I or L for 1 are taken as meant."""
    joined = "".join(sign for sign in typed.upper() if sign.isalnum())
    return joined.translate(str.maketrans("OIL", "011"))


def is_code(text: str) -> bool:
    """Whether a text has the form of a bidder's code."""
    plain = plain_code(text)
    return len(plain) == _CODE_SIGNS and set(plain) <= set(_ALPHABET)


def _key_of_code(code: str, place: Place) -> bytes:
    derive = HKDF(hashes.SHA256(), _KEY_BYTES, salt=place.bound("code"), info=b"siedem bidder code")
    return derive.derive(plain_code(code).encode("utf-8"))


def wrap_for_code(code: str, content_key: bytes, place: Place) -> bytes:
    """The content key as only the bidder's code opens it."""
    return _encrypt(_key_of_code(code, place), content_key, place.bound("for bidder"))


def unwrap_with_code(code: str, wrapped: Stored, place: Place) -> bytes:
    """The content key again. Raises SealBroken where the code is another one."""
    return _decrypt(_key_of_code(code, place), wrapped, place.bound("for bidder"))


def moment_text(moment: datetime) -> str:
    """A moment as receipts write it: UTC to the microsecond, `2026-11-22T12:00:00.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def receipt_mac(call_private: bytes, receipt: str, moment: datetime, sha256: str) -> str:
    """The mark that binds number, moment and hash of a receipt; made with a key derived from the call's own."""
    derive = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"siedem receipt")
    told = json.dumps([receipt, moment_text(moment), sha256]).encode("utf-8")
    return hmac.new(derive.derive(call_private), told, hashlib.sha256).hexdigest()


def same_mac(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)


@dataclass(frozen=True)
class ReceiptLine:
    """What the digest of a call takes of a receipt."""

    receipt: str
    moment: datetime
    sha256: str
    state: str


def digest_of(lines: list[ReceiptLine]) -> str:
    """The SHA-256 over all receipts of a call, in the order of their numbers, withdrawn and replaced ones included.

    Published after the deadline, so that no receipt can be added, altered or removed unseen before the opening.
    """
    texts = sorted(
        f"{line.receipt}\t{moment_text(line.moment)}\t{line.sha256}\t{line.state}" for line in lines
    )
    return hashlib.sha256("\n".join(texts).encode("utf-8")).hexdigest()


def split_secret(secret: bytes, threshold: int = 2, shares: int = _SHARES) -> list[str]:
    """A secret as shares of 33 words each (SLIP-39), any `threshold` of which give it back."""
    return list(shamir_mnemonic.generate_mnemonics(1, [(threshold, shares)], secret)[0])


def join_shares(shares: list[str]) -> bytes:
    """The secret of enough shares. Raises SealBroken where words are wrong, of different secrets, or too few."""
    try:
        return bytes(shamir_mnemonic.combine_mnemonics([" ".join(share.lower().split()) for share in shares]))
    except (shamir_mnemonic.MnemonicError, ValueError) as error:
        raise SealBroken(str(error)) from error
