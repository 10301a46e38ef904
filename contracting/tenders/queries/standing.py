"""How a person stands towards a call's offers: seats, declarations, own organisations; few queries for any number."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from contracting.tenders.models import Call, Committee, Declaration, Offer, OfficeDeclaration, Seat
from tenants.models import Membership


@dataclass(frozen=True)
class Standing:
    """A person and a call: the seat they hold now (None without one) and what they declared towards each offer.

    `declared` maps offer ids to impartial or not, over all seats that the person ever had on this committee and what
    they declared without one: whoever was not impartial once stays so, also after a release. `works_for_bidder` is
    known after the opening only.
    """

    seat: Seat | None
    declared: dict[UUID, bool]
    works_for_bidder: bool = False

    @property
    def is_excluded(self) -> bool:
        """Whether the law keeps the person away, with a seat or without one."""
        return self.works_for_bidder or (self.seat is not None and self.seat.excluded_at is not None)


def standing_of(user_id: UUID | None, call: Call) -> Standing:
    """The person's standing towards the call."""
    if user_id is None:
        return Standing(None, {})
    seats = list(Seat.objects.filter(committee__call=call, user_id=user_id).select_related("committee__call"))
    current = next((seat for seat in seats if seat.released_at is None), None)
    declared: dict[UUID, bool] = {}
    if call.opened_at is None:
        return Standing(current, declared)
    office = OfficeDeclaration.objects.filter(offer__call=call, user_id=user_id)
    found = list(office.values_list("offer_id", "impartial"))
    if seats:
        found += Declaration.objects.filter(seat__in=seats).values_list("offer_id", "impartial")
    for offer_id, impartial in found:
        declared[offer_id] = declared.get(offer_id, True) and impartial
    return Standing(current, declared, works_for_bidder(user_id, call))


def works_for_bidder(user_id: UUID | None, call: Call) -> bool:
    """Whether the person works, in any tenant, for an organisation that bids; nobody does before the opening."""
    if user_id is None or call.opened_at is None:
        return False
    memberships = Membership.objects.current().filter(user_id=user_id, organisation__isnull=False)
    theirs = list(memberships.values_list("organisation_id", flat=True))
    if not theirs:
        return False
    bidding = Q(organisation_id__in=theirs) | Q(partners__organisation_id__in=theirs)
    return bool(Offer.objects.filter(bidding, call=call, opened__isnull=False).exists())


def bidders_of(offers: Iterable[Offer]) -> dict[UUID, frozenset[UUID]]:
    """Offer id → ids of its leader and partners; two queries."""
    ids = [offer.pk for offer in offers]
    found: dict[UUID, set[UUID]] = {}
    rows = Offer.objects.filter(pk__in=ids).values_list("pk", "organisation_id", "partners__organisation_id")
    for offer_id, leader, partner in rows:
        found.setdefault(offer_id, set()).update(one for one in (leader, partner) if one)
    return {offer_id: frozenset(organisations) for offer_id, organisations in found.items()}


def committee_of(call: Call) -> Committee | None:
    """The call's committee, or None while none is appointed."""
    found: Committee | None = Committee.objects.filter(call=call).select_related("call").first()
    return found
