"""Pages of surveys: the unit draws, enters and closes; both sides read results, the organisation no small numbers."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.supervision import actions
from reporting.supervision.exports.surveys import survey_pdf as pdf_of
from reporting.supervision.exports.surveys import survey_xlsx as xlsx_of
from reporting.supervision.forms.surveys import EnteredForm, StartForm
from reporting.supervision.models import SUBJECTS, Invitation, Questionnaire, Survey
from reporting.supervision.permissions import READ_SUPERVISION, SURVEY
from reporting.supervision.queries.contact import reachable, withheld_of
from reporting.supervision.queries.surveys import QuestionResult, results_for
from reporting.supervision.tables import ContractFilter
from reporting.supervision.views.pages import (
    arrives,
    form_page,
    head_of_drawn,
    names_of_drawn,
    not_now,
    typed,
)
from tenants.addresses import tenant_url
from ui.charts import Chart, Series, Unit, bar_pair
from ui.downloads import download
from ui.lists import page_of
from ui.refusals import attempt, status_of

_MONTHS_OFFERED = 24
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def survey_of(request: Request, pk: UUID) -> Survey:
    """A survey that the reader may see, with its counts."""
    rows = Survey.objects.visible_to(request.access).counted()
    found: Survey = get_object_or_404(
        rows.select_related("contract__organisation", "contract__service", "questionnaire"), pk=pk
    )
    return found


def address_of(survey: Survey, part: str = "") -> str:
    """The page of the survey."""
    return tenant_url("supervision:survey", survey.pk) + part


def crumbs_of(survey: Survey, here: str) -> list[tuple[str, str]]:
    """The way from the list of surveys to a page of this one."""
    return [(_("Surveys"), tenant_url("supervision:surveys")), (str(survey), address_of(survey)), (here, "")]


@tenant_door(READ_SUPERVISION)
def list_surveys(request: Request) -> HttpResponse:
    form = ContractFilter(request.GET or None, access=request.access)
    rows = form.narrow(Survey.objects.visible_to(request.access).counted())
    context = {
        "page": page_of(
            rows.select_related("contract__organisation", "questionnaire").order_by("-year", "-number"),
            request,
        ),
        "form": form,
        "filtered": form.is_filtered,
    }
    return render(request, "supervision/surveys.html", context)


@tenant_door(SURVEY)
def start_survey(request: Request) -> HttpResponse:
    months = [Month.of(timezone.localdate())]
    while len(months) < _MONTHS_OFFERED:
        months.append(months[-1].previous())
    initial = {"first_month": str(months[1]), "last_month": str(months[1])}
    form = StartForm(typed(request), access=request.access, months=months, initial=initial)
    return form_page(
        request,
        form,
        lambda: actions.start_survey(
            form.cleaned_data["contract"], form.chosen_questionnaire, form.plan(), actor=request.access.actor
        ),
        title=_("Start a survey"),
        button=_("Draw the sample and start"),
        back=tenant_url("supervision:surveys"),
        crumbs=[(_("Surveys"), tenant_url("supervision:surveys")), (pgettext("survey", "New"), "")],
        intro=[
            _(
                "For whom the questionnaire is says from what is drawn: decisions, persons advised, or crisis cases. "
                "Each one drawn is invited once. The seed and the number that could be drawn are kept: with them "
                "anybody can draw the same sample again."
            ),
            _(
                "Nobody who is known by an alias only or stayed anonymous is ever drawn, and of crisis cases only "
                "those whose person agreed. The survey says how many could not be asked, and why."
            ),
        ],
        told=_("The survey runs. Give out links, print forms, or enter answers given by telephone."),
        then=address_of,
    )


@tenant_door(READ_SUPERVISION)
def show_survey(request: Request, pk: UUID) -> HttpResponse:
    survey = survey_of(request, pk)
    closed = survey.state == Survey.State.CLOSED
    invitations: list[Invitation] = []
    if request.access.may(SURVEY):
        invitations = list(
            Invitation.objects.visible_to(request.access).filter(survey=survey).select_related(*SUBJECTS)
        )
    names = names_of_drawn(request, invitations, "supervision.survey")
    withheld = withheld_of(survey) if invitations and not closed else set()
    results = results_for(survey, request.access) if closed else []
    context = {
        "survey": survey,
        "contract": survey.contract,
        "closed": closed,
        "may_run": request.access.may(SURVEY) and not closed,
        "may_link": request.access.may(SURVEY) and not survey.is_over,
        "may_export": request.access.may(SURVEY) and closed,
        "rows": [(one, names.get(one.pk, ""), one.pk in withheld) for one in invitations],
        "head": head_of_drawn(invitations),
        "by_hand": survey.questionnaire.audience == Questionnaire.Audience.CRISIS,
        "shows_names": bool(names),
        "results": [(one, _chart(one)) for one in results],
        "whole": request.access.sees_all_organisations,
        "all_hidden": bool(results) and all(one.hidden for one in results),
    }
    return render(request, "supervision/survey.html", context)


def _chart(result: QuestionResult) -> Chart | None:
    """Out of all answers to the question, how many chose each step or option."""
    if not result.answered or not result.counts:
        return None
    return bar_pair(
        title=f"{result.number}. {result.text}",
        description=_("How many chose each answer, out of all who answered the question."),
        head=pgettext("survey", "Answer"),
        labels=result.labels,
        granted=Series(_("all answers"), [result.answered] * len(result.counts)),
        delivered=Series(_("chose this"), result.counts),
        unit=Unit.COUNT,
    )


@tenant_door(SURVEY)
@never_cache
def issue_links(request: Request, pk: UUID) -> HttpResponse:
    """Links for all that have none, or for one invitation; they are shown in the answer to the button, once."""
    survey = survey_of(request, pk)
    if arrives(request) and survey.is_over:
        return not_now(request, address_of(survey))
    invitation = None
    if asked := request.GET.get("invitation"):
        rows = survey.invitations.filter(state=Invitation.State.WAITING)
        invitation = get_object_or_404(rows, pk=_uuid(asked))
        if arrives(request) and not reachable(rows.filter(pk=invitation.pk)).exists():
            return not_now(request, address_of(survey))
    form = forms.Form(typed(request))
    issued: list[tuple[Invitation, str]] | None = None
    if request.method == "POST" and form.is_valid():
        issued = attempt(
            form,
            lambda: actions.issue_links(
                survey, invitation, seen=request.POST.get("seen"), actor=request.access.actor
            ),
        )
        if invitation:
            invitation.refresh_from_db()
    drawn = {one.pk: one for one in survey.invitations.select_related(*SUBJECTS)}
    names = names_of_drawn(request, [one for one, _token in issued or []], "supervision.survey_links")
    links = [
        (
            drawn[one.pk].number,
            names.get(one.pk, ""),
            request.build_absolute_uri(tenant_url("survey:answer", token)),
        )
        for one, token in issued or []
    ]
    context = {
        "survey": survey,
        "form": form,
        "links": links,
        "stamp": actions.link_stamp(invitation) if invitation else "",
        "single": drawn[invitation.pk].number if invitation else "",
        "head": head_of_drawn(list(drawn.values())),
        "by_hand": survey.questionnaire.audience == Questionnaire.Audience.CRISIS,
        "crumbs": crumbs_of(survey, _("Links")),
        "back": address_of(survey),
    }
    return render(request, "supervision/survey_links.html", context, status=status_of(form))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@tenant_door(SURVEY)
def enter_answers(request: Request, pk: UUID, invitation_pk: UUID) -> HttpResponse:
    survey = survey_of(request, pk)
    invitation: Invitation = get_object_or_404(survey.invitations.select_related(*SUBJECTS), pk=invitation_pk)
    if arrives(request) and (
        survey.state != Survey.State.RUNNING
        or invitation.state != Invitation.State.WAITING
        or invitation.pk in withheld_of(survey)
    ):
        return not_now(request, address_of(survey))
    invitation.survey = survey
    form = EnteredForm(typed(request), questions=survey.questionnaire.questions)
    return form_page(
        request,
        form,
        lambda: actions.answer_survey(
            invitation, form.answers(), channel=form.cleaned_data["channel"], actor=request.access.actor
        ),
        title=_("Enter answers"),
        lead=f"{survey.questionnaire.title} · {invitation.number}",
        button=_("Save the answers"),
        back=address_of(survey, "#invitations"),
        crumbs=crumbs_of(survey, invitation.number),
        intro=[
            _(
                "Only that this invitation was answered is kept: nobody can tell later which answers are whose."
            )
        ],
        told=_("The answers are saved."),
    )


@tenant_door(SURVEY)
def close_survey(request: Request, pk: UUID) -> HttpResponse:
    survey = survey_of(request, pk)
    if arrives(request) and survey.state != Survey.State.RUNNING:
        return not_now(request, address_of(survey))
    form = forms.Form(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.close_survey(survey, actor=request.access.actor),
        title=_("Close survey %(number)s") % {"number": survey},
        button=_("Close the survey"),
        back=address_of(survey),
        crumbs=crumbs_of(survey, pgettext("survey", "Close")),
        intro=[
            _(
                "No more answers are taken and links stop working. Results are shown from then on, "
                "and who answered is forgotten."
            ),
            _("Answered: %(answered)s of %(invited)s.")
            % {"answered": survey.answered, "invited": survey.invited},  # type: ignore[attr-defined]
        ],
        told=_("The survey is closed; here are its results."),
    )


@tenant_door(SURVEY)
def survey_pdf(request: Request, pk: UUID) -> HttpResponse:
    survey = survey_of(request, pk)
    content = pdf_of(survey, unit=request.tenant.unit_name)
    return download(content, name=f"ankieta_{_plain(survey)}.pdf", content_type="application/pdf")


@tenant_door(SURVEY)
def survey_xlsx(request: Request, pk: UUID) -> HttpResponse:
    survey = survey_of(request, pk)
    if survey.state != Survey.State.CLOSED:
        return not_now(request, address_of(survey))
    content = xlsx_of(survey, results_for(survey, request.access), unit=request.tenant.unit_name)
    return download(content, name=f"wyniki_{_plain(survey)}.xlsx", content_type=_XLSX)


def _plain(survey: Any) -> str:
    return re.sub(r"[^0-9A-Za-z]+", "-", str(survey))
