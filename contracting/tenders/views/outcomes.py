"""Pages after the scoring: the committee's opinion, its protocol, the organ's decision and the results."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.tenders.actions.deciding import Decision, decide_offers, publish_results
from contracting.tenders.actions.opinions import Opinion, adopt_opinion, proposals_of
from contracting.tenders.actions.protocols import compose_protocol, register_signature
from contracting.tenders.forms.committees import SignatureForm
from contracting.tenders.forms.outcomes import OutcomesForm
from contracting.tenders.models import Award, Call, Offer, Protocol, Seat, UnreadableOffer
from contracting.tenders.permissions import DECIDE_CALLS, READ_OFFERS, SIT_ON_COMMITTEE, may_decide
from contracting.tenders.queries.comparison import Comparison, comparisons_of
from contracting.tenders.queries.desk import opened_offers
from contracting.tenders.queries.seats import gap_sentences, names_of, seat_lines
from contracting.tenders.scoring import Line
from contracting.tenders.views.committee_gates import Room, require_inside, room_of
from documents.actions import open_file
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError, NotAllowed
from kernel.permissions import Verdict
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.refusals import attempt, status_of

_Seen = tuple[str, Decimal | None, str]


def _scored(room: Room) -> list[Comparison]:
    """The closed comparison; empty while points are hidden."""
    committee = room.committee
    if committee is None or committee.scoring_closed_at is None:
        return []
    return comparisons_of(committee)


@tenant_door(SIT_ON_COMMITTEE)
def opinion(request: Request, pk: UUID) -> HttpResponse:
    """What the committee proposes for each offer, beginning with what rank and money propose."""
    room = room_of(request, pk)
    if room.seat is None:
        if request.method == "POST":
            raise NotAllowed("no_seat", _("You do not sit on the committee of this call."))
        return redirect(tenant_url("committee:committee", room.call.pk))
    comparisons = _scored(room)
    may_write = (
        room.seat.role in (Seat.Role.CHAIR, Seat.Role.SECRETARY) and room.call.state == Call.State.OPENED
    )
    given = {award.offer_id: award for award in Award.objects.filter(offer__call=room.call)}
    proposals = {pk_: one for comparison in comparisons for pk_, one in proposals_of(comparison).items()}
    offers = [offer for one in comparisons for offer in [*one.offers.values(), *one.failed]]
    form = OutcomesForm(
        request.POST or None,
        offers=offers,
        proposed={pk_: _opinion_seen(given.get(pk_), one) for pk_, one in proposals.items()},
    )
    if request.method == "POST" and form.is_valid():

        def save() -> list[Award]:
            opinions = {offer.pk: Opinion(*form.outcome_of(offer.pk)) for offer in offers}
            return adopt_opinion(room.call, opinions, actor=request.access.actor)

        if attempt(form, save) is not None:
            messages.success(request, _("The opinion is entered. Compose the protocol and have it signed."))
            return redirect(tenant_url("committee:protocol", room.call.pk))
    context = {
        "call": room.call,
        "room": room,
        "committee": room.committee,
        "form": form,
        "may_write": may_write,
        "lots": [_lot_rows(one, form) for one in comparisons],
        "gaps": gap_sentences(room.committee) if room.committee and may_write else [],
        "notes_missing": sum(len(one.notes_missing) for one in comparisons),
        "given": bool(given),
    }
    return render(request, "tenders/decision/opinion.html", context, status=status_of(form))


def _opinion_seen(award: Award | None, proposal: Opinion) -> _Seen:
    if award is None:
        return proposal.outcome, proposal.amount, ""
    return award.opinion, award.opinion_amount, award.opinion_reason


def _lot_rows(comparison: Comparison, form: OutcomesForm) -> dict[str, Any]:
    lines = {UUID(line.bid.key): line for line in comparison.lines}
    ranked = [comparison.offers[pk] for pk in lines]
    return {
        "lot": comparison.lot,
        "rows": [_row(offer, lines.get(offer.pk), form) for offer in [*ranked, *comparison.failed]],
    }


def _row(offer: Offer, line: Line | None, form: OutcomesForm) -> dict[str, Any]:
    return {"offer": offer, "line": line, **form.fields_of(offer.pk)}


@tenant_door(READ_OFFERS)
def protocol(request: Request, pk: UUID) -> HttpResponse:
    """Versions of the protocol with their signatures; by POST a new version."""
    room = room_of(request, pk)
    require_inside(room)
    if request.method == "POST":
        if room.seat is None:
            raise NotAllowed("no_seat", _("The committee composes its protocol."))
        made = compose_protocol(room.call, actor=request.access.actor)
        messages.success(
            request, _("Version %(version)s of the protocol is ready.") % {"version": made.version}
        )
        return redirect(request.path)
    versions = list(
        Protocol.objects.filter(call=room.call)
        .select_related("stored")
        .prefetch_related("signatures__seat")
        .defer("facts")
        .order_by("-version")
    )
    people = names_of(one.seat.user_id for version in versions for one in version.signatures.all())
    context = {
        "call": room.call,
        "room": room,
        "committee": room.committee,
        "versions": [
            (version, [(people.get(one.seat.user_id, "–"), one) for one in version.signatures.all()])
            for version in versions
        ],
        "may_compose": room.seat is not None and room.committee and room.committee.scoring_closed_at,
    }
    return render(request, "tenders/decision/protocol.html", context)


@tenant_door(READ_OFFERS)
def protocol_file(request: Request, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Protocol.objects.select_related("stored").defer("facts"), pk=pk)
    room = room_of(request, found.call_id)
    require_inside(room)
    with open_file(found.stored) as file:
        return download(file.read(), name=found.stored.name, content_type="application/pdf")


@tenant_door(SIT_ON_COMMITTEE)
def sign(request: Request, pk: UUID) -> HttpResponse:
    """Register that a member signed a version, or why not."""
    found = get_object_or_404(Protocol.objects.select_related("call").defer("facts"), pk=pk)
    room = room_of(request, found.call_id)
    if room.seat is None:
        if request.method == "POST":
            raise NotAllowed("no_seat", _("You do not sit on the committee of this call."))
        return redirect(tenant_url("committee:protocol", room.call.pk))
    signed = set(found.signatures.values_list("seat_id", flat=True))
    lines = [
        line
        for line in seat_lines(Seat.objects.working().filter(committee__call=room.call))
        if line.seat.pk not in signed
    ]
    seats = {str(line.seat.pk): line for line in lines}
    form = SignatureForm(request.POST or None, seats=[(pk_, line.name) for pk_, line in seats.items()])
    if request.method == "POST" and form.is_valid():

        def save() -> object:
            data = form.cleaned_data
            seat = seats[data["seat"]].seat
            return register_signature(
                found, seat, signed=data["signed"], remark=data["remark"], actor=request.access.actor
            )

        if attempt(form, save):
            messages.success(request, _("The signature is registered."))
            return redirect(tenant_url("committee:protocol", room.call.pk))
    context = {"call": room.call, "room": room, "version": found, "form": form, "left": len(lines)}
    return render(request, "tenders/decision/sign.html", context, status=status_of(form))


@tenant_door(DECIDE_CALLS)
def decide(request: Request, pk: UUID) -> HttpResponse:
    """The organ's decision on each offer, beginning with the committee's opinion."""
    room = room_of(request, pk)
    awards = {
        award.offer_id: award
        for award in Award.objects.filter(offer__call=room.call).order_by(
            "lot__position", "rank", "offer__number"
        )
    }
    offers = {offer.pk: offer for offer in opened_offers(room.call)}
    verdict = _decider(request, room, offers)
    ordered = [offers[pk_] for pk_ in awards if pk_ in offers]
    form = OutcomesForm(
        request.POST or None,
        offers=ordered,
        proposed={pk_: _decision_seen(award) for pk_, award in awards.items()},
    )
    if request.method == "POST" and form.is_valid():

        def save() -> list[Award]:
            decisions = {offer.pk: Decision(*form.outcome_of(offer.pk)) for offer in ordered}
            return decide_offers(room.call, decisions, actor=request.access.actor)

        if attempt(form, save) is not None:
            return redirect(tenant_url("committee:publish", room.call.pk))
    context = {
        "call": room.call,
        "room": room,
        "committee": room.committee,
        "form": form,
        "is_open": room.call.state == Call.State.OPENED and bool(verdict),
        "why_not": verdict.reason if room.call.state == Call.State.OPENED else "",
        "rows": [
            {**form.fields_of(offer.pk), "offer": offer, "award": awards[offer.pk]} for offer in ordered
        ],
        "lots": list(room.call.lots.all()),
        "unreadable": UnreadableOffer.objects.filter(offer__call=room.call).count(),
        "decided": bool(awards) and all(award.decision for award in awards.values()),
    }
    return render(request, "tenders/decision/decide.html", context, status=status_of(form))


def _decider(request: Request, room: Room, offers: Iterable[UUID]) -> Verdict:
    """Whether the person may decide; raises NotAllowed where they work for a bidder, or send what they may not."""
    if room.standing.is_excluded:
        require_inside(room)
    verdict = may_decide(room.standing, offers)
    if request.method == "POST" and room.call.state == Call.State.OPENED and not verdict:
        raise NotAllowed("not_impartial", verdict.reason)
    return verdict


def _decision_seen(award: Award) -> _Seen:
    if award.decision:
        return award.decision, award.amount, award.reason
    return award.opinion, award.opinion_amount, ""


def _unsigned(call: Call) -> dict[str, Any]:
    """The newest protocol, and the names of the members of whom nothing is registered on it."""
    newest = Protocol.objects.filter(call=call).defer("facts").order_by("-version").first()
    if newest is None:
        return {}
    seats = Seat.objects.working().filter(committee__call=call).exclude(signatures__protocol=newest)
    return {"protocol": newest, "unsigned": [line.name for line in seat_lines(seats)]}


@tenant_door(DECIDE_CALLS)
def publish(request: Request, pk: UUID) -> HttpResponse:
    """Say what will be public, ask once, publish."""
    room = room_of(request, pk)
    _decider(request, room, [offer.pk for offer in opened_offers(room.call)])
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            publish_results(room.call, actor=request.access.actor)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("The results are public. Record where they were published."))
            return redirect(tenant_url("committee:decide", room.call.pk))
    awards = (
        Award.objects.filter(offer__call=room.call)
        .select_related("offer__organisation", "offer__opened", "lot")
        .defer("offer__draft", "offer__opened__content", "offer__opened__content_key")
        .order_by("lot__position", "rank", "offer__number")
    )
    context = {
        "call": room.call,
        "room": room,
        "awards": awards,
        "granted": [award for award in awards if award.decision == Award.Outcome.GRANTED],
        "refusal": refusal,
        **_unsigned(room.call),
    }
    status = refusal.status if refusal else 200
    return render(request, "tenders/decision/publish.html", context, status=status)
