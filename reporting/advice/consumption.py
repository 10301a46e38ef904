"""Minutes of advice held under contracts, told to the contracts' own pages."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from contracting.contracts.consumption import Delivered, told_by
from reporting.advice.models import Appointment


def advice_minutes(contract_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """Minutes of conversations; contracts without any are missing."""
    held = Appointment.objects.filter(contract__in=contract_ids, state=Appointment.State.DONE)
    return told_by(held, "contract", F("date"))
