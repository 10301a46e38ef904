"""Versions of documents chained by hashes: whoever changes, removes or inserts one breaks every link after it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

GENESIS = "0" * 64


@dataclass(frozen=True)
class Link:
    """One version as the chain sees it; `content_hash` stands for its text, `previous` for all before it."""

    case: str
    sequence: int
    kind: str
    series: str
    version: int
    content_hash: str
    written_at: datetime
    author: str
    previous: str


def canonical(salt: str, fields: dict[str, str]) -> str:
    """The text of a version in one spelling. The salt keeps a short text from being guessed by its hash."""
    return json.dumps({"salt": salt, "fields": fields}, sort_keys=True, ensure_ascii=False)


def content_hash(text: str) -> str:
    """SHA-256 (64 hex digits) of a version in its canonical spelling."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def link_hash(link: Link) -> str:
    """SHA-256 (64 hex digits) over everything the link says, the hash before it included."""
    parts = [
        link.case,
        link.sequence,
        link.kind,
        link.series,
        link.version,
        link.content_hash,
        link.written_at.isoformat(),
        link.author,
        link.previous,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8")).hexdigest()


def first_broken(versions: Iterable[tuple[Link, str, str]]) -> int | None:
    """The sequence number of the first version that does not hold, None where all do.

    Each version comes as its link, its stored hash and the hash of its text as it stands now, in their order.
    """
    previous, expected = GENESIS, 1
    for link, stored, text_now in versions:
        holds = link.sequence == expected and link.previous == previous and link.content_hash == text_now
        if not holds or link_hash(link) != stored:
            return expected
        previous, expected = stored, expected + 1
    return None
