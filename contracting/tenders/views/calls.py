"""Pages of calls: the list, one call, a new one, templates, discarding a draft."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle
from contracting.tenders.actions import calls as actions
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.announcement import check_call
from contracting.tenders.clock import database_now
from contracting.tenders.forms.calls import CallFilter, NewCallForm, TitleForm
from contracting.tenders.lawfulness import lawfulness_of
from contracting.tenders.models import Call, Offer
from contracting.tenders.permissions import EDIT_CALLS, READ_CALLS, WRITE_OFFERS
from contracting.tenders.queries.board import Phase, PublicCall, in_phase, phase_of, read_public
from contracting.tenders.views.board import concept_questions_of
from contracting.tenders.views.sections import section_lines
from contracting.tenders.words import change_rows
from kernel.doors import Request, tenant_door
from kernel.polish import in_order
from tenants.addresses import tenant_url
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_COLUMNS: dict[str, Column] = {
    "number": ["number", "created_at"],
    "title": [in_order("title")],
    "published": ["published_at", "created_at"],
    "deadline": ["deadline"],
    "lots": ["lot_count", "created_at"],
    "receipts": ["receipt_count", "created_at"],
}


def state_choices(with_drafts: bool) -> list[tuple[str, Any]]:
    """States that the list can be narrowed to."""
    drafts = [("draft", _("drafts"))] if with_drafts else []
    return [
        *drafts,
        (str(Phase.OPEN), _("open for offers")),
        (str(Phase.CLOSED), _("closed, being weighed")),
        (str(Phase.DECIDED), _("decided")),
        (str(Phase.ANNULLED), _("annulled")),
    ]


def find_call(request: Request, pk: Any) -> Call:
    """A call that the person may see, closed first where its deadline has passed."""
    found: Call = get_object_or_404(Call.objects.visible_to(request.access).select_related("service"), pk=pk)
    return close_if_due(found)


def find_draft(request: Request, pk: Any) -> Call:
    """A call or template that the unit's people edit."""
    found: Call = get_object_or_404(Call.objects.visible_to(request.access).select_related("service"), pk=pk)
    return found


@tenant_door(READ_CALLS)
def list_calls(request: Request) -> HttpResponse:
    now = database_now()
    edits = request.access.may(EDIT_CALLS)
    form = CallFilter(request.GET, access=request.access, states=state_choices(edits))
    calls = (
        Call.objects.visible_to(request.access)
        .real()
        .select_related("service")
        .annotate(
            lot_count=Count("lots", distinct=True),
            # How many offers came is nobody's business before the deadline.
            receipt_count=Count(
                "offers", filter=Q(closed_at__isnull=False, offers__state="submitted"), distinct=True
            ),
        )
    )
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("text"):
        calls = calls.filter(Q(number__icontains=chosen["text"]) | Q(title__icontains=chosen["text"]))
    if chosen.get("service"):
        calls = calls.filter(service=chosen["service"])
    if chosen.get("state") == "draft":
        calls = calls.filter(state=Call.State.DRAFT)
    elif chosen.get("state"):
        calls = in_phase(calls, Phase(chosen["state"]), now)
    page = page_of(calls.order_by(*order_of(request, _COLUMNS, "-published")), request)
    rows = [{"call": call, "phase": _phase(call, now)} for call in page]
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "filtered": any(chosen.values()) or not form.is_valid(),
    }
    return render(request, "tenders/calls/list.html", context)


def _phase(call: Call, now: Any) -> str:
    return "draft" if call.state == Call.State.DRAFT else str(phase_of(call, now))


