"""From the first part of an address to the tenant: cached for a minute in each process."""

import threading
import time

from kernel.tenancy import public_scope
from tenants.models import Tenant

_SECONDS = 60.0
_lock = threading.Lock()
_by_slug: dict[str, tuple[float, Tenant | None]] = {}


def tenant_by_slug(slug: str) -> Tenant | None:
    """The tenant with this address, or None, also where it was erased; at most a minute old."""
    now = time.monotonic()
    kept = _by_slug.get(slug)
    if kept and now - kept[0] < _SECONDS:
        return kept[1]
    with public_scope():
        tenant = Tenant.objects.exclude(state=Tenant.State.ERASED).filter(slug=slug).first()
    with _lock:
        if len(_by_slug) > 10_000:
            _by_slug.clear()
        _by_slug[slug] = (now, tenant)
    return tenant


def forget(slug: str | None = None) -> None:
    """Forget a tenant (or all) in this process, after it was changed."""
    with _lock:
        if slug is None:
            _by_slug.clear()
        else:
            _by_slug.pop(slug, None)
