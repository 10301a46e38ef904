"""The keys of the tenant at hand as they are now, whatever a process still knows of it."""

from collections.abc import Sequence
from datetime import timedelta

from kernel.tenancy import require_tenant
from tenants.models import FormerKey, Tenant

# Web servers know a tenant for a minute, and a page of theirs lasts no longer than another one.
SETTLED = timedelta(minutes=3)
# No process works longer with what it read of a tenant.
KEPT = timedelta(hours=1)


def keys_of_tenant_at_hand() -> Sequence[bytes]:
    """Its wrapped data key, then those that it had before and that something may still be encrypted with."""
    tenant = require_tenant()
    kept = [bytes(key) for key in Tenant.objects.filter(pk=tenant.id).values_list("data_key", flat=True)]
    former = FormerKey.objects.filter(tenant=tenant.id).values_list("wrapped", flat=True)
    return [*(kept or [bytes(tenant.data_key)]), *(bytes(key) for key in former)]
