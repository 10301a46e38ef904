"""Ed25519: a pair of keys, the signature of a document, and whether one holds."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def new_pair() -> tuple[bytes, str]:
    """A private key (32 bytes) and its public half (64 hex digits)."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw().hex()


def sign(private: bytes, text: str) -> str:
    """The signature of a document, 128 hex digits."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(text.encode("utf-8")).hex()


def holds(public: str, text: str, signature: str) -> bool:
    """Whether the signature of a document was made by the key of this public half."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), text.encode("utf-8")
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def public_half(private: bytes) -> str:
    """The public half (64 hex digits) of a private key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()
