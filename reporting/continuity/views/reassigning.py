"""Moving the persons of a contract: what it would do, how it goes, and the decisions to be issued."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.actions import record_reading
from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.continuity import actions
from reporting.continuity.capacity import capacity_of, why_not
from reporting.continuity.exports.words import plan_in_words
from reporting.continuity.forms.reassigning import IssueForm, MoveForm, TargetForm
from reporting.continuity.models import Reassignment, ReassignmentLine
from reporting.continuity.pack import PackLine, months_reached, to_be_moved
from reporting.continuity.permissions import READ_PACK, REASSIGN
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of

State = ReassignmentLine.State
# Tabs of the page, in their order.
_SHOWN = (State.PREPARED, State.REFUSED, State.ISSUED, State.DROPPED)


@tenant_door(REASSIGN)
def reassign(request: Request, contract_pk: UUID) -> HttpResponse:
    """Choose where to and from when; with both chosen (in the query) who moves and what happens; POST begins it."""
    source: Contract = get_object_or_404(
        Contract.objects.select_related("organisation", "service"), pk=contract_pk
    )
    today = timezone.localdate()
    typed = request.POST if request.method == "POST" else request.GET if "target" in request.GET else None
    form = TargetForm(typed, source=source, today=today, initial={"first_day": today})
    context: dict[str, Any] = {
        "form": form,
        "source": source,
        "going_on": Reassignment.objects.filter(source=source, finished_at__isnull=True).first(),
    }
    if not form.is_valid():
        return render(request, "continuity/reassign.html", context, status=status_of(form))
    chosen = form.cleaned_data
    lines = to_be_moved(source, chosen["first_day"], today)
    sent = request.POST if request.method == "POST" else None
    move = MoveForm(sent, source=source, today=today, decisions=[line.decision for line in lines])
    if sent is not None and move.is_valid():
        asked = attempt(
            move,
            lambda: actions.ask_reassignment(source, **move.cleaned_data, actor=request.access.actor),
        )
        if asked is not None:
            return redirect(tenant_url("continuity:reassignment", asked.pk))
    record_reading(
        "continuity.reassign",
        actor=request.access.actor,
        subject_type="person",
        subject_ids={line.decision.person_id for line in lines},
    )
    context |= {**_preview(source, lines, **chosen), "move": move}
    return render(request, "continuity/reassign.html", context, status=status_of(move))


def _preview(source: Contract, lines: list[PackLine], target: Contract, first_day: Any) -> dict[str, Any]:
    """What would happen, and what speaks against it."""
    today = timezone.localdate()
    capacity = capacity_of(target, first_day, today)
    return {
        "target": target,
        "first_day": first_day,
        "capacity": capacity,
        "problems": list(why_not(source, capacity, first_day, today)),
        "lines": [(line, plan_in_words(line)) for line in lines],
        "outlasting": sum(line.decision.valid_to > target.valid_to for line in lines),
        "in_pairs": sum(line.decision.two_workers for line in lines) if capacity.workers < 2 else 0,
        "months": months_reached(source, first_day),
    }


@tenant_door(READ_PACK)
def reassignment(request: Request, pk: UUID) -> HttpResponse:
    """How it goes; afterwards the amendments to be issued, and by `?show=` what cannot move, is issued or dropped."""
    asked = _asked(pk)
    counts = _counts(asked)
    shown = _shown_state(request, counts)
    page = _page(request, asked, shown)
    form = IssueForm(initial={"issued_on": timezone.localdate()}, lines=list(page))
    return _drawn(request, asked, shown, page, form)


@tenant_door(REASSIGN)
def issue(request: Request, pk: UUID) -> HttpResponse:
    """Issue the amendments that were given a number, each for itself; the others wait."""
    asked = _asked(pk)
    back = tenant_url("continuity:reassignment", asked.pk)
    if request.method != "POST":
        return redirect(back)
    page = _page(request, asked, State.PREPARED)
    form = IssueForm(request.POST, lines=list(page))
    if request.POST.get("drop"):
        chosen = [line.pk for line in page if request.POST.get("drop") == str(line.pk)]
        dropped = actions.drop_lines(asked, chosen, actor=request.access.actor)
        messages.success(request, _told_dropped(dropped))
        if not form.has_numbers():
            return redirect(back)
        # Numbers that were typed into other rows stay there; sent once more, nothing is dropped twice.
        return _drawn(request, asked, State.PREPARED, page, form.without(chosen))
    if form.is_valid():
        numbered = form.numbered()
        if not numbered:
            form.add_error(None, _("Write the number of at least one decision."))
        for line, number in numbered:
            _issue_one(request, form, line, number)
        issued = len(numbered) - len(form.errors)
        if issued > 0:
            messages.success(request, _told_issued(issued))
        if not form.errors:
            return redirect(back)
    return _drawn(request, asked, State.PREPARED, page, form)


def _shown_state(request: Request, counts: Mapping[str, int]) -> str:
    """The state that is asked for, else the first that has any lines."""
    asked = request.GET.get("show", "")
    if asked in _SHOWN:
        return asked
    return next((state for state in _SHOWN if counts[state]), State.PREPARED)


def _page(request: Request, asked: Reassignment, state: str) -> Any:
    return page_of(asked.lines.filter(state=state).select_related("decision__person", "issued"), request)


def _issue_one(request: Request, form: IssueForm, line: ReassignmentLine, number: str) -> None:
    try:
        actions.issue_line(
            line.pk, number=number, issued_on=form.cleaned_data["issued_on"], actor=request.access.actor
        )
    except DomainError as error:
        for problem in error.problems:
            form.add_error(form.field_of(line), str(problem.message))
    else:
        line.state = State.ISSUED


def _told_issued(count: int) -> str:
    return ngettext("%(count)s decision is issued.", "%(count)s decisions are issued.", count) % {
        "count": count
    }


def _told_dropped(count: int) -> str:
    told = ngettext("%(count)s amendment is dropped.", "%(count)s amendments are dropped.", count)
    return told % {"count": count}


@tenant_door(READ_PACK)
def reassignment_progress(request: Request, pk: UUID) -> HttpResponse:
    """The moving part of the page, asked for every second; at the end all is drawn anew."""
    asked = _asked(pk)
    response = render(request, "continuity/_progress.html", {"asked": asked, "counts": _counts(asked)})
    if asked.finished_at is not None:
        response["HX-Refresh"] = "true"
    return response


def _asked(pk: UUID) -> Reassignment:
    found: Reassignment = get_object_or_404(
        Reassignment.objects.select_related("source__organisation", "target__organisation"), pk=pk
    )
    return found


def _counts(asked: Reassignment) -> dict[str, int]:
    counted: dict[str, int] = asked.lines.aggregate(
        total=Count("pk"),
        **{state.value: Count("pk", filter=Q(state=state)) for state in State},
    )
    return {**counted, "done": counted["total"] - counted["waiting"]}


def _drawn(request: Request, asked: Reassignment, shown: str, page: Any, form: IssueForm) -> HttpResponse:
    persons = {line.decision.person_id for line in page}
    actor = request.access.actor
    record_reading("continuity.reassignment", actor=actor, subject_type="person", subject_ids=persons)
    counts = _counts(asked)
    context = {
        "asked": asked,
        "counts": counts,
        "tabs": [(state.value, state.label, counts[state]) for state in _SHOWN],
        "shown": shown,
        "page": page,
        "form": form,
        "months": months_reached(asked.source, asked.first_day),
    }
    return render(request, "continuity/reassignment.html", context, status=status_of(form))
