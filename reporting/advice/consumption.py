"""Minutes of advice held under contracts, told to the contracts' own pages."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max, Sum
from django.utils import timezone

from contracting.contracts.consumption import Delivered
from contracting.contracts.rules.lasting import RATE_DAYS
from reporting.advice.models import Appointment


def advice_minutes(contract_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """Minutes of conversations, their newest day and those of late by day; contracts without any are missing."""
    today = timezone.localdate()
    held = Appointment.objects.filter(
        contract__in=contract_ids, state=Appointment.State.DONE, date__lte=today
    ).order_by()
    sums = held.values_list("contract").annotate(sum=Sum("minutes"), until=Max("date"))
    late = held.filter(date__gte=today - timedelta(days=2 * RATE_DAYS))
    daily: dict[UUID, dict[date, int]] = defaultdict(dict)
    for contract, day, minutes in late.values_list("contract", "date").annotate(sum=Sum("minutes")):
        daily[contract][day] = minutes
    return {contract: Delivered(minutes, until, daily[contract]) for contract, minutes, until in sums}
