"""Tenants on the worker nodes of a Citus cluster: each one's schema is a shard (design.md section 4, decision 0035).

The coordinator keeps the shared schema and whatever was not moved; a tenant's tables go to one node together, so that
joins and transactions inside a tenant stay on one machine.
"""

from dataclasses import dataclass

from django.db import transaction
from psycopg import sql

from kernel.locks import wait_briefly
from kernel.tenancy import connection, public_scope
from tenants.migrating import alone_in
from tenants.models import Tenant

Rows = dict[str, tuple[int, int]]
_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s)::oid AND relkind IN ('r', 'p') ORDER BY relname
"""
_OBSTACLES = """
SELECT format('%%s: foreign key %%s crosses into another schema', here.relname, key.conname)
FROM pg_constraint key JOIN pg_class here ON here.oid = key.conrelid JOIN pg_class beyond ON beyond.oid = key.confrelid
WHERE key.contype = 'f' AND beyond.relnamespace <> here.relnamespace
  AND to_regnamespace(%(schema)s)::oid IN (here.relnamespace, beyond.relnamespace)
UNION ALL
SELECT format('%%s: trigger %%s', here.relname, tgname) FROM pg_trigger JOIN pg_class here ON here.oid = tgrelid
WHERE NOT tgisinternal AND here.relnamespace = to_regnamespace(%(schema)s)::oid
UNION ALL
SELECT format('%%s: a view, which stays behind', relname) FROM pg_class
WHERE relkind IN ('v', 'm') AND relnamespace = to_regnamespace(%(schema)s)::oid
"""
_NODES = """
SELECT nodename, nodeport FROM pg_dist_node WHERE isactive AND shouldhaveshards ORDER BY nodename, nodeport
"""


class NoCluster(RuntimeError):
    """The database is no coordinator of a Citus cluster, or has no worker nodes."""


class Unfit(RuntimeError):
    """Something of the tenant's schema would break on a worker node."""


class Damaged(RuntimeError):
    """After the move the tenant's tables do not hold what they held before."""


@dataclass(frozen=True)
class Node:
    """A machine that holds schemas."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Move:
    """What came of one tenant: the node that holds it now, and what was carried there; nothing where it was there."""

    node: Node
    tables: int = 0
    rows: int = 0


def nodes() -> list[Node]:
    """The worker nodes that take schemas. Raises NoCluster."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'citus'")
        if not cursor.fetchone()[0]:
            raise NoCluster("This database has no Citus: nothing can be moved to other nodes.")
        cursor.execute(_NODES)
        found = [Node(*row) for row in cursor.fetchall()]
    if not found:
        raise NoCluster("The cluster has no active worker node: add one with citus_add_node().")
    return found


def node_of(tenant: Tenant) -> Node | None:
    """The node that holds the tenant's schema; None where it is the coordinator."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT nodename, nodeport FROM citus_shards JOIN citus_schemas USING (colocation_id)"
            " WHERE schema_name = to_regnamespace(%s)",
            [tenant.schema_name],
        )
        found = cursor.fetchone()
    return Node(*found) if found else None


def obstacles(tenant: Tenant) -> list[str]:
    """What of the schema Citus would refuse or break, a sentence for each."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(_OBSTACLES, {"schema": tenant.schema_name})
        return sorted(row[0] for row in cursor.fetchall())


def distribute(tenant: Tenant) -> Move:
    """Bring the tenant's schema to the worker node whose turn it is, all of it or nothing.

    Checked before: nothing of it would break there. Checked after: every table holds the same rows, and numbering goes
    on where it stood. Whoever writes meanwhile waits. A tenant that is on a node stays there.

    Raises NoCluster, Unfit and Damaged, and DatabaseError where a node is away or somebody works in the schema for
    longer than the patience: then the tenant is where it was.
    """
    nodes()
    if held_by := node_of(tenant):
        return Move(held_by)
    if found := obstacles(tenant):
        raise Unfit("; ".join(found))
    with alone_in(tenant.schema_name), public_scope(), transaction.atomic():
        _hold_still(tenant)
        held, numbers = contents(tenant), _numbering(tenant)
        with connection.cursor() as cursor:
            cursor.execute("SELECT citus_schema_distribute(%s)", [tenant.schema_name])
        now = contents(tenant)
        changed = sorted(name for name in {*held, *now} if held.get(name) != now.get(name))
        if changed or numbers != _numbering(tenant):
            raise Damaged(f"not as before the move: {', '.join(changed) or 'the numbering of rows'}")
    reached = node_of(tenant)
    if reached is None:
        raise Damaged("the schema is on no node after the move")
    return Move(reached, len(held), sum(rows for rows, _hash in held.values()))


def contents(tenant: Tenant) -> Rows:
    """Rows of each table and the sum of their hashes, whatever their order."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(_TABLES, [tenant.schema_name])
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(
                sql.SQL(
                    "SELECT count(*), coalesce(sum(hashtextextended(one::text, 0)::numeric), 0) FROM {}.{} one"
                ).format(sql.Identifier(tenant.schema_name), sql.Identifier(table))
            )
            rows, total = cursor.fetchone()
            found[table] = (rows, int(total))
        return found


def _hold_still(tenant: Tenant) -> None:
    """Nobody writes between the first look and the last."""
    wait_briefly()
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [tenant.schema_name])
        named = [sql.Identifier(tenant.schema_name, table) for (table,) in cursor.fetchall()]
        cursor.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.SQL(", ").join(named)))


def _numbering(tenant: Tenant) -> list[tuple[str, int | None]]:
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s ORDER BY sequencename",
            [tenant.schema_name],
        )
        return [(name, value) for name, value in cursor.fetchall()]
