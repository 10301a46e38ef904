"""Pages of a committee: where it stands, who sits on it, who declared what."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracting.tenders.actions.committees import (
    appoint,
    appoint_seat,
    change_committee,
    committee_stamp,
    fixed_fields,
    release_seat,
)
from contracting.tenders.actions.declaring import declare, declare_in_office
from contracting.tenders.clock import database_now
from contracting.tenders.forms.committees import CommitteeForm, DeclarationForm, ReasonForm, SeatForm
from contracting.tenders.models import Call, Committee, Offer, Seat
from contracting.tenders.permissions import APPOINT_COMMITTEE, READ_OFFERS, SIT_ON_COMMITTEE
from contracting.tenders.queries.board import phase_of
from contracting.tenders.queries.desk import Desk, desk_of
from contracting.tenders.queries.seats import (
    lacks_in,
    names_of,
    organisation_names,
    partner_ids,
    seat_lines,
)
from contracting.tenders.views.committee_gates import Room, is_office, require_inside, room_of
from kernel import permissions
from kernel.doors import Request, tenant_door
from kernel.errors import NotAllowed
from kernel.tenancy import require_tenant
from tenants.addresses import tenant_url
from tenants.models import Membership
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(READ_OFFERS)
def list_committees(request: Request) -> HttpResponse:
    """Calls whose committee concerns the person, those at work first."""
    calls = Call.objects.visible_to(request.access).real().select_related("service", "committee")
    seated = Seat.objects.current().filter(
        committee__call=OuterRef("pk"), user_id=request.access.actor.user_id
    )
    calls = calls.annotate(seated=Exists(seated))
    if not is_office(request):
        calls = calls.filter(seated=True)
    page = page_of(calls.order_by("decided_at", "-deadline", "pk"), request)
    now = database_now()
    rows = [(call, phase_of(call, now) if call.published_at else "draft") for call in page]
    return render(request, "tenders/committee/list.html", {"page": page, "rows": rows})


@dataclass(frozen=True)
class Progress:
    """How far a member is: offers declared, finished, and in all; no points."""

    line: Any
    declared: int
    done: int
    all: int


@tenant_door(READ_OFFERS)
def show_committee(request: Request, pk: UUID) -> HttpResponse:
    room = room_of(request, pk)
    context: dict[str, Any] = {
        "call": room.call,
        "room": room,
        "committee": room.committee,
        "may_open": _awaits_opening(room.call),
    }
    if room.committee is not None:
        seats = list(Seat.objects.filter(committee=room.committee))
        desk = desk_of(room.committee)
        lines = seat_lines(seats)
        context |= {
            "lines": lines,
            "desk": desk,
            "gaps": [lack.sentence for lack in lacks_in(room.committee, seats)],
            "progress": [
                Progress(
                    line,
                    len(desk.offers) - len(desk.undeclared_of(line.seat)),
                    desk.done_of(line.seat),
                    len(desk.offers_of(line.seat)),
                )
                for line in lines
                if line.works
            ],
            "undeclared": len(desk.undeclared_of(room.seat)) if room.seat else 0,
            "excluded_by": _excluding(lines, room),
            "stages": stages_of(room, desk),
        }
    return render(request, "tenders/committee/committee.html", context)


def _awaits_opening(call: Call) -> bool:
    deadline = call.deadline
    return call.state == Call.State.PUBLISHED and deadline is not None and deadline <= database_now()


def _excluding(lines: list[Any], room: Room) -> str:
    seat = room.standing.seat
    return next((line.excluded_by for line in lines if seat and line.seat.pk == seat.pk), "")


def stages_of(room: Room, desk: Desk) -> list[tuple[str, str]]:
    """The stages of a committee with the state of each for the track of the page."""
    call, committee = room.call, desk.committee
    opened, closed = call.opened_at is not None, committee.scoring_closed_at is not None
    declared = opened and not any(desk.undeclared_of(seat) for seat in desk.voting)
    formed = opened and not desk.undecided
    facts = [
        (_("Opening"), opened),
        (_("Declarations"), declared),
        (_("Formal check"), formed),
        (_("Scoring"), closed),
        (_("Opinion"), committee.opinion_at is not None),
        (pgettext("of the organ", "Decision"), call.decided_at is not None),
    ]
    begun = False
    stages = []
    for label, done in facts:
        state = "done" if done else "todo" if begun else "now"
        begun = begun or not done
        stages.append((label, state))
    return stages


@tenant_door(APPOINT_COMMITTEE)
def appoint_committee(request: Request, pk: UUID) -> HttpResponse:
    """Appoint the committee, or change its order."""
    room = room_of(request, pk)
    committee = room.committee
    initial: dict[str, Any] = {"spread_percent": 30, "quorum": 3}
    if committee is not None:
        initial = {name: getattr(committee, name) for name in CommitteeForm.base_fields if name != "seen"}
        initial["seen"] = committee_stamp(committee)
    fixed = fixed_fields(committee) if committee is not None else frozenset()
    form = CommitteeForm(request.POST or None, initial=initial, fixed=fixed)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor

        def save() -> Committee:
            values = form.values()
            if committee is None:
                return appoint(room.call, actor=actor, **values)
            return change_committee(committee, seen=form.cleaned_data["seen"], actor=actor, **values)

        if attempt(form, save):
            messages.success(request, _("The order of appointment is saved."))
            return redirect(tenant_url("committee:committee", room.call.pk))
    context = {"call": room.call, "committee": committee, "form": form, "fixed": fixed}
    return render(request, "tenders/committee/appoint.html", context, status=status_of(form))


@tenant_door(APPOINT_COMMITTEE)
def add_seat(request: Request, pk: UUID) -> HttpResponse:
    room = room_of(request, pk)
    committee = room.committee
    if committee is None:
        if request.method == "POST":
            raise NotAllowed("no_committee", _("Enter the order of appointment first, then its members."))
        return redirect(tenant_url("committee:appoint", room.call.pk))
    form = SeatForm(request.POST or None, people=_people(committee), organisations=_partners())
    if request.method == "POST" and form.is_valid():

        def save() -> Seat:
            return appoint_seat(committee, form.asked(), actor=request.access.actor)

        if attempt(form, save):
            messages.success(request, _("The member is appointed."))
            return redirect(tenant_url("committee:committee", room.call.pk))
    context = {"call": room.call, "form": form}
    return render(request, "tenders/committee/add_seat.html", context, status=status_of(form))


def _people(committee: Committee) -> list[tuple[str, str]]:
    """Who may sit and does not sit yet, by name."""
    roles = permissions.known()[SIT_ON_COMMITTEE]
    members = Membership.objects.current().filter(tenant_id=require_tenant().id, role__in=roles)
    taken = set(Seat.objects.current().filter(committee=committee).values_list("user_id", flat=True))
    names = names_of(set(members.values_list("user_id", flat=True)) - taken)
    return sorted(((str(pk), name) for pk, name in names.items()), key=lambda pair: pair[1])


def _partners() -> list[tuple[str, str]]:
    names = organisation_names(partner_ids())
    return sorted(((str(pk), name) for pk, name in names.items()), key=lambda pair: pair[1])


@tenant_door(APPOINT_COMMITTEE)
def release(request: Request, pk: UUID) -> HttpResponse:
    seat = get_object_or_404(Seat.objects.select_related("committee__call"), pk=pk)
    room = room_of(request, seat.committee.call_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def save() -> Seat:
            return release_seat(seat, reason=form.cleaned_data["reason"], actor=request.access.actor)

        if attempt(form, save):
            messages.success(request, _after_release(room))
            return redirect(tenant_url("committee:committee", room.call.pk))
    name = names_of([seat.user_id]).get(seat.user_id, "–")
    context = {
        "call": room.call,
        "seat": seat,
        "name": name,
        "form": form,
        "is_closed": seat.committee.scoring_closed_at is not None,
    }
    return render(request, "tenders/committee/release.html", context, status=status_of(form))


def _after_release(room: Room) -> str:
    if require_committee(room).scoring_closed_at is not None:
        return _("The member is released; the points that counted when the scoring was closed stay.")
    return _("The member is released; their points no longer count.")


@tenant_door(SIT_ON_COMMITTEE)
def declarations(request: Request, pk: UUID) -> HttpResponse:
    """Names of bidders, and whether the member is impartial towards each; no content."""
    room = room_of(request, pk)
    seat, declared = room.standing.seat, room.standing.declared
    if room.committee is None or (seat is None and not room.declares and not room.standing.is_excluded):
        if request.method == "POST":
            raise NotAllowed("no_seat", _("You do not sit on the committee of this call."))
        return redirect(tenant_url("committee:committee", room.call.pk))
    if room.standing.is_excluded and (seat is None or request.method != "POST"):
        # What a member sends is refused by the verb, which notes their exclusion.
        require_inside(room)
    desk = desk_of(room.committee)
    sent = request.POST if request.method == "POST" else None
    form = DeclarationForm(sent, offers=desk.offers, declared=declared)
    if form.is_valid():

        def save() -> list[Any]:
            verb = declare if seat is not None else declare_in_office
            return [*verb(room.call, form.answers(), actor=request.access.actor)]

        made = attempt(form, save)
        if made is not None:
            messages.success(request, _("Your declarations are saved."))
            return redirect(
                tenant_url(f"committee:{'scoring' if seat is not None else 'checks'}", room.call.pk)
            )
    rows = [
        (offer, declared.get(offer.pk), answer, reason, _bidders(offer))
        for offer, answer, reason in form.lines()
    ]
    context = {
        "call": room.call,
        "room": room,
        "form": form,
        "rows": rows,
        "is_closed": room.call.state != Call.State.OPENED
        or (seat is not None and room.committee.scoring_closed_at is not None),
    }
    return render(request, "tenders/committee/declarations.html", context, status=status_of(form))


def _bidders(offer: Offer) -> list[str]:
    """Leader first, then partners; their rows are fetched with the page's offers."""
    return [offer.organisation.name, *(one.organisation.name for one in offer.partners.all())]


def require_committee(room: Room) -> Committee:
    """The committee; not found where there is none."""
    if room.committee is None:
        raise Http404
    return room.committee
