"""Minutes of crisis sessions held under contracts, told to the contracts' own pages."""

from collections.abc import Collection
from uuid import UUID

from django.db.models.functions import TruncDate

from contracting.contracts.consumption import Delivered, told_by
from kernel.periods import WARSAW
from reporting.crisis.models import Session


def session_minutes(contract_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """Minutes of sessions; contracts without any are missing."""
    held = Session.objects.filter(case__contract__in=contract_ids, state=Session.State.DONE)
    return told_by(held, "case__contract", TruncDate("starts_at", tzinfo=WARSAW))