@tenant_door(READ_CALLS)
def show_call(request: Request, pk: str) -> HttpResponse:
    """A draft as a list of what is to be written; a published call as it stands, with what is missing in law."""
    call = find_call(request, pk)
    now = database_now()
    if call.state == Call.State.DRAFT:
        context = {
            "call": call,
            "sections": section_lines(call),
            "lines": []
            if call.is_template
            else [line for line in check_call(call, now=now) if not line.is_done],
            "cycle": _cycle_of(call),
        }
        return render(request, "tenders/calls/draft.html", context)
    public = read_public(call, now=now)
    context = {
        "call": call,
        "public": public,
        "phase": str(public.phase),
        "lawfulness": lawfulness_of(call) if request.access.sees_all_organisations else None,
        "questions": concept_questions_of(call),
        "amendments": [{"row": row, "changes": change_rows(row)} for row in public.amendments],
        "cycle": _cycle_of(call) if request.access.sees_all_organisations else None,
        "writing": _writing(request, public) if public.phase is Phase.OPEN else [],
    }
    return render(request, "tenders/calls/call.html", context)


def _writing(request: Request, public: PublicCall) -> list[dict[str, Any]]:
    """The parts of an open call with the bidder's own offer for each, where there is one; nothing for others."""
    if not request.access.may(WRITE_OFFERS):
        return []
    own = Offer.objects.visible_to(request.access).filter(call=public.call)
    by_lot = {offer.lot_id: offer for offer in own}
    return [{"lot": lot, "offer": by_lot.get(lot.pk)} for lot in public.lots]


def _cycle_of(call: Call) -> Cycle | None:
    return Cycle.objects.filter(pk=call.cycle_id).first() if call.cycle_id else None


@tenant_door(EDIT_CALLS)
def create_call(request: Request) -> HttpResponse:
    initial = _initial_start(request)
    form = NewCallForm(request.POST or None, access=request.access, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _create(request, form.cleaned_data))
        if made is not None:
            messages.success(
                request, _("The draft “%(title)s” is made. Go through its sections.") % {"title": made.title}
            )
            return redirect(tenant_url("calls:call", made.pk))
    return render(request, "tenders/calls/new.html", {"form": form}, status=status_of(form))


def _initial_start(request: Request) -> dict[str, Any]:
    """What the page that sent the person here wants to begin with."""
    for start, name in (("cycle", "cycle"), ("template", "template"), ("copy", "earlier")):
        if asked := request.GET.get(name):
            return {"start": start, name: asked}
    return {}


def _create(request: Request, given: dict[str, Any]) -> Call:
    actor, title = request.access.actor, given["title"]
    if given["start"] == "cycle":
        return actions.create_from_cycle(given["cycle"], title=title, actor=actor)
    if given["start"] == "scratch":
        return actions.create_call(title=title, kind=given["kind"], service=given["service"], actor=actor)
    source = given["template"] if given["start"] == "template" else given["earlier"]
    return actions.copy_call(source, title=title, actor=actor)


@tenant_door(EDIT_CALLS)
def list_templates(request: Request) -> HttpResponse:
    templates = Call.objects.visible_to(request.access).templates().select_related("service")
    page = page_of(templates.order_by("title", "pk"), request)
    return render(request, "tenders/calls/templates.html", {"page": page})


@tenant_door(EDIT_CALLS)
def save_template(request: Request, pk: str) -> HttpResponse:
    call = find_draft(request, pk)
    form = TitleForm(request.POST or None, initial={"title": call.title})
    if request.method == "POST" and form.is_valid():
        title = form.cleaned_data["title"]
        made = attempt(
            form,
            lambda: actions.copy_call(call, title=title, as_template=True, actor=request.access.actor),
        )
        if made is not None:
            messages.success(request, _("The template “%(title)s” is saved.") % {"title": made.title})
            return redirect(tenant_url("calls:templates"))
    context = {"form": form, "call": call}
    return render(request, "tenders/calls/save_template.html", context, status=status_of(form))


@tenant_door(EDIT_CALLS)
def discard_call(request: Request, pk: str) -> HttpResponse:
    call = find_draft(request, pk)
    if request.method == "POST":
        actions.discard_call(call, actor=request.access.actor)
        messages.success(request, _("“%(title)s” is discarded.") % {"title": call.title})
        return redirect(tenant_url("calls:templates" if call.is_template else "calls:list"))
    if call.state != Call.State.DRAFT:
        return redirect(tenant_url("calls:call", call.pk))
    return render(request, "tenders/calls/discard.html", {"call": call})
