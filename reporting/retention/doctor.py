"""What the doctor says of lists past their term: those that were confirmed, and no worker comes to their end."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from kernel.tenancy import tenant_scope
from reporting.retention.models import Clearance
from tenants.doctor.findings import Finding, fault
from tenants.models import Tenant

# A worker is told at once, and the clock goes on with them every day.
_DONE_WITHIN = timedelta(days=1)


def late_clearances(tenants: list[Tenant]) -> Iterator[Finding]:
    """Look at lists of these tenants that were handed over to be carried out."""
    since = timezone.now() - _DONE_WITHIN
    slugs = []
    for tenant in tenants:
        with tenant_scope(tenant):
            if Clearance.objects.unfinished().filter(confirmed_at__lt=since).exists():
                slugs.append(tenant.slug)
    if slugs:
        yield fault(
            "lists past their term",
            f"Confirmed over a day ago and not carried out to their end: {', '.join(slugs[:5])}.",
            "The log of the workers says why (audit_record_altered, clearance_waits, clearance_failed); mend it, the "
            "clock goes on by itself.",
        )
