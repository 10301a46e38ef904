"""The comparison: matrix, cell, two offers side by side, files; nothing of it before the scoring is closed."""

import re
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.actions import record_reading
from contracting.tenders.actions.opinions import write_joint_note
from contracting.tenders.excerpts import excerpt_of
from contracting.tenders.exports.comparison import comparison_csv, comparison_xlsx
from contracting.tenders.forms.outcomes import JointNoteForm
from contracting.tenders.hooks import TrackRecord, track_records
from contracting.tenders.models import Call, Committee, Criterion, Lot, Offer, Seat
from contracting.tenders.permissions import READ_OFFERS, readable_offers
from contracting.tenders.queries.comparison import Comparison, comparisons_of
from contracting.tenders.queries.formal import content_of
from contracting.tenders.scoring import normal_weights, stated_weights
from contracting.tenders.tables.comparing import Row, rows_of, shown_tips, sorted_rows
from contracting.tenders.views.committee_gates import Room, offer_of, require_inside, room_of
from kernel.doors import Request, tenant_door
from kernel.errors import NotAllowed
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.refusals import attempt, status_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_A_WEIGHT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,20})?")
_MOST_WEIGHT = Fraction(1000)


def _closed(request: Request, room: Room) -> Committee:
    """The committee of a call whose points are open to this person.

    Raises NotAllowed `scoring_open` before that, to everybody.
    """
    require_inside(room)
    if room.committee is None or room.committee.scoring_closed_at is None:
        raise NotAllowed(
            "scoring_open",
            _(
                "Points are hidden from everybody until all members have finished or the chair closes the scoring."
            ),
        )
    return room.committee


def _lot_of(request: Request, call: Call) -> tuple[Lot, list[Lot]]:
    lots = list(call.lots.all())
    asked = request.GET.get("lot", "")
    chosen = next((lot for lot in lots if str(lot.position) == asked), lots[0] if lots else None)
    if chosen is None:
        raise Http404
    return chosen, lots


def _weights_of(request: Request, criteria: list[Criterion]) -> dict[str, Fraction] | None:
    """Weights that are tried out by `?w1=40&w2=…`, by position; None where there are none, or they are as announced."""
    asked = {}
    for criterion in criteria:
        text = request.GET.get(f"w{criterion.position}", "")
        given = Fraction(text) if _A_WEIGHT.fullmatch(text) else Fraction(criterion.weight)
        asked[str(criterion.pk)] = min(given, _MOST_WEIGHT)
    if all(asked[str(one.pk)] == one.weight for one in criteria):
        return None
    return normal_weights(asked)


@tenant_door(READ_OFFERS)
def compare(request: Request, pk: UUID) -> HttpResponse:
    """Offers × criteria of one lot, with averages, members' points, spread, ranking and what is firm."""
    room = room_of(request, pk)
    require_inside(room)
    committee = room.committee
    if committee is None or committee.scoring_closed_at is None:
        context = {"call": room.call, "room": room, "committee": committee}
        return render(request, "tenders/scoring/hidden.html", context)
    lot, lots = _lot_of(request, room.call)
    criteria = list(room.call.criteria.all())
    weights = _weights_of(request, criteria)
    (comparison,) = comparisons_of(committee, lot=lot, weights=weights)
    readable = _readable(request, room, comparison)
    rows = rows_of(comparison, readable)
    used = weights or stated_weights(comparison.yardsticks)
    tips = shown_tips(comparison, comparison.tips, used)
    context = {
        "call": room.call,
        "room": room,
        "committee": committee,
        "lot": lot,
        "lots": lots,
        "comparison": comparison,
        "rows": sorted_rows(rows, request.GET.get("sort", "rank")),
        "columns": _columns(comparison, tips),
        "tips": tips,
        "changing": [tip for tip in tips if tip.changes],
        "tried": weights is not None,
        "winners": [row for row in rows if row.line.rank == 1],
        "notes_missing": len(comparison.notes_missing),
        "shows_marks": request.GET.get("marks") == "1",
        "members": len({mark.seat_id for marks in comparison.marks.values() for mark in marks}),
        "records": _records(comparison, readable),
    }
    return render(request, "tenders/scoring/compare.html", context)


def _records(comparison: Comparison, readable: set[UUID]) -> list[tuple[Offer, TrackRecord]]:
    """What became of earlier promises of those who bid, where the person may open the offer."""
    offers = [offer for pk, offer in comparison.offers.items() if pk in readable]
    known = track_records({offer.organisation_id for offer in offers})
    return [(offer, known[offer.organisation_id]) for offer in offers if offer.organisation_id in known]


def _columns(comparison: Comparison, tips: list[Any]) -> list[tuple[str, Criterion, Any]]:
    """Name of the sort, criterion, tip."""
    return [(f"c{place}", tip.criterion, tip) for place, tip in enumerate(tips, 1)]


def _readable(request: Request, room: Room, comparison: Comparison) -> set[UUID]:
    """Offers whose details the person may open; whoever is not impartial towards one sees its figures only."""
    offers = list(comparison.offers.values())
    for offer in offers:
        offer.call = room.call
        offer.opened = comparison.figures[offer.pk]
    return readable_offers(request.access, room.call, offers, standing=room.standing)


