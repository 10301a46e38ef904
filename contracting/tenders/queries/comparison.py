"""The comparison of a lot's offers once the scoring is closed: figures, members' points and joint notes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from contracting.tenders.models import Committee, Criterion, JointNote, Lot, Offer, OpenedOffer, Score
from contracting.tenders.queries.desk import Desk, desk_of, has_passed
from contracting.tenders.queries.seats import names_of
from contracting.tenders.scoring import (
    Basis,
    Bid,
    Line,
    Tip,
    Yardstick,
    basis_of,
    matrix_of,
    stated_weights,
    tips_of,
)


@dataclass(frozen=True)
class MemberMark:
    """A member's points on one criterion of one offer, with the reason."""

    seat_id: UUID
    points: Decimal
    reason: str


@dataclass
class Comparison:
    """Offers of one lot that passed the formal check, on all criteria.

    `marks` maps (offer, criterion) → marks that count, in the order of the seats; `names` seat → member's name.
    """

    committee: Committee
    lot: Lot
    criteria: list[Criterion]
    offers: dict[UUID, Offer]
    figures: dict[UUID, OpenedOffer]
    failed: list[Offer]
    marks: dict[tuple[UUID, UUID], list[MemberMark]] = field(default_factory=dict)
    notes: dict[tuple[UUID, UUID], JointNote] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    weights: Mapping[str, Fraction] | None = None

    @cached_property
    def yardsticks(self) -> list[Yardstick]:
        """The criteria as the arithmetic takes them."""
        return [
            Yardstick(
                str(one.pk), is_price=one.kind == Criterion.Kind.PRICE, most=one.max_points, weight=one.weight
            )
            for one in self.criteria
        ]

    @cached_property
    def bids(self) -> list[Bid]:
        """The offers as the arithmetic takes them."""
        return [
            Bid(
                str(pk),
                offer.number or 0,
                hour_price=self.figures[pk].price_per_hour,
                total=self.figures[pk].total,
                asked=self.figures[pk].grant,
            )
            for pk, offer in self.offers.items()
        ]

    @cached_property
    def basis(self) -> Basis:
        return basis_of(self.bids)

    @cached_property
    def lines(self) -> list[Line]:
        """The ranking, with the weights that are tried out where there are any."""
        return matrix_of(
            self.yardsticks,
            self.bids,
            {
                (str(offer), str(criterion)): [mark.points for mark in marks]
                for (offer, criterion), marks in self.marks.items()
            },
            spread_percent=self.committee.spread_percent,
            weights=self.weights,
        )

    @cached_property
    def tips(self) -> list[Tip]:
        """How firm the winner is against each weight."""
        return tips_of(self.lines, self.yardsticks, weights=self.weights or stated_weights(self.yardsticks))

    @property
    def wide(self) -> list[tuple[UUID, UUID]]:
        """(offer, criterion) whose points lie so far apart that a joint note is asked for."""
        return [
            (UUID(line.bid.key), criterion.pk)
            for line in self.lines
            for criterion, cell in zip(self.criteria, line.cells, strict=True)
            if cell.is_wide
        ]

    @property
    def notes_missing(self) -> list[tuple[UUID, UUID]]:
        return [place for place in self.wide if place not in self.notes]


def comparisons_of(
    committee: Committee, *, lot: Lot | None = None, weights: Mapping[str, Fraction] | None = None
) -> list[Comparison]:
    """A comparison for each lot of the call, or for one; the number of queries does not grow with anything.

    Only for pages and verbs that ask `committee.scoring_closed_at` first: it holds what members must not see earlier.
    """
    desk = desk_of(committee)
    criteria = list(committee.call.criteria.all())
    lots = [lot] if lot is not None else list(committee.call.lots.all())
    # The content itself stays in the database: comparing needs figures only.
    figures = {
        row.offer_id: row
        for row in OpenedOffer.objects.filter(offer__call=committee.call).defer("content", "content_key")
    }
    found = [_comparison(committee, desk, one, criteria, figures, weights) for one in lots]
    _add_marks(desk, found)
    _add_notes(committee, found)
    return found


def _comparison(
    committee: Committee,
    desk: Desk,
    lot: Lot,
    criteria: list[Criterion],
    figures: dict[UUID, OpenedOffer],
    weights: Mapping[str, Fraction] | None,
) -> Comparison:
    here = [offer for offer in desk.offers if offer.lot_id == lot.pk]
    return Comparison(
        committee,
        lot,
        criteria,
        {offer.pk: offer for offer in here if has_passed(offer)},
        figures,
        [offer for offer in here if not has_passed(offer)],
        weights=weights,
    )


def _add_marks(desk: Desk, comparisons: list[Comparison]) -> None:
    counted = {offer.pk: desk.counted(offer) for offer in desk.scorable}
    homes = {pk: one for one in comparisons for pk in one.offers}
    order = {seat.pk: place for place, seat in enumerate(desk.seats)}
    rows = Score.objects.filter(seat__committee=desk.committee, points__isnull=False).values_list(
        "offer_id", "criterion_id", "seat_id", "points", "reason"
    )
    for offer_id, criterion_id, seat_id, points, reason in rows:
        if offer_id in homes and seat_id in counted.get(offer_id, ()):
            marks = homes[offer_id].marks.setdefault((offer_id, criterion_id), [])
            marks.append(MemberMark(seat_id, points, reason))
    people = names_of(seat.user_id for seat in desk.seats)
    names = {seat.pk: people.get(seat.user_id, "–") for seat in desk.seats}
    for one in comparisons:
        one.names = names
        for marks in one.marks.values():
            marks.sort(key=lambda mark: order[mark.seat_id])


def _add_notes(committee: Committee, comparisons: list[Comparison]) -> None:
    homes = {pk: one for one in comparisons for pk in one.offers}
    for note in JointNote.objects.filter(offer__call=committee.call):
        if note.offer_id in homes:
            homes[note.offer_id].notes[(note.offer_id, note.criterion_id)] = note
