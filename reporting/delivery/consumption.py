"""Minutes delivered under contracts, told to the contracts' own pages."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Max, Sum
from django.utils import timezone

from contracting.contracts.consumption import Delivered
from reporting.delivery.models import Visit


def delivered_minutes(contract_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """Minutes of done visits and their newest day, by contract; contracts without visits are missing."""
    rows = (
        Visit.objects.filter(
            decision__contract__in=contract_ids, state=Visit.State.DONE, date__lte=timezone.localdate()
        )
        .values_list("decision__contract")
        .annotate(minutes=Sum("minutes"), until=Max("date"))
    )
    return {contract: Delivered(minutes, until) for contract, minutes, until in rows}