@tenant_door(READ_OFFERS)
def show_cell(request: Request, offer_pk: UUID, pk: UUID) -> HttpResponse:
    """One offer on one criterion: members' points and reasons, the passage of the offer, the joint note."""
    offer, room = offer_of(request, offer_pk)
    committee = _closed(request, room)
    criterion = get_object_or_404(Criterion, pk=pk, call=room.call)
    form = JointNoteForm(request.POST or None)
    may_write = _may_write(room)
    if request.method == "POST" and form.is_valid():

        def save() -> object:
            text = form.cleaned_data["text"]
            return write_joint_note(offer, criterion, text=text, actor=request.access.actor)

        if attempt(form, save):
            messages.success(request, _("The joint note is saved."))
            return redirect(_compare_url(offer))
    row, comparison = _row_of(request, room, committee, offer)
    cell = next(one for one in row.cells if one.criterion.pk == criterion.pk)
    note = comparison.notes.get((offer.pk, criterion.pk))
    if not form.is_bound and note is not None:
        form.initial["text"] = note.text
    context = {
        "call": room.call,
        "room": room,
        "offer": offer,
        "criterion": criterion,
        "cell": cell,
        "row": row,
        "marks": _named(comparison, offer, criterion),
        "excerpt": excerpt_of(content_of(offer), criterion.excerpt),
        "note": note,
        "form": form,
        "may_write": may_write,
        "back": _compare_url(offer),
    }
    record_reading("committee:cell", actor=request.access.actor, subject_type="offer", subject_ids=[offer.pk])
    template = "tenders/scoring/_cell.html" if request.htmx else "tenders/scoring/cell.html"
    return render(request, template, context, status=status_of(form))


def _compare_url(offer: Offer) -> str:
    return f"{tenant_url('committee:compare', offer.call_id)}?lot={offer.lot.position}"


def _may_write(room: Room) -> bool:
    has_vote = room.seat is not None and room.seat.role != Seat.Role.EXPERT
    return has_vote and room.call.state == Call.State.OPENED


def _row_of(request: Request, room: Room, committee: Committee, offer: Offer) -> tuple[Row, Comparison]:
    (comparison,) = comparisons_of(committee, lot=offer.lot)
    rows = rows_of(comparison, _readable(request, room, comparison))
    row = next((one for one in rows if one.offer.pk == offer.pk), None)
    if row is None:
        raise Http404
    return row, comparison


def _named(comparison: Comparison, offer: Offer, criterion: Criterion) -> list[tuple[str, Any]]:
    marks = comparison.marks.get((offer.pk, criterion.pk), [])
    return [(comparison.names[mark.seat_id], mark) for mark in marks]


@tenant_door(READ_OFFERS)
def compare_pair(request: Request, pk: UUID) -> HttpResponse:
    """Two offers of a lot side by side: `?offer=…&offer=…`; without two, back to the matrix."""
    room = room_of(request, pk)
    require_inside(room)
    asked = list(dict.fromkeys(request.GET.getlist("offer")))[:2]
    found = _offers_asked(asked)
    if len(found) != 2 or len({offer.lot_id for offer in found}) != 1 or found[0].call_id != room.call.pk:
        return redirect(tenant_url("committee:compare", room.call.pk))
    offers = [offer_of(request, offer.pk)[0] for offer in found]
    committee = _closed(request, room)
    (comparison,) = comparisons_of(committee, lot=offers[0].lot)
    rows = {row.offer.pk: row for row in rows_of(comparison, _readable(request, room, comparison))}
    if any(offer.pk not in rows for offer in offers):
        return redirect(tenant_url("committee:compare", room.call.pk))
    contents = {offer.pk: content_of(offer) for offer in offers}
    sides = [rows[offer.pk] for offer in offers]
    record_reading(
        "committee:pair",
        actor=request.access.actor,
        subject_type="offer",
        subject_ids=[offer.pk for offer in offers],
    )
    pairs = [
        (
            criterion,
            [
                (
                    side.cells[place],
                    _named(comparison, side.offer, criterion),
                    _excerpt(contents, side, criterion),
                )
                for side in sides
            ],
        )
        for place, criterion in enumerate(comparison.criteria)
    ]
    context = {
        "call": room.call,
        "room": room,
        "sides": sides,
        "pairs": pairs,
        "back": _compare_url(offers[0]),
    }
    return render(request, "tenders/scoring/pair.html", context)


def _excerpt(contents: dict[UUID, Any], side: Row, criterion: Criterion) -> Any:
    return excerpt_of(contents[side.offer.pk], criterion.excerpt)


def _offers_asked(asked: list[str]) -> list[Offer]:
    try:
        ids = [UUID(one) for one in asked]
    except ValueError:
        return []
    found = {offer.pk: offer for offer in Offer.objects.filter(pk__in=ids).defer("draft")}
    return [found[pk] for pk in ids if pk in found]


@tenant_door(READ_OFFERS)
def compare_csv(request: Request, pk: UUID) -> HttpResponse:
    return _file(request, pk, "csv", "text/csv; charset=utf-8")


@tenant_door(READ_OFFERS)
def compare_xlsx(request: Request, pk: UUID) -> HttpResponse:
    return _file(request, pk, "xlsx", _XLSX)


def _file(request: Request, pk: UUID, ending: str, kind: str) -> HttpResponse:
    room = room_of(request, pk)
    comparisons = comparisons_of(_closed(request, room))
    content = comparison_csv(comparisons) if ending == "csv" else comparison_xlsx(comparisons)
    return download(content, name=f"{_('comparison')}.{ending}", content_type=kind)
