"""Erasures that do not come to their end, and erased tenants that are there again."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from kernel.errors import ServerAway
from kernel.tenancy import public_scope
from tenants.archives import certificate
from tenants.doctor.findings import Finding, fault
from tenants.models import Erasure, Tenant

# The clock goes on with them every minute.
_DONE_WITHIN = timedelta(hours=1)


def erased_tenants(tenants: list[Tenant]) -> Iterator[Finding]:
    """Look at erasures that were confirmed; `tenants` are those that are there."""
    yield from _unfinished()
    yield from _back_again(tenants)


def _unfinished() -> Iterator[Finding]:
    with public_scope():
        late = Erasure.objects.unfinished().filter(confirmed_at__lt=timezone.now() - _DONE_WITHIN)
        slugs = list(late.values_list("tenant__slug", flat=True))
    if slugs:
        yield fault(
            "erasures",
            f"Confirmed over an hour ago and not at their end: {', '.join(slugs[:5])}.",
            "The log of the workers says why (erasure_failed, erasure_waits); mend it, the clock goes on by itself.",
        )


def _back_again(tenants: list[Tenant]) -> Iterator[Finding]:
    """A restoration of the cluster to a moment before an erasure brings back what was erased."""
    part = "erased tenants"
    try:
        gone = certificate.kept_outside()
    except ServerAway as error:
        yield fault(part, str(error), "Put CHECKPOINTS_BUCKET or CHECKPOINTS_FOLDER right.")
        return
    if back := [tenant.slug for tenant in tenants if tenant.schema_name in gone]:
        yield fault(
            part,
            f"There again, though a certificate says that they were erased: {', '.join(back[:5])}.",
            "A restoration brought them back: erase them again with manage.py erase_tenant.",
        )
