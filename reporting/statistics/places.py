"""Where a tenant lay in a period."""

from datetime import date
from typing import Any

from reporting.statistics.models import Relocation


def territory_on(tenant: Any, day: date) -> str:
    """The TERC code of the tenant on a day: of today, unless the register moved it since. One query."""
    since = Relocation.objects.filter(tenant=tenant.pk, valid_from__gt=day).order_by("valid_from")
    return str(since.values_list("before_id", flat=True).first() or tenant.territory_id)
