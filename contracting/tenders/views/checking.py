"""Pages of the formal check, of an offer's whole content, and of the bidder's correction."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.actions import record_reading
from contracting.tenders.actions.checking import ask_correction, conclude_check, correct_offer
from contracting.tenders.excerpts import whole_offer
from contracting.tenders.forms.checking import CORRECT, PASS, CheckForm, CorrectionForm
from contracting.tenders.hooks import track_records
from contracting.tenders.models import FormalCheck, Offer
from contracting.tenders.permissions import (
    EDIT_CALLS,
    READ_OFFERS,
    SUBMIT_OFFERS,
    may_check_form,
    readable_offers,
)
from contracting.tenders.queries.formal import content_of, form_lines, points_of
from contracting.tenders.rules.formal import correctable_paths, value_at
from contracting.tenders.views.committee_gates import Room, offer_of, require_inside, room_of
from contracting.tenders.views.offers import leads
from contracting.tenders.words import title_of
from kernel.access import Actor
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError, NotAllowed
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(READ_OFFERS)
def list_checks(request: Request, pk: UUID) -> HttpResponse:
    """Results of the formal check of all offers; names, no content."""
    room = room_of(request, pk)
    require_inside(room)
    lines = form_lines(room.call)
    context = {
        "call": room.call,
        "room": room,
        "lines": lines,
        "readable": readable_offers(
            request.access, room.call, [line.offer for line in lines], standing=room.standing
        ),
    }
    return render(request, "tenders/committee/checks.html", context)


@tenant_door(READ_OFFERS)
def check_offer(request: Request, pk: UUID) -> HttpResponse:
    offer, room = offer_of(request, pk)
    check: FormalCheck | None = getattr(offer, "formal_check", None)
    verdict = may_check_form(room.standing, offer, by_role=request.access.may(EDIT_CALLS))
    may_check = bool(verdict) and not _is_closed(room)
    if request.method == "POST" and not verdict:
        raise NotAllowed("not_a_checker", verdict.reason)
    form = CheckForm(
        request.POST or None,
        points=points_of(offer),
        paths=correctable_paths(offer.opened.content),
        known=check.points if check else {},
    )
    if request.method == "POST" and form.is_valid():

        def save() -> FormalCheck:
            actor, data = request.access.actor, form.cleaned_data
            if data["verb"] == CORRECT:
                return _ask(offer, form, actor)
            passed = data["verb"] == PASS
            return conclude_check(
                offer, points=form.checked(), passed=passed, reason=data["reason"], actor=actor
            )

        if attempt(form, save):
            messages.success(
                request, _("Offer %(number)s: the formal check is saved.") % {"number": offer.number}
            )
            return redirect(tenant_url("committee:checks", room.call.pk))
    _note_reading(request, offer, "committee:check")
    context = {
        "call": room.call,
        "room": room,
        "offer": offer,
        "check": check,
        "form": form,
        "may_check": may_check,
        "why_not": "" if verdict or _is_closed(room) else verdict.reason,
        "corrections": _corrections(check),
        "sections": whole_offer(content_of(offer)),
    }
    return render(request, "tenders/committee/check.html", context, status=status_of(form))


def _ask(offer: Offer, form: CheckForm, actor: Actor) -> FormalCheck:
    """Ask for the correction; what is wrong with its moment is said at the field of its day."""
    data = form.cleaned_data
    try:
        return ask_correction(
            offer,
            points=form.checked(),
            paths=data["paths"],
            until=form.until(),
            reason=data["reason"],
            actor=actor,
        )
    except NotAllowed:
        raise
    except DomainError as error:
        problems = [replace(one, field="until_on") if one.field == "until" else one for one in error.problems]
        raise DomainError(error.code, error.message, problems=problems) from error


def _is_closed(room: Room) -> bool:
    return room.committee is not None and room.committee.scoring_closed_at is not None


def _corrections(check: FormalCheck | None) -> list[tuple[Any, Any, Any]]:
    """Field, before, after."""
    rows = check.corrections.items() if check else ()
    return [(title_of(path), before, after) for path, (before, after) in rows]


@tenant_door(READ_OFFERS)
def show_offer(request: Request, pk: UUID) -> HttpResponse:
    """The whole content of an opened offer, as corrected."""
    offer, room = offer_of(request, pk)
    _note_reading(request, offer, "committee:offer")
    context = {
        "call": room.call,
        "room": room,
        "offer": offer,
        "sections": [one for one in whole_offer(content_of(offer)) if one[0] != "files"],
        "files": offer.opened.content.get("files") or [],
        "corrections": _corrections(getattr(offer, "formal_check", None)),
        "record": track_records([offer.organisation_id]).get(offer.organisation_id),
    }
    return render(request, "tenders/committee/offer.html", context)


def _note_reading(request: Request, offer: Offer, page: str) -> None:
    record_reading(page, actor=request.access.actor, subject_type="offer", subject_ids=[offer.pk])


@tenant_door(SUBMIT_OFFERS)
def correct(request: Request, pk: UUID) -> HttpResponse:
    """The bidder's own page: exactly the fields that were asked for, until the moment; a partner only reads it."""
    offer = get_object_or_404(
        Offer.objects.visible_to(request.access)
        .filter(opened__isnull=False)
        .select_related("call", "opened", "formal_check", "organisation"),
        pk=pk,
    )
    check: FormalCheck | None = getattr(offer, "formal_check", None)
    may_correct = leads(request, offer)
    if request.method == "POST" and not may_correct:
        raise NotAllowed(
            "not_the_leader",
            _("Only %(name)s, the leader of this joint offer, corrects it.") % {"name": offer.organisation},
        )
    if check is None:
        if request.method == "POST":
            raise Http404
        return render(request, "tenders/committee/correct.html", {"offer": offer, "check": None})
    content = content_of(offer)
    form = CorrectionForm(
        request.POST or None,
        paths=check.correction_fields,
        values={path: value_at(content, path) for path in check.correction_fields},
    )
    if request.method == "POST" and form.is_valid():
        try:
            correct_offer(offer, form.values(), actor=request.access.actor)
        except DomainError as error:
            for problem in error.problems:
                form.add_error(form.name_of(problem.field or ""), str(problem.message))
        else:
            messages.success(request, _("The correction is handed in; the committee sees it."))
            return redirect(tenant_url("committee:correct", offer.pk))
    context = {
        "offer": offer,
        "check": check,
        "form": form,
        "may_correct": may_correct,
        "corrections": _corrections(check),
    }
    return render(request, "tenders/committee/correct.html", context, status=status_of(form))
