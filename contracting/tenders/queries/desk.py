"""A committee at work: offers by state of the form, whose voice counts for which, who has finished what."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracting.tenders.models import (
    Call,
    Committee,
    Criterion,
    Evaluation,
    FormalCheck,
    Offer,
    Score,
    Seat,
)
from contracting.tenders.queries.seats import declared_by_offer, member_of
from contracting.tenders.rules.committees import possible_voices, voices_for


def opened_offers(call: Call) -> list[Offer]:
    """The offers of the call as opened, with lot, bidders and the result of the formal check; three queries."""
    return list(
        Offer.objects.filter(call=call, opened__isnull=False)
        .select_related("lot", "organisation", "formal_check")
        .prefetch_related("partners__organisation")
        .defer("draft")
        .order_by("lot__position", "number")
    )


def form_of(offer: Offer) -> str:
    """The result of the formal check; pending while nobody has begun it."""
    check: FormalCheck | None = getattr(offer, "formal_check", None)
    return check.result if check is not None else FormalCheck.Result.PENDING


def has_passed(offer: Offer) -> bool:
    return form_of(offer) == FormalCheck.Result.PASSED


def is_undecided(offer: Offer) -> bool:
    """Whether the formal check has no result yet."""
    return form_of(offer) in (FormalCheck.Result.PENDING, FormalCheck.Result.CORRECTION)


def merit_criteria(call: Call) -> list[Criterion]:
    """The criteria that members give points on."""
    return list(call.criteria.filter(kind=Criterion.Kind.MERIT))


@dataclass(frozen=True)
class Desk:
    """Everything that says how far a committee is, but no points; five queries for any number of offers.

    `declared` maps offer → seat → impartial, `finished` offer → seats that have finished their evaluation of it.
    """

    committee: Committee
    seats: Sequence[Seat]
    offers: Sequence[Offer]
    declared: dict[UUID, dict[UUID, bool]] = field(default_factory=dict)
    finished: dict[UUID, frozenset[UUID]] = field(default_factory=dict)

    @property
    def voting(self) -> list[Seat]:
        """Members who work and have a vote."""
        return [seat for seat in self.seats if (member := member_of(seat)).works and member.has_vote]

    @property
    def scorable(self) -> list[Offer]:
        """Offers that meet the requirements of form."""
        return [offer for offer in self.offers if has_passed(offer)]

    @property
    def undecided(self) -> list[Offer]:
        return [offer for offer in self.offers if is_undecided(offer)]

    def offers_of(self, seat: Seat) -> list[Offer]:
        """What the member scores: offers that passed, towards which they declared themselves impartial."""
        return [offer for offer in self.scorable if self.declared.get(offer.pk, {}).get(seat.pk)]

    def undeclared_of(self, seat: Seat) -> list[Offer]:
        """Opened offers towards which the seat has not declared anything."""
        return [offer for offer in self.offers if seat.pk not in self.declared.get(offer.pk, {})]

    def done_of(self, seat: Seat) -> int:
        """How many of their offers the member has finished."""
        return sum(seat.pk in self.finished.get(offer.pk, ()) for offer in self.offers_of(seat))

    def is_complete_for(self, seat: Seat) -> bool:
        """Whether the member has declared towards all offers and finished all of theirs."""
        return not self.undeclared_of(seat) and self.done_of(seat) == len(self.offers_of(seat))

    def counted(self, offer: Offer) -> frozenset[UUID]:
        """Seats whose points count for the offer: impartial, working, with a vote, finished.

        Once the scoring is closed these are the seats that worked at that moment, whoever leaves afterwards.
        """
        closed_at = self.committee.scoring_closed_at
        members = (member_of(seat, as_of=closed_at) for seat in self.seats)
        voices = voices_for(members, self.declared.get(offer.pk, {}))
        return frozenset(voices) & self.finished.get(offer.pk, frozenset())

    def possible(self, offer: Offer) -> int:
        """How many voices the offer may still get."""
        return possible_voices((member_of(seat) for seat in self.seats), self.declared.get(offer.pk, {}))

    @property
    def short(self) -> list[Offer]:
        """Offers to be scored that cannot reach the quorum any more."""
        return [offer for offer in self.scorable if self.possible(offer) < self.committee.quorum]

    @property
    def below_quorum(self) -> list[Offer]:
        """Offers to be scored whose finished evaluations are fewer than the quorum."""
        return [offer for offer in self.scorable if len(self.counted(offer)) < self.committee.quorum]


def desk_of(committee: Committee) -> Desk:
    """The committee at work."""
    seats = list(Seat.objects.filter(committee=committee))
    finished: dict[UUID, set[UUID]] = {}
    rows = Evaluation.objects.filter(seat__committee=committee, finished_at__isnull=False)
    for offer_id, seat_id in rows.values_list("offer_id", "seat_id"):
        finished.setdefault(offer_id, set()).add(seat_id)
    return Desk(
        committee,
        seats,
        opened_offers(committee.call),
        declared_by_offer(committee),
        {offer_id: frozenset(ids) for offer_id, ids in finished.items()},
    )


def missing_of(seat: Seat, offers: Iterable[Offer], criteria: Collection[Criterion]) -> dict[UUID, int]:
    """Offer id → how many criteria lack points or the reason, of this seat; one query."""
    rows = Score.objects.filter(seat=seat, points__isnull=False).exclude(reason="")
    complete = Counter(rows.values_list("offer_id", flat=True))
    return {offer.pk: len(criteria) - complete.get(offer.pk, 0) for offer in offers}
