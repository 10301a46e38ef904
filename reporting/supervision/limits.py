"""How often one address of the network may open links of surveys: enough for a household, too few for guessing."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

PER_MINUTE = 60
_MINUTE = 60


def is_too_often(request: HttpRequest) -> bool:
    """Count this request, and say whether there were too many in the last minute. Without a cache nobody is refused:
    what protects a link is that its token cannot be guessed."""
    where = request.META.get("REMOTE_ADDR", "")
    key = f"survey-answer-{hashlib.sha256(where.encode()).hexdigest()[:32]}"
    try:
        cache.add(key, 0, _MINUTE)
        return int(cache.incr(key)) > PER_MINUTE
    except (RedisError, ValueError):
        return False
