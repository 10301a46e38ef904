"""Pages on which the unit writes questionnaires, version after version."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.doors import Request, tenant_door
from reporting.supervision import actions
from reporting.supervision.actions.questionnaires import questionnaire_stamp
from reporting.supervision.forms.surveys import KIND_WORDS, QuestionnaireForm, QuestionRows
from reporting.supervision.models import Questionnaire
from reporting.supervision.permissions import SURVEY
from reporting.supervision.views.pages import arrives, form_page, not_now, typed
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm


def _address(row: Questionnaire) -> str:
    return tenant_url("supervision:questionnaire", row.pk)


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Surveys"), tenant_url("supervision:surveys")),
        (_("Questionnaires"), tenant_url("supervision:questionnaires")),
        *more,
    ]


@tenant_door(SURVEY)
def list_questionnaires(request: Request) -> HttpResponse:
    rows = Questionnaire.objects.order_by("title", "series", "-version")
    context = {"page": page_of(rows, request), "crumbs": _crumbs()[:1]}
    return render(request, "supervision/questionnaires.html", context)


@tenant_door(SURVEY)
def show_questionnaire(request: Request, pk: UUID) -> HttpResponse:
    row: Questionnaire = get_object_or_404(Questionnaire.objects, pk=pk)
    newest = Questionnaire.objects.filter(series=row.series).order_by("-version").first()
    asked = [(one["text"], KIND_WORDS[one["kind"]], one["options"]) for one in row.questions]
    context = {
        "row": row,
        "asked": asked,
        "newest": newest,
        "may_change": row == newest,
        "crumbs": _crumbs((str(row), "")),
    }
    return render(request, "supervision/questionnaire.html", context)


@tenant_door(SURVEY)
def write_questionnaire(request: Request) -> HttpResponse:
    return _questionnaire_page(request, None)


@tenant_door(SURVEY)
def change_questionnaire(request: Request, pk: UUID) -> HttpResponse:
    row: Questionnaire = get_object_or_404(Questionnaire.objects, pk=pk)
    return _questionnaire_page(request, row)


def _questionnaire_page(request: Request, row: Questionnaire | None) -> HttpResponse:
    form, rows = _forms(request, row)
    whole = WholeForm(form, rows)
    if request.method == "POST" and whole.is_valid():
        saved = attempt(form, lambda: _save(request, row, form, rows))
        if saved is not None:
            messages.success(request, _("The questionnaire is saved as a draft."))
            return redirect(_address(saved))
    title = _("Change the questionnaire") if row else _("New questionnaire")
    context = {
        "form": form,
        "rows": rows,
        "whole": whole,
        "title": title,
        "row": row,
        "back": _address(row) if row else tenant_url("supervision:questionnaires"),
        "crumbs": _crumbs(*([(str(row), _address(row))] if row else []), (title, "")),
    }
    return render(request, "supervision/questionnaire_form.html", context, status=status_of(whole))


def _save(request: Request, row: Questionnaire | None, form: Any, rows: Any) -> Questionnaire:
    entry, actor = form.entry(rows), request.access.actor
    if row is None:
        return actions.write_questionnaire(entry, actor=actor)
    return actions.change_questionnaire(row, entry, seen=form.cleaned_data["seen"] or None, actor=actor)


def _forms(request: Request, row: Questionnaire | None) -> tuple[Any, Any]:
    if request.method == "POST":
        return QuestionnaireForm(request.POST), QuestionRows(request.POST, prefix="rows")
    if row is None:
        return QuestionnaireForm(), QuestionRows(prefix="rows")
    initial = {"title": row.title, "audience": row.audience, "seen": questionnaire_stamp(row)}
    stored = [{**one, "options": "\n".join(one["options"])} for one in row.questions]
    return QuestionnaireForm(initial=initial), QuestionRows(prefix="rows", initial=stored)


@tenant_door(SURVEY)
def publish_questionnaire(request: Request, pk: UUID) -> HttpResponse:
    row: Questionnaire = get_object_or_404(Questionnaire.objects, pk=pk)
    if arrives(request) and row.state != Questionnaire.State.DRAFT:
        return not_now(request, _address(row))
    form = forms.Form(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.publish_questionnaire(row, actor=request.access.actor),
        title=_("Publish the questionnaire"),
        lead=str(row),
        button=_("Publish"),
        back=_address(row),
        crumbs=_crumbs((str(row), _address(row)), (pgettext("questionnaire", "Publish"), "")),
        intro=[
            _(
                "A published version stays as it is, so that answers can be compared. A change makes the next version."
            )
        ],
        told=_("The questionnaire is published: surveys can ask it."),
    )
