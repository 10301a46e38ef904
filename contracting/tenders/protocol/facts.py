"""What the protocol says, composed from what was entered; always in Polish, the language of the office."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracting.tenders.models import (
    Award,
    Call,
    Committee,
    Declaration,
    Evaluation,
    LateAttempt,
    OpenedOffer,
    Opening,
    Seat,
    UnreadableOffer,
)
from contracting.tenders.protocol.pieces import Piece, heading, pairs, section, signatures, table, text
from contracting.tenders.protocol.scores import scores_of
from contracting.tenders.queries.comparison import Comparison, comparisons_of
from contracting.tenders.queries.formal import FormLine, form_lines
from contracting.tenders.queries.seats import SeatLine, gaps_in, names_of, seat_lines
from kernel.tenancy import require_tenant
from ui.formatting import format_date_text, format_decimal, format_instant_text, format_money

LANGUAGE = "pl"


def protocol_facts(committee: Committee, version: int) -> dict[str, Any]:
    """The protocol of a committee whose scoring is closed, ready for the template and for storing."""
    with translation.override(LANGUAGE):
        return _facts(committee, version)


def _facts(committee: Committee, version: int) -> dict[str, Any]:
    call, tenant = committee.call, require_tenant()
    seats = seat_lines(Seat.objects.filter(committee=committee))
    comparisons = comparisons_of(committee)
    forms = form_lines(call)
    title = _("Protocol of the call committee, %(number)s") % {"number": call.number}
    return {
        "lang": LANGUAGE,
        "title": title,
        "unit": tenant.unit_name,
        "footer": f"{tenant.unit_name} · {call.number} · {_('version')} {version}",
        "page": _("page {page} of {pages}"),
        "head": [_head(committee, version)],
        "sections": [
            section(_("Committee"), *_committee(committee, seats)),
            section(_("Opening of the offers"), *_opening(call)),
            section(_("Declarations of impartiality"), *_declarations(committee, seats)),
            section(_("Formal check"), *_form(forms)),
            section(_("Points and reasons"), *_points(committee, comparisons)),
            section(_("Ranking"), *_ranking(comparisons)),
            section(_("Opinion of the committee"), *_opinion(call)),
            section(_("Signatures"), _signing(seats)),
        ],
    }


def _head(committee: Committee, version: int) -> Piece:
    call = committee.call
    return pairs(
        [
            (_("Call"), f"{call.number}, {call.title}"),
            (_("Kind"), call.get_kind_display()),
            (
                _("Order of appointment"),
                f"{committee.order_number}, {format_date_text(committee.appointed_on)}",
            ),
            (_("Deadline for offers"), format_instant_text(call.deadline)),
            (_("Scoring closed"), format_instant_text(committee.scoring_closed_at)),
            (_("Why it closed before all had finished"), committee.scoring_closed_reason),
            (_("Version of the protocol"), version),
        ]
    )


def _committee(committee: Committee, seats: list[SeatLine]) -> Iterator[Piece]:
    yield table(
        [_("Person"), _("Function"), _("Named by"), _("Takes part")],
        [
            (
                line.name,
                line.seat.get_role_display(),
                line.named_by or line.seat.get_nominated_by_display(),
                _part_of(line),
            )
            for line in seats
        ],
        widths=(3, 3, 4, 5),
    )
    voting = sum(line.works and line.seat.role != Seat.Role.EXPERT for line in seats)
    kept = _("kept") if not gaps_in(committee, [line.seat for line in seats]) else _("not kept")
    yield pairs(
        [
            (_("Quorum"), committee.quorum),
            (_("Members with a vote"), voting),
            (_("Rules of composition"), kept),
            (_("Without persons named by organisations"), committee.get_without_ngo_reason_display()),
        ]
    )


def _part_of(line: SeatLine) -> str:
    seat = line.seat
    if seat.excluded_at is not None:
        return _("excluded: %(why)s (%(organisation)s)") % {
            "why": seat.get_exclusion_display(),
            "organisation": line.excluded_by,
        }
    if seat.released_at is not None:
        return _("released: %(why)s") % {"why": seat.release_reason}
    return _("yes")


def _opening(call: Call) -> Iterator[Piece]:
    opening = Opening.objects.filter(call=call).first()
    openers = names_of(one for one in ((opening.first_by, opening.second_by) if opening else ()) if one)
    yield pairs(
        [
            (_("Opened"), format_instant_text(call.opened_at)),
            (_("Opened by"), ", ".join(sorted(openers.values()))),
            (_("Digest of all receipts"), call.receipts_digest),
            (_("Refused late attempts"), LateAttempt.objects.filter(call=call).count()),
        ]
    )
    rows = (
        OpenedOffer.objects.filter(offer__call=call)
        .select_related("offer__organisation", "offer__lot", "sealed")
        .defer("content", "content_key", "sealed__ciphertext", "offer__draft")
        .order_by("offer__lot__position", "offer__number")
    )
    yield table(
        [_("No."), _("Bidder"), _("Task"), _("All costs"), _("Grant asked for"), _("Receipt")],
        [
            (
                row.offer.number,
                row.offer.organisation.name,
                row.title or row.offer.lot.title,
                format_money(row.total),
                format_money(row.grant),
                row.sealed.receipt,
            )
            for row in rows
        ],
        widths=(0, 4, 4, 0, 0, 3),
        figures=(0, 3, 4),
    )
    yield from _unreadable(call)


def _unreadable(call: Call) -> Iterator[Piece]:
    rows = list(
        UnreadableOffer.objects.filter(offer__call=call)
        .select_related("offer__organisation", "offer__lot", "sealed")
        .defer("sealed__ciphertext", "offer__draft")
        .order_by("offer__number")
    )
    if rows:
        yield heading(_("Offers that could not be opened"))
        yield table(
            [_("No."), _("Bidder"), _("Part"), _("Receipt")],
            [
                (row.offer.number, row.offer.organisation.name, row.offer.lot.title, row.sealed.receipt)
                for row in rows
            ],
            widths=(0, 4, 4, 3),
            figures=(0,),
        )


def _declarations(committee: Committee, seats: list[SeatLine]) -> Iterator[Piece]:
    names = {line.seat.pk: line.name for line in seats}
    rows = list(
        Declaration.objects.filter(seat__committee=committee)
        .select_related("offer")
        .order_by("offer__number")
    )
    impartial: dict[UUID, list[int]] = {}
    for row in rows:
        if row.impartial:
            impartial.setdefault(row.seat_id, []).append(row.offer.number or 0)
    yield table(
        [_("Person"), _("Impartial towards offers")],
        [
            (name, ", ".join(str(number) for number in impartial.get(pk, [])) or "–")
            for pk, name in names.items()
        ],
        widths=(1, 2),
    )
    refused = [row for row in rows if not row.impartial]
    if refused:
        yield heading(_("Not impartial, so without part in the offer"))
        yield table(
            [_("Offer"), _("Person"), _("Reason")],
            [(row.offer.number, names[row.seat_id], row.reason) for row in refused],
            widths=(0, 2, 4),
        )


def _form(forms: list[FormLine]) -> Iterator[Piece]:
    yield table(
        [_("Offer"), _("Bidder"), _("Result"), _("Reason")],
        [(line.offer.number, line.offer.organisation.name, line.result_text, line.reason) for line in forms],
        widths=(0, 4, 3, 5),
    )
    for line in forms:
        details = [*line.failed_texts, *line.correction_texts]
        if line.unconfirmed is not None:
            details.insert(0, _("not confirmed after amendment %(number)s") % {"number": line.unconfirmed})
        if details:
            yield heading(_("Offer %(number)s") % {"number": line.offer.number})
            for detail in details:
                yield text(detail)


def _points(committee: Committee, comparisons: list[Comparison]) -> Iterator[Piece]:
    for comparison in comparisons:
        yield from scores_of(comparison, is_only=len(comparisons) == 1)
    notes = (
        Evaluation.objects.filter(seat__committee=committee)
        .exclude(note="")
        .select_related("offer", "seat")
        .order_by("offer__number", "seat__appointed_at")
    )
    rows = list(notes)
    if rows:
        names = names_of(row.seat.user_id for row in rows)
        yield heading(_("Remarks of members and experts"))
        yield table(
            [_("Offer"), _("Person"), _("Remark")],
            [
                (
                    row.offer.number,
                    f"{names.get(row.seat.user_id, '–')} ({row.seat.get_role_display()})",
                    row.note,
                )
                for row in rows
            ],
            widths=(0, 2, 5),
        )


def _ranking(comparisons: list[Comparison]) -> Iterator[Piece]:
    for comparison in comparisons:
        yield heading(
            _("%(lot)s, money: %(funds)s")
            % {"lot": comparison.lot.title, "funds": format_money(comparison.lot.funds)}
        )
        yield table(
            [_("Place"), _("Offer"), _("Bidder"), _("Points of 100"), _("Grant asked for")],
            [
                (
                    line.rank or "–",
                    line.bid.number,
                    comparison.offers[UUID(line.bid.key)].organisation.name,
                    format_decimal(line.total, 2),
                    format_money(line.bid.asked),
                )
                for line in comparison.lines
            ],
            widths=(0, 0, 4, 0, 0),
            figures=(0, 1, 3, 4),
        )


def _opinion(call: Call) -> Iterator[Piece]:
    awards = list(
        Award.objects.filter(offer__call=call)
        .select_related("offer__organisation", "lot")
        .order_by("lot__position", "rank", "offer__number")
    )
    if not awards:
        yield text(_("The committee has not given its opinion yet."))
        return
    yield table(
        [_("Offer"), _("Bidder"), _("Opinion"), pgettext("money", "Amount"), _("Reason")],
        [
            (
                award.offer.number,
                award.offer.organisation.name,
                award.get_opinion_display(),
                format_money(award.opinion_amount) if award.opinion_amount is not None else "–",
                award.opinion_reason,
            )
            for award in awards
        ],
        widths=(0, 3, 2, 0, 4),
        figures=(3,),
    )
    yield text(_("This is an opinion; the organ decides (art. 15(2a) of the act)."))


def _signing(seats: list[SeatLine]) -> Piece:
    return signatures((line.name, line.seat.get_role_display()) for line in seats if line.works)
