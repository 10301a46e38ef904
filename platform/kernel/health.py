"""Whether this process lives, and whether it can serve: what a load balancer and the launcher ask."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection

_SECONDS = 2.0


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        # A dead connection must not be found again by the next question.
        connection.close()
        raise


def redis_server() -> redis.Redis:
    """A client that gives up soon, for questions about the server itself; to be closed by who asks."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, decode_responses=True
    )


def _redis() -> None:
    with redis_server() as server:
        server.ping()


_SERVERS: dict[str, Callable[[], None]] = {"database": _database, "redis": _redis}


def servers_away() -> list[str]:
    """The names of servers that do not answer now: `database`, `redis`; empty where all is well."""
    away = []
    for name, ask in _SERVERS.items():
        try:
            ask()
        except (Error, redis.RedisError, OSError):
            away.append(name)
    return away
