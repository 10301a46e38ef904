"""Minutes of crisis sessions held under contracts, told to the contracts' own pages."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from contracting.contracts.consumption import Delivered
from contracting.contracts.rules.lasting import RATE_DAYS
from kernel.periods import WARSAW, local_date
from reporting.crisis.models import Session


def session_minutes(contract_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """Minutes of sessions, their newest day and those of late by day; contracts without any are missing."""
    now = timezone.now()
    held = Session.objects.filter(
        case__contract__in=contract_ids, state=Session.State.DONE, starts_at__lte=now
    ).order_by()
    sums = held.values_list("case__contract").annotate(sum=Sum("minutes"), until=Max("starts_at"))
    late = held.filter(starts_at__gte=now - timedelta(days=2 * RATE_DAYS))
    by_day = late.annotate(day=TruncDate("starts_at", tzinfo=WARSAW)).values_list("case__contract", "day")
    daily: dict[UUID, dict[date, int]] = defaultdict(dict)
    for contract, day, minutes in by_day.annotate(sum=Sum("minutes")):
        daily[contract][day] = minutes
    return {
        contract: Delivered(minutes, local_date(until), daily[contract]) for contract, minutes, until in sums
    }
