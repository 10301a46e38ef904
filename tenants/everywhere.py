"""Work that the clock does in every tenant, one after another, or an operator has done in one."""

from collections.abc import Callable

from django.db import connection

from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant


def in_every_tenant(work: Callable[[], int]) -> int:
    """The sum of what the work gives in each tenant, suspended ones too; one that leaves meanwhile is passed over.

    A connection grows with every schema: it is changed for another one on the way, and given up afterwards.
    """
    try:
        with public_scope():
            tenants = list(Tenant.objects.present().order_by("pk"))
        done = 0
        for tenant in tenants:
            # Within a transaction Django would close it as one that was left open.
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            # Without its schema the names of tables that public has too would lead there; its key may be another now.
            now = _as_present(tenant)
            if now is None:
                continue
            try:
                with tenant_scope(now):
                    done += work()
            except Exception:
                if _as_present(tenant):
                    raise
        return done
    finally:
        if not connection.in_atomic_block:
            connection.close()


def in_tenant(tenant: Tenant, work: Callable[[], int]) -> int:
    """What the work gives in this tenant: for an operator's verb that has something done there."""
    with tenant_scope(tenant):
        return work()


def _as_present(tenant: Tenant) -> Tenant | None:
    with public_scope():
        return Tenant.objects.present().filter(pk=tenant.pk).first()
