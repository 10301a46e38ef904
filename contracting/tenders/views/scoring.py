"""The scoring desk: each member alone, offer by offer, saved as one types; nobody else's points are ever here."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.actions import record_reading
from contracting.tenders.actions.closing_scores import close_scoring, finish_scoring, resume_scoring
from contracting.tenders.actions.scoring_desk import Mark, save_marks
from contracting.tenders.excerpts import Block, excerpt_of
from contracting.tenders.forms.committees import ReasonForm
from contracting.tenders.models import Committee, Criterion, Evaluation, Offer, Score, Seat
from contracting.tenders.permissions import SIT_ON_COMMITTEE
from contracting.tenders.queries.desk import Desk, desk_of, merit_criteria, missing_of
from contracting.tenders.queries.formal import content_of
from contracting.tenders.queries.seats import gap_sentences, names_of
from contracting.tenders.views.committee_gates import Room, offer_of, require_inside, room_of
from kernel.api_errors import as_body
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError, NotAllowed
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of
from ui.views import show_error


def _seated(request: Request, room: Room) -> tuple[Committee, Seat] | None:
    """Committee and seat of whoever scores; None where the person has none and is sent to the committee's page."""
    if room.standing.is_excluded:
        require_inside(room)
    if room.committee is None or room.seat is None:
        if request.method == "POST":
            raise NotAllowed("no_seat", _("You do not sit on the committee of this call."))
        return None
    return room.committee, room.seat


@dataclass(frozen=True)
class DeskLine:
    """An offer on the member's desk: how many criteria are still open."""

    offer: Offer
    state: str
    open: int


@tenant_door(SIT_ON_COMMITTEE)
def my_scoring(request: Request, pk: UUID) -> HttpResponse:
    """What the member has left: x of y, offer by offer."""
    room = room_of(request, pk)
    seated = _seated(request, room)
    if seated is None:
        return redirect(tenant_url("committee:committee", room.call.pk))
    committee, seat = seated
    desk = desk_of(committee)
    criteria = merit_criteria(room.call)
    missing = missing_of(seat, desk.offers, criteria)
    mine = desk.offers_of(seat)
    lines = [_desk_line(desk, seat, offer, missing) for offer in desk.offers]
    context = {
        "call": room.call,
        "room": room,
        "committee": committee,
        "seat": seat,
        "lines": lines,
        "done": desk.done_of(seat),
        "all": len(mine),
        "next": next((offer for offer in mine if seat.pk not in desk.finished.get(offer.pk, ())), None),
        "undecided": desk.undecided,
        "undeclared": desk.undeclared_of(seat),
        "others": _others(desk, seat),
        "gaps": gap_sentences(committee),
    }
    return render(request, "tenders/scoring/desk.html", context)


def _desk_line(desk: Desk, seat: Seat, offer: Offer, missing: dict[UUID, int]) -> DeskLine:
    declared = desk.declared.get(offer.pk, {}).get(seat.pk)
    if declared is None:
        state = "undeclared"
    elif not declared:
        state = "apart"
    elif offer in desk.undecided:
        state = "form"
    elif offer not in desk.scorable:
        state = "failed"
    else:
        state = "done" if seat.pk in desk.finished.get(offer.pk, ()) else "open"
    return DeskLine(offer, state, missing[offer.pk])


def _others(desk: Desk, seat: Seat) -> list[tuple[str, int, int, bool]]:
    """Other members with how many offers they have finished, never which points they gave."""
    rows = [one for one in desk.voting if one.pk != seat.pk]
    names = names_of(one.user_id for one in rows)
    return [
        (
            names.get(one.user_id, "–"),
            desk.done_of(one),
            len(desk.offers_of(one)),
            one.finished_at is not None,
        )
        for one in rows
    ]


@dataclass(frozen=True)
class CriterionRow:
    """A criterion with what the member gave so far, beside what the offer says about it."""

    criterion: Criterion
    score: Score | None
    excerpt: list[Block]

    @property
    def scale(self) -> list[int]:
        """The whole points that one press of a key gives, where they are few."""
        return list(range(self.criterion.max_points + 1)) if self.criterion.max_points <= 10 else []


@tenant_door(SIT_ON_COMMITTEE)
def score_offer(request: Request, pk: UUID) -> HttpResponse:
    """One offer: criteria with points and reasons, the passage of the offer beside each."""
    offer, room = offer_of(request, pk)
    seated = _seated(request, room)
    if seated is None:
        return redirect(tenant_url("committee:committee", room.call.pk))
    committee, seat = seated
    if request.method == "POST":
        return _save(request, offer)
    desk = desk_of(committee)
    content = content_of(offer)
    given = {score.criterion_id: score for score in Score.objects.filter(seat=seat, offer=offer)}
    rows = [
        CriterionRow(one, given.get(one.pk), excerpt_of(content, one.excerpt))
        for one in merit_criteria(room.call)
    ]
    mine = desk.offers_of(seat)
    numbers = [one.pk for one in mine]
    place = numbers.index(offer.pk) if offer.pk in numbers else -1
    record_reading(
        "committee:score", actor=request.access.actor, subject_type="offer", subject_ids=[offer.pk]
    )
    context = {
        "call": room.call,
        "room": room,
        "committee": committee,
        "seat": seat,
        "offer": offer,
        "rows": rows,
        "price": room.call.criteria.filter(kind=Criterion.Kind.PRICE).first(),
        "evaluation": Evaluation.objects.filter(seat=seat, offer=offer).first(),
        "experts": _experts(offer, seat),
        "is_expert": seat.role == Seat.Role.EXPERT,
        "is_open": _is_open(committee, seat, desk, offer),
        "previous": mine[place - 1] if place > 0 else None,
        "next": mine[place + 1] if 0 <= place < len(mine) - 1 else None,
        "place": place + 1,
        "done": desk.done_of(seat),
        "all": len(mine),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "tenders/scoring/score.html", context)


