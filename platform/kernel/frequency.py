"""How often one address of the network may open what a link opens without signing in."""

import hashlib
from ipaddress import IPv6Address, ip_network

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from kernel.callers import caller_of

# Enough for people, too few for guessing.
PER_MINUTE = 60
_MINUTE = 60
# Whoever has one address of IPv6 has this many leading bits, and all addresses behind them.
_ONE_HOUSE = 64


def is_too_often(request: HttpRequest, what: str) -> bool:
    """Count this request for `what`, and say whether there were too many in the last minute.

    Without a cache nobody is refused: what protects such a link is that it cannot be guessed.
    """
    key = f"{what}-{hashlib.sha256(_counted_as(request).encode()).hexdigest()[:32]}"
    try:
        cache.add(key, 0, _MINUTE)
        return int(cache.incr(key)) > PER_MINUTE
    except (RedisError, ValueError):
        return False


def _counted_as(request: HttpRequest) -> str:
    caller = caller_of(request)
    if isinstance(caller, IPv6Address):
        return str(ip_network((caller, _ONE_HOUSE), strict=False))
    return str(caller or "")
