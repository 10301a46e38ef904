"""Things of continuity in the world of the table of routes."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from reporting.continuity.models import Reassignment, ReassignmentLine
from tests.factories.care import ContractFactory


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of continuity names, for one organisation; runs in the tenant."""
    today = timezone.localdate()
    target = ContractFactory(
        number=f"U/{made.mark}/9",
        organisation=made.organisation,
        signed_on=made.contract.signed_on,
        valid_from=made.contract.valid_from,
        valid_to=made.contract.valid_to,
    )
    asked = Reassignment.objects.create(
        source=made.contract,
        target=target,
        first_day=today + timedelta(days=1),
        finished_at=timezone.now(),
    )
    ReassignmentLine.objects.create(
        reassignment=asked,
        decision=made.decision,
        position=1,
        state=ReassignmentLine.State.PREPARED,
        done_at=timezone.now(),
    )
    return {"reassignment": asked}
