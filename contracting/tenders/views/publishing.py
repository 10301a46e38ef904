"""Pages of publishing: the check list, the publications with their proofs, amendments, annulment."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.tenders.actions.amending import amend_call, amendment_stamp, weigh_amendment
from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.actions.publications import record_publication, remove_plan
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.announcement import check_call
from contracting.tenders.clock import database_now
from contracting.tenders.forms import rows as row_forms
from contracting.tenders.forms.publishing import AmendForm, AnnulForm, PublicationForm
from contracting.tenders.lawfulness import lawfulness_of
from contracting.tenders.models import Amendment, Call, Publication, ResultsChange
from contracting.tenders.permissions import DECIDE_CALLS, EDIT_CALLS, PUBLISH_CALLS, READ_PUBLICATIONS
from contracting.tenders.views.calls import find_call, find_draft
from contracting.tenders.words import change_rows
from documents.actions import open_file
from documents.uploads import PROOFS, check_upload
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm


@tenant_door(PUBLISH_CALLS)
def publish(request: Request, pk: str) -> HttpResponse:
    """The check list; when all of it is done, the button that puts the call on the board."""
    call = find_draft(request, pk)
    if call.state != Call.State.DRAFT or call.is_template:
        return redirect(tenant_url("calls:call", call.pk))
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        published = attempt(form, lambda: publish_call(call, actor=request.access.actor))
        if published is not None:
            messages.success(request, _("The call %(number)s is published.") % {"number": published.number})
            return redirect(tenant_url("calls:publications", call.pk))
    lines = check_call(call, now=database_now())
    context = {
        "call": call,
        "form": form,
        "lines": lines,
        "is_ready": all(line.is_done for line in lines),
        "planned": call.publications.all(),
    }
    return render(request, "tenders/calls/publish.html", context, status=422 if form.errors else 200)


@tenant_door(READ_PUBLICATIONS)
def list_publications(request: Request, pk: str) -> HttpResponse:
    """What was or will be published where, with proofs, and what is missing."""
    call = find_call(request, pk)
    rows = list(call.publications.select_related("amendment", "results_change", "proof"))
    subjects = _subjects_of(call)
    groups = [
        {
            "subject": subject,
            "amendment": amendment,
            "results_change": change,
            "rows": [
                row
                for row in rows
                if row.subject == subject
                and row.amendment_id == (amendment and amendment.pk)
                and row.results_change_id == (change and change.pk)
            ],
        }
        for subject, amendment, change in subjects
    ]
    context = {"call": call, "groups": groups, "lawfulness": lawfulness_of(call)}
    return render(request, "tenders/calls/publications.html", context)


_Subject = tuple[Publication.Subject, Amendment | None, ResultsChange | None]


def _subjects_of(call: Call) -> list[_Subject]:
    """What of the call is to be published, by what has happened to it."""
    subjects: list[_Subject] = [(Publication.Subject.ANNOUNCEMENT, None, None)]
    subjects += [(Publication.Subject.AMENDMENT, amendment, None) for amendment in call.amendments.all()]
    if call.decided_at is not None:
        subjects.append((Publication.Subject.RESULTS, None, None))
        granting = call.results_changes.filter(kind=ResultsChange.Kind.GRANTED)
        subjects += [(Publication.Subject.RESULTS, None, change) for change in granting]
    if call.annulled_at is not None:
        subjects.append((Publication.Subject.ANNULMENT, None, None))
    return subjects


@tenant_door(EDIT_CALLS)
def record(request: Request, pk: str) -> HttpResponse:
    """A publication and its proof; `?subject=`, `?amendment=` or `?change=` (number), `?place=` say of what, where."""
    call = find_call(request, pk)
    subject, amendment, change = _asked(request, call)
    place = request.GET.get("place", "")
    current = call.publications.filter(
        subject=subject, amendment=amendment, results_change=change, place=place
    ).first()
    initial = (
        {"place": place, "posted_on": current.posted_on, "url": current.url, "note": current.note}
        if current
        else {"place": place}
    )
    form = PublicationForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: _record(request, call, (subject, amendment, change), form))
        if saved is not None:
            messages.success(
                request, _("The publication is recorded: %(place)s.") % {"place": saved.get_place_display()}
            )
            return redirect(tenant_url("calls:publications", call.pk))
    context = {"call": call, "form": form, "subject": subject, "amendment": amendment, "change": change}
    return render(request, "tenders/calls/record_publication.html", context, status=status_of(form))


def _asked(request: Request, call: Call) -> _Subject:
    asked = request.GET.get("subject", Publication.Subject.ANNOUNCEMENT)
    if asked not in Publication.Subject.values:
        raise Http404
    subject = Publication.Subject(asked)
    if subject == Publication.Subject.AMENDMENT:
        return subject, get_object_or_404(call.amendments, number=_number(request, "amendment")), None
    if subject == Publication.Subject.RESULTS and "change" in request.GET:
        granting = call.results_changes.filter(kind=ResultsChange.Kind.GRANTED)
        return subject, None, get_object_or_404(granting, number=_number(request, "change"))
    return subject, None, None


def _number(request: Request, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _record(request: Request, call: Call, of: _Subject, form: PublicationForm) -> Publication:
    given = dict(form.cleaned_data)
    brought = given.pop("file")
    file = check_upload(brought, kinds=PROOFS) if brought else None
    subject, amendment, change = of
    return record_publication(
        call,
        subject=subject,
        amendment=amendment,
        results_change=change,
        file=file,
        actor=request.access.actor,
        **given,
    )


def _publication(request: Request, pk: Any, publication_pk: Any) -> Publication:
    found: Publication = get_object_or_404(
        Publication.objects.filter(call=find_draft(request, pk)).select_related("proof", "call"),
        pk=publication_pk,
    )
    return found


@tenant_door(EDIT_CALLS)
def show_proof(request: Request, pk: str, publication_pk: str) -> HttpResponseBase:
    """The file that proves a publication."""
    proof = _publication(request, pk, publication_pk).proof
    if proof is None:
        raise Http404
    return FileResponse(
        open_file(proof), as_attachment=True, filename=proof.name, content_type=proof.content_type
    )


@tenant_door(EDIT_CALLS)
def withdraw_plan(request: Request, pk: str, publication_pk: str) -> HttpResponse:
    """Take back a planned publication."""
    row = _publication(request, pk, publication_pk)
    if request.method == "POST":
        remove_plan(row, actor=request.access.actor)
        messages.success(request, _("The planned publication is taken back."))
        return redirect(tenant_url("calls:publications", row.call_id))
    return render(request, "tenders/calls/withdraw_plan.html", {"row": row, "call": row.call})


# How a post of the form differs from one of its last look: the latter publishes, or goes back to change something.
_PUBLISH, _CHANGE = "publish", "change"


@tenant_door(PUBLISH_CALLS)
def amend(request: Request, pk: str) -> HttpResponse:
    """What is to change, then a last look at what will be published, then the amendment."""
    call = find_call(request, pk)
    if not call.takes_offers(database_now()):
        messages.warning(request, _("Only a published call whose deadline has not passed can be amended."))
        return redirect(tenant_url("calls:call", call.pk))
    if request.method == "POST":
        form = AmendForm(request.POST)
        lots: Any = row_forms.AmendedLotRows(request.POST, prefix="lots")
        criteria: Any = row_forms.FixedCriterionRows(request.POST, prefix="criteria")
        if WholeForm(form, lots, criteria).is_valid() and _CHANGE not in request.POST:
            publishes = _PUBLISH in request.POST
            verb = amend_call if publishes else weigh_amendment
            saved = attempt(form, lambda: _amend(verb, request, call, form, lots, criteria))
            if saved is not None and not publishes:
                return _last_look(request, saved)
            if saved is not None:
                messages.success(request, _("Amendment %(number)s is published.") % {"number": saved.number})
                return redirect(tenant_url("calls:publications", call.pk))
    else:
        form = AmendForm(initial={**AmendForm.initial_of(call), "seen": amendment_stamp(call)})
        lots = row_forms.AmendedLotRows(prefix="lots", initial=row_forms.lot_initial(call))
        criteria = row_forms.FixedCriterionRows(prefix="criteria", initial=row_forms.criterion_initial(call))
    whole = WholeForm(form, lots, criteria)
    context = {
        "call": call,
        "form": form,
        "lots": lots,
        "criteria": criteria,
        "whole": whole,
        "lawfulness": lawfulness_of(call),
    }
    return render(request, "tenders/calls/amend.html", context, status=status_of(whole))


def _last_look(request: Request, amendment: Amendment) -> HttpResponse:
    """What would be published, and what was typed, carried along unseen."""
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "call": amendment.call,
        "amendment": amendment,
        "changes": change_rows(amendment),
        "typed": [(name, value) for name, value in typed if name != "csrfmiddlewaretoken"],
    }
    return render(request, "tenders/calls/amend_check.html", context)


def _amend(
    verb: Callable[..., Amendment], request: Request, call: Call, form: AmendForm, lots: Any, criteria: Any
) -> Amendment:
    return verb(
        call,
        reason=form.cleaned_data["reason"],
        confirm=form.cleaned_data["confirm"],
        values=form.values(),
        lots=row_forms.lot_lines_of(lots),
        criteria=row_forms.criterion_lines_of(criteria),
        seen=form.cleaned_data["seen"] or None,
        actor=request.access.actor,
    )


@tenant_door(DECIDE_CALLS)
def annul(request: Request, pk: str) -> HttpResponse:
    call = find_call(request, pk)
    if call.state not in (Call.State.PUBLISHED, Call.State.OPENED):
        return redirect(tenant_url("calls:call", call.pk))
    form = AnnulForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        annulled = attempt(form, lambda: annul_call(call, **form.cleaned_data, actor=request.access.actor))
        if annulled is not None:
            messages.success(request, _("The call %(number)s is annulled.") % {"number": annulled.number})
            return redirect(tenant_url("calls:publications", call.pk))
    context = {"form": form, "call": call}
    return render(request, "tenders/calls/annul.html", context, status=status_of(form))
