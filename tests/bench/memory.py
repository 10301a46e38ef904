"""Memory of one database connection of a web worker after requests to five hundred tenants, as PostgreSQL counts it.

`BENCH_TENANTS=50` measures at fifty.
"""

import os
from typing import Any

from django.db import close_old_connections, connection
from django.test import Client
from psycopg.sql import SQL, Identifier

from tenants.models import Membership
from tests.bench.places import make_tenant
from tests.factories.people import UserFactory, client_of
from tests.region_role import as_superuser

TENANTS = int(os.environ.get("BENCH_TENANTS") or 500)
# Of a director; they meet many tables of a tenant each.
_PAGES = ("", "month/months/", "care/persons/", "care/decisions/")
_BAR = 200
_LIVES = 300


def _let_memory_be_read() -> None:
    """The product's role is no superuser; how much memory a connection holds is told to those who may read statistics."""
    role = connection.settings_dict["USER"]
    with as_superuser() as superuser:
        superuser.execute(SQL("GRANT pg_read_all_stats TO {}").format(Identifier(role)))


def _megabytes() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(total_bytes) FROM pg_backend_memory_contexts")
        return float(cursor.fetchone()[0]) / 1e6


def _client() -> Client:
    """A director of all tenants."""
    director = UserFactory()
    for number in range(TENANTS):
        tenant = make_tenant(f"bench-{number}", f"Gmina {number}")
        Membership.objects.create(user=director, tenant=tenant, role="director")
    return client_of(director)


def measure() -> list[dict[str, Any]]:
    """The most that the connection ever held, beside what a new one holds; it lives as a web worker's does."""
    _let_memory_be_read()
    client = _client()
    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = _LIVES
    fresh, most = _megabytes(), 0.0
    for number in range(TENANTS):
        for page in _PAGES:
            # What Django does around a request, and its test client leaves out.
            close_old_connections()
            if client.get(f"/bench-{number}/{page}").status_code != 200:
                raise RuntimeError(f"/bench-{number}/{page}")
        most = max(most, _megabytes())
    return [
        {
            "name": f"memory of a web worker's connection in requests to {TENANTS} tenants",
            "ours": round(most, 1),
            "reference": round(fresh, 1),
            "unit": "MB",
            "ratio": round(most / fresh, 1),
            "bar": _BAR,
            "ok": most <= _BAR,
        }
    ]
