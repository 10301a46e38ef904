"""Locks of statistics: one push of a tenant's period at a time, from the reading to the writing."""

from datetime import date

from django.db import connection, transaction

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


def lock_release(kind: str, period: date) -> None:
    """Hold the publication of a period until the transaction ends: two of them would number and admit alike."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a publication is locked inside a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"release:{kind}:{period}"])
