"""Calls of a quarter: offers, single offers, annulments, days until the contract; three queries."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, Q

from contracting.contracts.models import ContractDraft
from contracting.tenders.models import Call, Offer
from kernel.periods import local_date
from reporting.statistics.batches.figures import Figure
from reporting.statistics.batches.periods import Stretch


def figures(quarter: Stretch) -> Iterator[Figure]:
    """Nothing where the tenant has never published a call."""
    start, end = quarter.bounds()
    calls = Call.objects.real().announced().order_by()
    told = calls.aggregate(
        ever=Count("pk"),
        decided=Count("pk", filter=Q(state="decided", decided_at__gte=start, decided_at__lt=end)),
        annulled=Count("pk", filter=Q(annulled_at__gte=start, annulled_at__lt=end)),
    )
    if not told["ever"]:
        return
    offers = list(
        calls.filter(opened_at__gte=start, opened_at__lt=end)
        .annotate(handed_in=Count("offers", filter=Q(offers__state=Offer.State.SUBMITTED)))
        .values_list("handed_in", flat=True)
    )
    yield Figure("offers_per_call", Decimal(sum(offers)), Decimal(len(offers)))
    yield Figure("single_offer_calls", Decimal(offers.count(1)), Decimal(len(offers)))
    ended = told["decided"] + told["annulled"]
    yield Figure("annulled_calls", Decimal(told["annulled"]), Decimal(ended))
    signed = ContractDraft.objects.filter(
        contract__signed_on__gte=quarter.first, contract__signed_on__lte=quarter.last
    ).values_list("award__offer__call__published_at", "contract__signed_on")
    days = [max((signed_on - local_date(published)).days, 0) for published, signed_on in signed]
    yield Figure("days_to_contract", Decimal(sum(days)), Decimal(len(days)))
