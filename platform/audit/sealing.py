"""Checkpoints as signed documents: what one says, how it is written, and whether its signature holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kernel.signing import holds, public_half, sign

_KEY_NAME = 16


@dataclass(frozen=True)
class Checkpoint:
    """How far a record had come at an instant.

    `entries` of the chain and the `hash` of the last; `readings` in [`readings_from`, `readings_until`) and their
    digest; `previous` is the signature of the checkpoint before this one, "" for the first. Instants in ISO 8601, UTC.
    `restored_to` is given where the record was put back to what it was at that instant: checkpoints taken between then
    and this one tell of a record that was set aside. `cleared_from` and `cleared_until` are given where the readings of
    that span lost their names past their term: what was noted of them before does not agree any more.
    """

    chain: str
    at: str
    entries: int
    hash: str
    readings: int
    readings_from: str
    readings_until: str
    readings_digest: str
    previous: str
    restored_to: str = ""
    cleared_from: str = ""
    cleared_until: str = ""


class Forged(ValueError):
    """A document is no checkpoint of ours, or was changed after it was signed."""


@dataclass(frozen=True)
class Signed:
    """A checkpoint with its signature (128 hex digits)."""

    checkpoint: Checkpoint
    signature: str


def _told(checkpoint: Checkpoint) -> dict[str, Any]:
    told = asdict(checkpoint)
    # Most are of no restoration and no clearing, and those signed before there were any say nothing of it.
    for name in ("restored_to", "cleared_from", "cleared_until"):
        if not told[name]:
            del told[name]
    return told


def _text(checkpoint: Checkpoint) -> str:
    told = {"document": "siedem audit checkpoint 1", **_told(checkpoint)}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def seal(checkpoint: Checkpoint, private: bytes) -> bytes:
    """The document, signed by this Ed25519 key (32 bytes)."""
    signature = sign(private, _text(checkpoint))
    key = public_half(private)[:_KEY_NAME]
    return json.dumps({"checkpoint": _told(checkpoint), "key": key, "signature": signature}, indent=1).encode(
        "utf-8"
    )


def unseal(document: bytes, publics: Sequence[str]) -> Signed:
    """What a document says, signed by one of these keys (public halves). Raises Forged otherwise."""
    try:
        told = json.loads(document)
        signature = str(told["signature"])
        checkpoint = Checkpoint(**_typed(told["checkpoint"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Forged("not a checkpoint") from error
    if not any(holds(public, _text(checkpoint), signature) for public in publics):
        raise Forged("signed by no key of ours")
    return Signed(checkpoint, signature)


def _typed(told: Mapping[str, Any]) -> dict[str, Any]:
    whole = {"entries", "readings"}
    if any(not isinstance(value, int if name in whole else str) for name, value in told.items()):
        raise TypeError("a checkpoint of other types")
    return dict(told)
