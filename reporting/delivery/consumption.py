"""Minutes delivered under contracts, told to the contracts' own pages."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max, Sum
from django.utils import timezone

from contracting.contracts.consumption import Delivered
from contracting.contracts.rules.lasting import RATE_DAYS
from reporting.delivery.models import Visit


def delivered_minutes(contract_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """Minutes of done visits, their newest day and those of late by day; contracts without visits are missing."""
    today = timezone.localdate()
    done = Visit.objects.filter(
        decision__contract__in=contract_ids, state=Visit.State.DONE, date__lte=today
    ).order_by()
    sums = done.values_list("decision__contract").annotate(minutes=Sum("minutes"), until=Max("date"))
    late = done.filter(date__gte=today - timedelta(days=2 * RATE_DAYS))
    daily: dict[UUID, dict[date, int]] = defaultdict(dict)
    for contract, day, minutes in late.values_list("decision__contract", "date").annotate(sum=Sum("minutes")):
        daily[contract][day] = minutes
    return {contract: Delivered(minutes, until, daily[contract]) for contract, minutes, until in sums}
