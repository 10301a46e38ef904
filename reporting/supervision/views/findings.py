"""Pages of findings and recommendations, for the unit and for the organisation that answers."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.actions import record_reading
from documents.actions import open_file
from kernel.doors import Request, tenant_door
from reporting.supervision import actions
from reporting.supervision.forms.inspections import (
    AnswerForm,
    FindingForm,
    FollowUpForm,
    RecommendationRows,
    ReportForm,
)
from reporting.supervision.models import Attachment, Finding, Inspection, Recommendation
from reporting.supervision.permissions import ANSWER, INSPECT, READ_SUPERVISION
from reporting.supervision.views.inspections import address_of, crumbs_to, inspection_of
from reporting.supervision.views.pages import arrives, form_page, not_now, typed, with_files
from ui.downloads import download
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm

_SETTLED = (Recommendation.State.DONE, Recommendation.State.NOT_DONE)


def _finding(inspection: Inspection, pk: Any) -> Finding:
    found: Finding = get_object_or_404(inspection.findings, pk=pk)
    found.inspection = inspection
    return found


@tenant_door(INSPECT)
def add_finding(request: Request, pk: str) -> HttpResponse:
    return _finding_page(request, inspection_of(request, pk), None)


@tenant_door(INSPECT)
def change_finding(request: Request, pk: str, finding_pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    return _finding_page(request, inspection, _finding(inspection, finding_pk))


def _finding_page(request: Request, inspection: Inspection, finding: Finding | None) -> HttpResponse:
    if arrives(request) and inspection.state != Inspection.State.HELD:
        return not_now(request, address_of(inspection))
    form, rows = _finding_forms(request, inspection, finding)
    whole = WholeForm(form, rows)
    if request.method == "POST" and whole.is_valid():
        saved = attempt(
            form,
            lambda: actions.save_finding(
                inspection, form.entry(rows), finding=finding, actor=request.access.actor
            ),
        )
        if saved is not None:
            messages.success(request, _("Finding %(number)s is saved.") % {"number": saved.number})
            return redirect(address_of(inspection, "#findings"))
    title = _("Finding %(number)s") % {"number": finding.number} if finding else _("New finding")
    context = {
        "inspection": inspection,
        "finding": finding,
        "form": form,
        "rows": rows,
        "whole": whole,
        "title": title,
        "back": address_of(inspection, "#findings"),
        "crumbs": crumbs_to(inspection, title),
    }
    return render(request, "supervision/finding_form.html", context, status=status_of(whole))


def _finding_forms(request: Request, inspection: Inspection, finding: Finding | None) -> tuple[Any, Any]:
    if request.method == "POST":
        return FindingForm(request.POST, inspection=inspection), RecommendationRows(
            request.POST, prefix="rows"
        )
    if finding is None:
        form = FindingForm(inspection=inspection, initial={"item": request.GET.get("item")})
        return form, RecommendationRows(prefix="rows")
    initial = {"severity": finding.severity, "text": finding.text, "item": finding.item_id}
    stored = list(finding.recommendations.order_by("place").values("text", "owner", "due_on"))
    return FindingForm(inspection=inspection, initial=initial), RecommendationRows(
        prefix="rows", initial=stored
    )


@tenant_door(INSPECT)
def remove_finding(request: Request, pk: str, finding_pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    finding = _finding(inspection, finding_pk)
    if arrives(request) and inspection.state != Inspection.State.HELD:
        return not_now(request, address_of(inspection))
    form = forms.Form(typed(request))

    def verb() -> bool:
        actions.remove_finding(finding, actor=request.access.actor)
        return True

    return form_page(
        request,
        form,
        verb,
        title=_("Remove finding %(number)s") % {"number": finding.number},
        button=_("Remove the finding"),
        kind="danger",
        back=address_of(inspection, "#findings"),
        crumbs=crumbs_to(inspection, _("Remove")),
        intro=[
            finding.text,
            _("It is removed with its recommendations; later findings move up by one number."),
        ],
        told=_("The finding is removed."),
    )


@tenant_door(READ_SUPERVISION)
def attachment(request: Request, pk: UUID) -> HttpResponse:
    """A file of an answer, as it was sent."""
    found: Attachment = get_object_or_404(
        Attachment.objects.visible_to(request.access).select_related("file"), pk=pk
    )
    of = {"inspection": found.inspection_id, "breach": found.breach_id}
    for kind, subject in of.items():
        if subject is not None:
            record_reading(
                "supervision.attachment",
                actor=request.access.actor,
                subject_type=kind,
                subject_ids=[subject],
            )
    with open_file(found.file) as content:
        return download(content.read(), name=found.file.name, content_type=found.file.content_type)


@tenant_door(ANSWER)
def answer_protocol(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    if arrives(request) and inspection.state != Inspection.State.SENT:
        return not_now(request, address_of(inspection))
    form = AnswerForm(*with_files(request))
    return form_page(
        request,
        form,
        lambda: actions.answer_protocol(
            inspection,
            answer=form.cleaned_data["answer"],
            files=form.uploads(),
            actor=request.access.actor,
        ),
        title=_("Answer the protocol of inspection %(number)s") % {"number": inspection},
        button=_("Send the answer"),
        back=address_of(inspection),
        crumbs=crumbs_to(inspection, _("Answer")),
        intro=[
            _("The answer is sent once and cannot be changed afterwards. It is due on %(day)s.")
            % {"day": f"{inspection.answer_due_on:%d.%m.%Y}"}
        ],
        told=_("The answer is sent to the social unit."),
    )


def _recommendation(request: Request, pk: Any) -> Recommendation:
    found: Recommendation = get_object_or_404(
        Recommendation.objects.visible_to(request.access).select_related(
            "finding__inspection__contract__organisation"
        ),
        pk=pk,
    )
    return found


def _settling(
    request: Request, row: Recommendation, form: forms.Form, verb: Any, **told: Any
) -> HttpResponse:
    inspection = row.finding.inspection
    return form_page(
        request,
        form,
        verb,
        back=address_of(inspection, "#findings"),
        crumbs=crumbs_to(inspection, _("Recommendation")),
        **told,
    )


@tenant_door(ANSWER)
def report_recommendation(request: Request, pk: str) -> HttpResponse:
    row = _recommendation(request, pk)
    if arrives(request) and (row.state != Recommendation.State.OPEN or not _is_followed(row)):
        return not_now(request, address_of(row.finding.inspection))
    form = ReportForm(typed(request))
    return _settling(
        request,
        row,
        form,
        lambda: actions.report_recommendation(
            row, report=form.cleaned_data["report"], actor=request.access.actor
        ),
        title=_("Report a recommendation as carried out"),
        intro=[row.text, _("The social unit checks it and confirms.")],
        button=_("Report it"),
        told=_("The social unit is told that the recommendation was carried out."),
    )


@tenant_door(INSPECT)
def follow_up_recommendation(request: Request, pk: str) -> HttpResponse:
    row = _recommendation(request, pk)
    if arrives(request) and (row.state in _SETTLED or not _is_followed(row)):
        return not_now(request, address_of(row.finding.inspection))
    form = FollowUpForm(typed(request))
    intro = [row.text]
    if row.report:
        intro.append(_("The organisation reports: %(report)s") % {"report": row.report})

    def verb() -> Recommendation:
        done = form.cleaned_data["result"] == "done"
        note = form.cleaned_data["note"]
        return actions.follow_up_recommendation(row, done=done, note=note, actor=request.access.actor)

    return _settling(
        request,
        row,
        form,
        verb,
        title=_("Follow up a recommendation"),
        intro=intro,
        button=_("Save the result"),
        told=_("The result of the check is saved."),
    )


def _is_followed(row: Recommendation) -> bool:
    return row.finding.inspection.state in (Inspection.State.SENT, Inspection.State.ANSWERED)
