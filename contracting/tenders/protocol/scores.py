"""Members' points with their reasons, offer by offer, as pieces of the protocol."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from contracting.tenders.models import Criterion
from contracting.tenders.protocol.pieces import Piece, heading, table, text
from contracting.tenders.queries.comparison import Comparison
from contracting.tenders.scoring import Basis, Line, to_places
from ui.formatting import format_decimal, format_money


def scores_of(comparison: Comparison, *, is_only: bool) -> Iterator[Piece]:
    """All points of a lot; its title first where the call has several."""
    if not is_only:
        yield heading(comparison.lot.title)
    if not comparison.offers:
        yield text(_("No offer of this part met the requirements of form."))
    for line in comparison.lines:
        offer = comparison.offers[UUID(line.bid.key)]
        yield heading(
            _("Offer %(number)s, %(bidder)s: %(total)s points")
            % {
                "number": offer.number,
                "bidder": offer.organisation.name,
                "total": format_decimal(line.total, 2),
            }
        )
        yield _table(comparison, line)
        for criterion in comparison.criteria:
            note = comparison.notes.get((offer.pk, criterion.pk))
            if note is not None:
                yield text(
                    _("Joint note on “%(criterion)s”: %(text)s")
                    % {"criterion": criterion.name, "text": note.text}
                )


def _table(comparison: Comparison, line: Line) -> Piece:
    rows: list[tuple[object, ...]] = []
    for criterion, cell in zip(comparison.criteria, line.cells, strict=True):
        share = _("%(points)s of %(weight)s") % {
            "points": format_decimal(to_places(cell.share * criterion.weight), 2),
            "weight": criterion.weight,
        }
        if criterion.kind == Criterion.Kind.PRICE:
            rows.append(
                (
                    criterion.name,
                    _("by formula"),
                    format_decimal(cell.average, 2),
                    price_words(comparison, line),
                )
            )
        for mark in comparison.marks.get((UUID(line.bid.key), criterion.pk), []):
            name = comparison.names[mark.seat_id]
            rows.append((criterion.name, name, format_decimal(mark.points, 1), mark.reason))
        rows.append((criterion.name, _("average, weighted"), format_decimal(cell.average, 2), share))
    return table(
        [_("Criterion"), _("Member"), _("Points"), _("Reason")], rows, widths=(3, 3, 0, 7), figures=(2,)
    )


def price_words(comparison: Comparison, line: Line) -> str:
    """How the price points came about."""
    if comparison.basis is Basis.HOUR:
        price, cheapest = line.bid.hour_price, [bid.hour_price for bid in comparison.bids if bid.hour_price]
    else:
        price, cheapest = line.bid.total, [bid.total for bid in comparison.bids if bid.total]
    return _("cheapest %(cheapest)s / price %(price)s × most points") % {
        "cheapest": format_money(min(cheapest, default=None)),
        "price": format_money(price),
    }
