"""A mark that a worker renews for the clock each minute: it is fresh only where clock, queue and worker all do."""

import time

import redis

from kernel.health import redis_server

_KEY = "siedem:heartbeat"


def renew() -> None:
    """Note that a worker did an errand of the clock now."""
    with redis_server() as server:
        server.set(_KEY, repr(time.time()))


def seconds_since() -> float | None:
    """How long ago a worker last did an errand of the clock; None where none ever did. Raises redis.RedisError."""
    with redis_server() as server:
        noted = server.get(_KEY)
    return None if noted is None else max(0.0, time.time() - float(str(noted)))


def tasks_waiting() -> int:
    """How many tasks lie in the queue that no worker has taken. Raises redis.RedisError."""
    with redis_server() as server:
        return int(server.llen("celery"))


def eviction_policy() -> str | None:
    """What the queue does when its memory is full; None where it does not say. Raises redis.RedisError."""
    with redis_server() as server:
        try:
            told = server.config_get("maxmemory-policy")
        except redis.ResponseError:
            return None
    return str(dict(told).get("maxmemory-policy", "")) or None
