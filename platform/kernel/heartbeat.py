"""A mark that a worker renews for the clock each minute: it is fresh only where clock, queue and worker all do."""

import json
import time

import redis

from kernel.health import redis_server

# A header of every message in the queue: from when on it may be done (seconds since 1970).
SENT_AT = "siedem_sent_at"
_KEY = "siedem:heartbeat"
_ERRANDS = "siedem:errands"
_QUEUE = "celery"


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
        return int(server.llen(_QUEUE))


def note_errand(task: str) -> None:
    """Note that an errand of the clock was done now. Raises redis.RedisError."""
    with redis_server() as server:
        server.hset(_ERRANDS, task, repr(time.time()))


def errands_done() -> dict[str, float]:
    """How many seconds ago each errand of the clock was last done, by its task. Raises redis.RedisError."""
    with redis_server() as server:
        noted: dict[str, str] = server.hgetall(_ERRANDS)
    return {task: max(0.0, time.time() - float(at)) for task, at in noted.items()}


def oldest_waiting() -> float:
    """For how many seconds the oldest task of the queue waits; 0.0 where none does.

    Raises redis.RedisError.
    """
    with redis_server() as server:
        message = server.lindex(_QUEUE, -1)
    sent = json.loads(str(message))["headers"].get(SENT_AT) if message else None
    return max(0.0, time.time() - float(sent)) if sent else 0.0


def eviction_policy() -> str | None:
    """What the queue does when its memory is full; None where it does not say. Raises redis.RedisError."""
    with redis_server() as server:
        try:
            told = server.config_get("maxmemory-policy")
        except redis.ResponseError:
            return None
    return str(dict(told).get("maxmemory-policy", "")) or None
