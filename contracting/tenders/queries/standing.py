"""How a person stands towards a call's offers: seats, declarations, and own offers; two queries for any number."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from contracting.tenders.models import Call, Committee, Declaration, Offer, Seat


@dataclass(frozen=True)
class Standing:
    """A person and a call: the seat they hold now (None without one) and what they declared towards each offer.

    `declared` maps offer ids to impartial or not, over all seats that the person ever had on this committee: whoever
    was not impartial once stays so, also after a release.
    """

    seat: Seat | None
    declared: dict[UUID, bool]

    @property
    def is_excluded(self) -> bool:
        return self.seat is not None and self.seat.excluded_at is not None


def standing_of(user_id: UUID | None, call: Call) -> Standing:
    """The person's standing towards the call."""
    if user_id is None:
        return Standing(None, {})
    seats = list(Seat.objects.filter(committee__call=call, user_id=user_id).select_related("committee__call"))
    current = next((seat for seat in seats if seat.released_at is None), None)
    declared: dict[UUID, bool] = {}
    if seats:
        found = Declaration.objects.filter(seat__in=seats).values_list("offer_id", "impartial")
        for offer_id, impartial in found:
            declared[offer_id] = declared.get(offer_id, True) and impartial
    return Standing(current, declared)


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
