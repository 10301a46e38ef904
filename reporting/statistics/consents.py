"""What a tenant has agreed to send."""

from typing import Any

from django.db.models import Max

from reporting.statistics.models import PushConsent
from tenants.models import Tenant


def agreed_edition(tenant: Any) -> int:
    """The edition of the dictionary up to which the tenant sends figures; 0 where it sends none, or is suspended."""
    agreed = PushConsent.objects.in_force().filter(tenant=tenant.pk, tenant__state=Tenant.State.ACTIVE)
    return agreed.aggregate(edition=Max("edition"))["edition"] or 0
