"""Locks of statistics: one push of a tenant's period at a time, from the reading to the writing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date

from django.db import DatabaseError, connection, transaction

from tenants.models import Tenant


def lock_period(tenant: Tenant, kind: str, period: date) -> None:
    """Hold a tenant's period until the transaction ends; the rows that it would lock may not exist yet."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a period is locked inside a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"facts:{tenant.pk}:{kind}:{period}"])


def lock_consents(tenant: Tenant) -> None:
    """Hold what a tenant agreed to until the transaction ends."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("consents are locked inside a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"consents:{tenant.pk}"])


@contextmanager
def one_release(kind: str, period: date) -> Iterator[None]:
    """Hold the publication of a period, and see the whole database as it is once it is held, until the block ends.

    The lock is the session's and comes before the transaction: one of the transaction would wait with its instant
    already taken, and release what the publication before it has released. A transaction that has begun already
    keeps its isolation. Only publications write the rows that they change, so none is refused for what came meanwhile.
    """
    begins_here = not connection.in_atomic_block
    key = [f"release:{kind}:{period}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", key)
    try:
        with transaction.atomic():
            if begins_here:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    finally:
        # Where the connection is lost, so is the lock.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", key)
