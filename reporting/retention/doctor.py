"""What the doctor says of lists past their term: those that could not be made, and those that no worker ends."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from kernel.tenancy import tenant_scope
from reporting.retention.models import Clearance, FailedProposal
from tenants.doctor.findings import Finding, fault
from tenants.models import Tenant

_PART = "lists past their term"
# A worker is told at once, and the clock goes on with them every day.
_DONE_WITHIN = timedelta(days=1)


def late_clearances(tenants: list[Tenant]) -> Iterator[Finding]:
    """Look at lists of these tenants that the clock could not make, and at those handed over to be carried out."""
    since = timezone.now() - _DONE_WITHIN
    late, failed = [], []
    for tenant in tenants:
        with tenant_scope(tenant):
            if Clearance.objects.unfinished().filter(confirmed_at__lt=since).exists():
                late.append(tenant.slug)
            if kinds := FailedProposal.objects.order_by("kind").values_list("kind", flat=True):
                failed.append(f"{tenant.slug} ({', '.join(kinds)})")
    if late:
        yield fault(
            _PART,
            f"Confirmed over a day ago and not carried out to their end: {', '.join(late[:5])}.",
            "The log of the workers says why (audit_record_altered, clearance_waits, clearance_failed); mend it, the "
            "clock goes on by itself.",
        )
    if failed:
        yield fault(
            _PART,
            f"Could not be made when the clock asked for them: {', '.join(failed[:5])}.",
            "The log of the workers says why (clearance_not_proposed); mend it and have the list made on the page of "
            "retention, or wait for the next month.",
        )
