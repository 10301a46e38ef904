"""Minutes delivered under contracts, told to the contracts' own pages."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from contracting.contracts.consumption import Delivered, told_by
from reporting.delivery.models import Visit


def delivered_minutes(contract_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """Minutes of done visits; contracts without visits are missing."""
    done = Visit.objects.filter(decision__contract__in=contract_ids, state=Visit.State.DONE)
    return told_by(done, "decision__contract", F("date"))
