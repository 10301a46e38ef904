"""How often one address of the network may open what a link opens without signing in."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

# Enough for people, too few for guessing.
PER_MINUTE = 60
_MINUTE = 60


def is_too_often(request: HttpRequest, what: str) -> bool:
    """Count this request for `what`, and say whether there were too many in the last minute.

    Without a cache nobody is refused: what protects such a link is that it cannot be guessed.
    """
    where = request.META.get("REMOTE_ADDR", "")
    key = f"{what}-{hashlib.sha256(where.encode()).hexdigest()[:32]}"
    try:
        cache.add(key, 0, _MINUTE)
        return int(cache.incr(key)) > PER_MINUTE
    except (RedisError, ValueError):
        return False
