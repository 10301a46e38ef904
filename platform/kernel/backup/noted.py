"""What the program that takes backups has reached, noted in Redis for `manage.py doctor`."""

import json
from collections.abc import Mapping
from datetime import datetime

import redis

_KEY = "siedem:backup"
KINDS = ("segments", "base", "copies")


def note(server: redis.Redis, reached: Mapping[str, str]) -> None:
    """Note instants (ISO) by `segments`, `base`, `copies`, and which segments are `missing` ("" for none).

    `versions` is "kept" where the bucket keeps old versions for ever, "unknown" where it does not say.
    """
    server.set(_KEY, json.dumps(dict(reached)))


def noted(server: redis.Redis) -> dict[str, datetime] | None:
    """The instants noted last; None where no program has noted any."""
    told = _told(server)
    if told is None:
        return None
    return {name: datetime.fromisoformat(told[name]) for name in KINDS if told.get(name)}


def missing(server: redis.Redis) -> str:
    """Between which segments the store has a gap, as they are named; "" for none, or where nobody has looked."""
    return (_told(server) or {}).get("missing", "")


def old_versions(server: redis.Redis) -> str:
    """Whether the bucket keeps what was forgotten as old versions for ever: "kept", "unknown", or ""."""
    return (_told(server) or {}).get("versions", "")


def _told(server: redis.Redis) -> dict[str, str] | None:
    text = server.get(_KEY)
    told: dict[str, str] | None = None if text is None else json.loads(str(text))
    return told
