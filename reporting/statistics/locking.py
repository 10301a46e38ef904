"""Locks of statistics: one push of a tenant's period at a time, from the reading to the writing.

Whoever takes several takes them in the order of this file. What pushes, confirms or sends again holds the chain of the
tenant's record (`audit.actions.hold_chain`) before: the acceptance of a month holds it, too, when it pushes.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date

from django.db import DatabaseError, connection, transaction

from reporting.statistics.models import Contribution, Fact, FactsBatch, HeldFact
from tenants.models import Tenant

_PUSHED = (FactsBatch, Fact, Contribution, HeldFact)


def lock_consents(tenant: Tenant) -> None:
    """Hold what a tenant agreed to until the transaction ends."""
    _hold(f"consents:{tenant.pk}")


def await_release(kind: str, period: date) -> None:
    """Let no publication of a period begin until the transaction ends; one that has begun is waited for."""
    _hold(_release(kind, period), alone=False)


def lock_period(tenant: Tenant, kind: str, period: date) -> None:
    """Hold a tenant's period until the transaction ends; the rows that it would lock may not exist yet."""
    _hold(f"facts:{tenant.pk}:{kind}:{period}")


def one_release(kind: str, period: date) -> AbstractContextManager[None]:
    """Hold the publication of a period, and see all that was pushed as it is once it is held, until the block ends.

    A transaction that has begun already cannot see one instant any more: there nobody else pushes until it ends.
    """
    return _in_begun(kind, period) if connection.in_atomic_block else _in_its_own(kind, period)


@contextmanager
def _in_its_own(kind: str, period: date) -> Iterator[None]:
    """The lock is the session's and comes before the transaction.

    One of the transaction would wait with its instant already taken, and release what the publication before it has
    released. Only publications write the rows that they change, so none is refused for what came meanwhile.
    """
    key = [_release(kind, period)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", key)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    finally:
        # Where the connection is lost, so is the lock.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", key)


@contextmanager
def _in_begun(kind: str, period: date) -> Iterator[None]:
    with transaction.atomic():
        _hold(_release(kind, period))
        with connection.cursor() as cursor:
            tables = ", ".join(connection.ops.quote_name(one._meta.db_table) for one in _PUSHED)
            cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
        yield


def _release(kind: str, period: date) -> str:
    return f"release:{kind}:{period}"


def _hold(what: str, *, alone: bool = True) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a lock of statistics is held inside a transaction")
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtext(%s))", [what])
