"""What the program that takes backups has reached, noted in Redis for `manage.py doctor`."""

import json
from collections.abc import Mapping
from datetime import datetime

import redis

_KEY = "siedem:backup"


def note(server: redis.Redis, reached: Mapping[str, str]) -> None:
    """Note instants (ISO) by `segments`, `base`, `copies`, and the kind of a `fault`."""
    server.set(_KEY, json.dumps(dict(reached)))


def noted(server: redis.Redis) -> dict[str, datetime] | None:
    """The instants noted last; None where no program has noted any."""
    text = server.get(_KEY)
    if text is None:
        return None
    told: dict[str, str] = json.loads(str(text))
    return {name: datetime.fromisoformat(value) for name, value in told.items() if value and name != "fault"}
