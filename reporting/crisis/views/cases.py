"""Pages of cases: the list, one case, opening, describing, closing."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from reporting.crisis import actions
from reporting.crisis.casefile import identity_of
from reporting.crisis.forms.cases import (
    CasesFilter,
    CloseCaseForm,
    CorrectContactForm,
    DescribeCaseForm,
    OpenCaseForm,
    ReopenCaseForm,
)
from reporting.crisis.models import CaseWorker, CrisisCase, CrisisDocument, DictionaryEntry
from reporting.crisis.people import interventionists
from reporting.crisis.permissions import (
    READ_CASES,
    READ_EVERY_CASE,
    WORK_ON_CASES,
    cases_for,
    may_name,
    may_read_narrative,
)
from reporting.crisis.queries.cases import counted, over_the_limit, with_sessions
from reporting.crisis.queries.shelter import limited
from reporting.crisis.queries.terms import all_terms
from reporting.crisis.tables.cases import document_series, session_rows
from reporting.crisis.views.pages import back_to, case_form, case_of, turned_away
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(READ_CASES)
def list_cases(request: Request) -> HttpResponse:
    """Cases with their states and counts; who is helped is not told here."""
    visible = cases_for(request.access)
    over = over_the_limit(visible)
    form = CasesFilter(request.GET)
    cases = _filtered(visible, form, request, [one.case.pk for one in over])
    team = CaseWorker.objects.filter(until__isnull=True, part=CaseWorker.Part.LEADS)
    rows = with_sessions(cases).select_related("organisation").order_by("-opened_at", "-pk")
    page = page_of(rows.prefetch_related(Prefetch("team", queryset=team, to_attr="leading")), request)
    terms = all_terms()
    context = {
        "form": form,
        "page": page,
        "rows": [counted(case, terms) for case in page],
        "open": visible.filter(state=CrisisCase.State.OPEN).count(),
        "over": len(over),
        "every": request.access.sees_all_organisations,
        "sees_others": request.access.may(READ_EVERY_CASE),
    }
    return render(request, "crisis/cases.html", context)


def _filtered(cases: Any, form: CasesFilter, request: Request, over: list[Any]) -> Any:
    if not form.is_valid():
        return cases
    told = form.cleaned_data
    if told["q"]:
        cases = cases.filter(number__icontains=told["q"].strip())
    if told["state"]:
        cases = cases.filter(state=told["state"])
    if told["over"]:
        cases = cases.filter(pk__in=over)
    if told["mine"]:
        cases = cases.worked_on_by(request.access.actor.user_id)
    return cases


@tenant_door(READ_CASES)
def show_case(request: Request, pk: str) -> HttpResponse:
    """One case: its frame for whoever may see cases, who is helped and the documents for those who work on it."""
    case = case_of(request, pk)
    told = bool(may_read_narrative(request.access, case))
    if told:
        _record_telling(request, case)
    count = counted(with_sessions(CrisisCase.objects.filter(pk=case.pk)).get(), all_terms())
    entries = list(case.entries.select_related("entry"))
    context = {
        "case": case,
        "count": count,
        "told": told,
        "works": told and case.is_open,
        "identity": identity_of(case) if told else "",
        "may_name": bool(may_name(request.access, case)),
        "sessions": session_rows(case.sessions.all(), count.limit),
        "documents": document_series(case) if told else [],
        "document_count": case.documents.values("series").distinct().count(),
        "missing": _missing_kinds(case) if told and case.is_open else [],
        "team": list(case.team.order_by("until", "since", "name")),
        "referrals": list(case.referrals.select_related("to")),
        "categories": [row for row in entries if row.entry.kind == DictionaryEntry.Kind.CATEGORY],
        "institutions": [row for row in entries if row.entry.kind == DictionaryEntry.Kind.INSTITUTION],
        "stays": limited(case.stays.select_related("place")),
        "debriefings": list(case.debriefings.all()),
        "reopenings": list(case.reopenings.all()),
        "corrections": list(case.corrections.all()),
        "today": timezone.localdate(),
    }
    return render(request, "crisis/case.html", context)


def _record_telling(request: Request, case: CrisisCase) -> None:
    # Under the key of the case, never of the person: the log must not tell its readers who is helped.
    actor = request.access.actor
    record_reading("crisis.case", actor=actor, subject_type="crisis_case", subject_ids=[case.pk])


def _missing_kinds(case: CrisisCase) -> list[tuple[str, Any]]:
    """Kinds of documents that may be begun: those the case lacks, and continuation cards always."""
    written = set(case.documents.values_list("kind", flat=True)) - {CrisisDocument.Kind.CONTINUATION}
    return [(kind, label) for kind, label in CrisisDocument.Kind.choices if kind not in written]


@tenant_door(WORK_ON_CASES)
def open_case(request: Request) -> HttpResponse:
    """A new case, with whoever enters it as its interventionist."""
    access = request.access
    organisation = None if access.organisation_ids is None else next(iter(access.organisation_ids), None)
    people = [one for one in interventionists(organisation) if one[0] != access.actor.user_id]
    now = timezone.localtime()
    initial = {"day": now.date(), "time": now.time().replace(second=0, microsecond=0)}
    form = OpenCaseForm(request.POST or None, access=access, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: actions.open_case(form.entry(), actor=access.actor))
        if saved is not None:
            messages.success(
                request,
                _("Case %(number)s is open. Write the first contact card next.") % {"number": saved.number},
            )
            return redirect(tenant_url("crisis:case", saved.pk))
    return render(request, "crisis/open_case.html", {"form": form}, status=status_of(form))


@tenant_door(WORK_ON_CASES)
def describe_case(request: Request, pk: str) -> HttpResponse:
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    form = DescribeCaseForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        since, actor = form.cleaned_data["since"], request.access.actor
        done = attempt(form, lambda: actions.describe_case(case, form.chosen(), since=since, actor=actor))
        if done is not None:
            messages.success(request, _("Problems and institutions are saved."))
            return back_to(case)
    return case_form(
        request, case, form, title=_("Problems and institutions"), verb=_("Save problems and institutions")
    )


@tenant_door(WORK_ON_CASES)
def close_case(request: Request, pk: str) -> HttpResponse:
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    form = CloseCaseForm(request.POST or None, initial={"closed_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.close_case(case, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("Case %(number)s is closed.") % {"number": case.number})
            return back_to(case)
    return case_form(
        request,
        case,
        form,
        title=_("Close case %(number)s") % {"number": case.number},
        verb=_("Close the case"),
        text=_(
            "After that nothing is entered any more but the outcome of referrals. Documents stay readable for those "
            "who work on the case. Whoever comes back in a new crisis gets a new case."
        ),
    )


@tenant_door(WORK_ON_CASES)
def correct_contact(request: Request, pk: str) -> HttpResponse:
    """Another day or time of the first contact, also of a closed case."""
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    opened = timezone.localtime(case.opened_at)
    initial = {"day": opened.date(), "time": opened.time().replace(second=0, microsecond=0)}
    form = CorrectContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told, actor = form.cleaned_data, request.access.actor
        saved = attempt(
            form,
            lambda: actions.correct_contact(
                case, opened_at=told["opened_at"], reason=told["reason"], actor=actor
            ),
        )
        if saved is not None:
            messages.success(request, _("The first contact is corrected."))
            return back_to(case)
    return case_form(
        request,
        case,
        form,
        title=_("Correct the first contact of case %(number)s") % {"number": case.number},
        verb=_("Correct the first contact"),
        text=_(
            "The number of the case stays. Problems, the team and the debriefing that counted from the first contact "
            "count from the new day."
        ),
    )


@tenant_door(WORK_ON_CASES)
def reopen_case(request: Request, pk: str) -> HttpResponse:
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    form = ReopenCaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.reopen_case(case, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("Case %(number)s is open again.") % {"number": case.number})
            return back_to(case)
    return case_form(
        request,
        case,
        form,
        title=_("Open case %(number)s again") % {"number": case.number},
        verb=_("Open the case again"),
        text=_(
            "When and how it was closed stays on the page of the case. Sessions are counted on, not anew."
        ),
    )