def _is_open(committee: Committee, seat: Seat, desk: Desk, offer: Offer) -> bool:
    is_mine = offer in desk.offers_of(seat)
    return committee.scoring_closed_at is None and seat.finished_at is None and is_mine


def _experts(offer: Offer, seat: Seat) -> list[tuple[str, str]]:
    """What experts wrote: their advisory voice is there to be heard before one scores."""
    rows = list(
        Evaluation.objects.filter(offer=offer, seat__role=Seat.Role.EXPERT, seat__released_at__isnull=True)
        .exclude(note="")
        .exclude(seat=seat)
        .select_related("seat")
    )
    names = names_of(row.seat.user_id for row in rows)
    return [(names.get(row.seat.user_id, "–"), row.note) for row in rows]


def _save(request: Request, offer: Offer) -> HttpResponse:
    """Save what came, as JSON `{"marks": {criterion: {"points": "7.5", "reason": "…"}}, "note": "…"}` or as a form."""
    is_json = request.content_type == "application/json"
    try:
        marks, note = _read_json(request.body) if is_json else _read_form(request)
        evaluation = save_marks(offer, marks, note=note, actor=request.access.actor)
    except DomainError as error:
        if is_json:
            return JsonResponse(as_body(error), status=error.status)
        sentences = [str(error.message), *(str(problem.message) for problem in error.problems)]
        return show_error(request, error.status, "\n".join(dict.fromkeys(sentences)))
    if is_json:
        desk = desk_of(Committee.objects.select_related("call").get(call=offer.call))
        return JsonResponse(
            {
                "finished": evaluation.finished_at is not None,
                "done": desk.done_of(evaluation.seat),
                "all": len(desk.offers_of(evaluation.seat)),
            }
        )
    messages.success(request, _("Saved."))
    return redirect(request.path)


def _read_json(body: bytes) -> tuple[dict[UUID, Mark], str | None]:
    try:
        given: Any = json.loads(body)
        marks = {
            UUID(key): Mark(_points(value.get("points")), str(value.get("reason") or ""))
            for key, value in dict(given.get("marks") or {}).items()
        }
        note = given.get("note")
    except (AttributeError, TypeError, ValueError) as error:
        raise DomainError("unreadable", _("What was sent could not be read; reload the page.")) from error
    return marks, None if note is None else str(note)


def _read_form(request: Request) -> tuple[dict[UUID, Mark], str | None]:
    marks = {}
    for name in request.POST:
        key = name.removeprefix("points-")
        if key != name:
            try:
                pk = UUID(key)
            except ValueError:
                continue
            marks[pk] = Mark(_points(request.POST[name]), request.POST.get(f"reason-{key}", ""))
    return marks, request.POST.get("note")


def _points(value: Any) -> Decimal | None:
    text = "" if value is None else str(value).strip().replace(",", ".")
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise DomainError(
            "points_unreadable",
            _("“%(value)s” is not a number of points. Write for example 7 or 7,5.") % {"value": text[:20]},
            field="points",
            value=text[:20],
        ) from error


@tenant_door(SIT_ON_COMMITTEE)
def finish(request: Request, pk: UUID) -> HttpResponse:
    """“I have finished”, or take it back; by POST from the desk."""
    room = room_of(request, pk)
    if request.method != "POST":
        return redirect(tenant_url("committee:scoring", room.call.pk))
    if request.POST.get("verb") == "resume":
        resume_scoring(room.call, actor=request.access.actor)
        messages.success(request, _("You can go on scoring."))
        return redirect(tenant_url("committee:scoring", room.call.pk))
    try:
        committee = finish_scoring(room.call, actor=request.access.actor)
    except DomainError as error:
        sentences = [str(error.message), *(str(problem.message) for problem in error.problems)]
        messages.error(request, " ".join(dict.fromkeys(sentences)))
        return redirect(tenant_url("committee:scoring", room.call.pk))
    if committee.scoring_closed_at is not None:
        messages.success(request, _("All have finished: the points of all members are open now."))
        return redirect(tenant_url("committee:compare", room.call.pk))
    if gap_sentences(committee):
        messages.success(
            request, _("Noted. The points open once all have finished and the committee is complete.")
        )
    else:
        messages.success(request, _("Noted. The points open once all members have finished."))
    return redirect(tenant_url("committee:scoring", room.call.pk))


@tenant_door(SIT_ON_COMMITTEE)
def close(request: Request, pk: UUID) -> HttpResponse:
    """The chair closes the scoring before all have finished."""
    room = room_of(request, pk)
    seated = _seated(request, room)
    if seated is None:
        return redirect(tenant_url("committee:committee", room.call.pk))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def save() -> Committee:
            return close_scoring(room.call, reason=form.cleaned_data["reason"], actor=request.access.actor)

        if attempt(form, save):
            messages.success(request, _("The scoring is closed."))
            return redirect(tenant_url("committee:compare", room.call.pk))
    committee, seat = seated
    desk = desk_of(committee)
    names = names_of(one.user_id for one in desk.voting)
    waiting = [names.get(one.user_id, "–") for one in desk.voting if one.finished_at is None]
    context = {
        "call": room.call,
        "room": room,
        "seat": seat,
        "form": form,
        "waiting": waiting,
        "gaps": gap_sentences(committee),
    }
    return render(request, "tenders/scoring/close.html", context, status=status_of(form))
