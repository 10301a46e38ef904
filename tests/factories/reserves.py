"""Calls whose results are published, by what the organ decided on each offer."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from contracting.tenders.models import Award, Call
from kernel.ids import new_id


def decide(call: Call, outcomes: Sequence[str], *, amount: str = "100000.00") -> list[Award]:
    """The opened offers of the call, by number, get these outcomes and their rank; published yesterday."""
    moment = timezone.now() - timedelta(days=1)
    awards = []
    for place, (offer, outcome) in enumerate(zip(call.offers.order_by("number"), outcomes, strict=True), 1):
        granted = Decimal(amount) if outcome == Award.Outcome.GRANTED else None
        awards.append(
            Award.objects.create(
                offer=offer,
                lot=offer.lot,
                points=Decimal(100 - place),
                rank=place,
                opinion=outcome,
                opinion_amount=granted,
                decision=outcome,
                amount=granted,
                decided_at=moment,
                decided_by=new_id(),
            )
        )
    call.state, call.decided_at = Call.State.DECIDED, moment
    call.save()
    return awards
