"""A server with Citus as its own only node: a tenant's schema becomes a shard, and statements go as to another machine.

`SPREAD=1 make test TESTS=…` with a `DATABASE_URL` that names a coordinator moves the tenants of the tests there, so that
every test works on shards; else only the tests of the moving itself do (`tenants/test_spreading.py`).
"""

import os

import pytest
from django.core.management import call_command
from django.db import connection

ALL_SPREAD = os.environ.get("SPREAD") == "1"


def not_on_shards(why: str) -> pytest.MarkDecorator:
    """Leaves a test out of a run on shards: what it asks for is not so there, and need not be."""
    return pytest.mark.skipif(ALL_SPREAD, reason=f"not on shards: {why}")


def has_citus() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'")
        return bool(cursor.fetchone()[0])


def join() -> None:
    """Make the database at hand a coordinator that is its own node."""
    settings = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS citus")
        cursor.execute("SELECT citus_set_coordinator_host(%s, %s)", [settings["HOST"], int(settings["PORT"])])
        cursor.execute(
            "SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', true) FROM pg_dist_node"
        )


def spread_all() -> None:
    """Every tenant becomes a shard, by the operator's command."""
    join()
    call_command("distribute", "--all", verbosity=0)
