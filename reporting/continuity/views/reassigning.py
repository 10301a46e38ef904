"""Moving the persons of a contract: what it would do, how it goes, and the decisions to be issued."""

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
from reporting.continuity.forms.reassigning import IssueForm, TargetForm
from reporting.continuity.models import Reassignment, ReassignmentLine
from reporting.continuity.pack import months_reached, pack_of
from reporting.continuity.permissions import READ_PACK, REASSIGN
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of

State = ReassignmentLine.State


@tenant_door(REASSIGN)
def reassign(request: Request, contract_pk: UUID) -> HttpResponse:
    """Choose where to and from when; with both chosen (in the query) what would happen; on POST it begins."""
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
    if form.is_valid():
        chosen = form.cleaned_data
        if request.method == "POST":
            asked = attempt(
                form,
                lambda: actions.ask_reassignment(source, **chosen, actor=request.access.actor),
            )
            if asked is not None:
                return redirect(tenant_url("continuity:reassignment", asked.pk))
        else:
            context |= _preview(source, **chosen)
    return render(request, "continuity/reassign.html", context, status=status_of(form))


def _preview(source: Contract, target: Contract, first_day: Any) -> dict[str, Any]:
    """What would happen, and what speaks against it."""
    today = timezone.localdate()
    capacity = capacity_of(target, first_day, today)
    lines = [line for line in pack_of([source], today).lines if line.decision.ends_before > first_day]
    return {
        "target": target,
        "first_day": first_day,
        "capacity": capacity,
        "problems": list(why_not(source, capacity, first_day, today)),
        "decisions": len(lines),
        "outlasting": sum(line.decision.valid_to > target.valid_to for line in lines),
        "months": months_reached(source, first_day),
    }


@tenant_door(READ_PACK)
def reassignment(request: Request, pk: UUID) -> HttpResponse:
    """How it goes; afterwards what cannot move, and the amendments to be issued."""
    asked = _asked(pk)
    lines = asked.lines.filter(state=State.PREPARED).select_related("decision__person")
    page = page_of(lines, request)
    form = IssueForm(initial={"issued_on": timezone.localdate()}, lines=list(page))
    return _shown(request, asked, page, form)


@tenant_door(REASSIGN)
def issue(request: Request, pk: UUID) -> HttpResponse:
    """Issue the amendments that were given a number, each for itself; the others wait."""
    asked = _asked(pk)
    if request.method != "POST":
        return redirect(tenant_url("continuity:reassignment", asked.pk))
    page = page_of(asked.lines.filter(state=State.PREPARED).select_related("decision__person"), request)
    if request.POST.get("drop"):
        chosen = [line.pk for line in page if request.POST.get("drop") == str(line.pk)]
        dropped = actions.drop_lines(asked, chosen, actor=request.access.actor)
        messages.success(request, _told_dropped(dropped))
        return redirect(tenant_url("continuity:reassignment", asked.pk))
    form = IssueForm(request.POST, lines=list(page))
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
            return redirect(tenant_url("continuity:reassignment", asked.pk))
    return _shown(request, asked, page, form)


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


def _shown(request: Request, asked: Reassignment, page: Any, form: IssueForm) -> HttpResponse:
    others = asked.lines.filter(state__in=[State.REFUSED, State.DROPPED, State.ISSUED])
    rest = list(others.select_related("decision__person", "issued"))
    persons = {line.decision.person_id for line in [*page, *rest]}
    actor = request.access.actor
    record_reading("continuity.reassignment", actor=actor, subject_type="person", subject_ids=persons)
    context = {
        "asked": asked,
        "counts": _counts(asked),
        "page": page,
        "form": form,
        "refused": [line for line in rest if line.state == State.REFUSED],
        "issued": [line for line in rest if line.state == State.ISSUED],
        "dropped": [line for line in rest if line.state == State.DROPPED],
        "months": months_reached(asked.source, asked.first_day),
    }
    return render(request, "continuity/reassignment.html", context, status=status_of(form))
