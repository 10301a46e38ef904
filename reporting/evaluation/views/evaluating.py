"""The evaluation of a cycle: its outcomes, its partial and final evaluations, the report."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle
from contracting.commissioning.people import unit_people
from kernel.doors import Request, tenant_door
from reporting.evaluation.actions import evaluating as actions
from reporting.evaluation.exports.pdf import evaluation_pdf
from reporting.evaluation.forms.evaluating import (
    EvaluationForm,
    QuestionRows,
    RecommendationRows,
    TakingForm,
    kept_rows,
)
from reporting.evaluation.models import Evaluation, EvaluationIssue, TakenResult
from reporting.evaluation.permissions import EDIT_EVALUATIONS, READ_EVALUATIONS
from reporting.evaluation.queries.facts import conformity, facts_of
from reporting.evaluation.queries.outcomes import (
    indicators_without_outcome,
    outcome_lines,
    promises_kept,
    spent_on,
)
from reporting.evaluation.snapshots import changed_since, told_in, told_of
from reporting.evaluation.tables.report import promises_text, report_facts, share_text, unpaid_text
from reporting.evaluation.views.pages import confirmed, cycle_of
from reporting.evaluation.words import PART_WORDS, result_text
from reporting.supervision.queries.terms import settings_at_hand
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm

_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


def _evaluation(request: Request, pk: UUID) -> Evaluation:
    visible = Cycle.objects.visible_to(request.access)
    found: Evaluation = get_object_or_404(
        Evaluation.objects.filter(cycle__in=visible).select_related("cycle__service"), pk=pk
    )
    return found


def _editable(request: Request, cycle: Cycle) -> bool:
    return cycle.is_running and request.access.may(EDIT_EVALUATIONS)


@tenant_door(READ_EVALUATIONS)
def cycle(request: Request, pk: UUID) -> HttpResponse:
    chosen = cycle_of(request, pk)
    spent = spent_on(chosen)
    names = dict(unit_people())
    context = {
        "cycle": chosen,
        "outcomes": [_shown(line) for line in outcome_lines(chosen, spent.money)],
        "unmeasured": indicators_without_outcome(chosen),
        "spent": spent,
        "kept": promises_kept(chosen),
        "conformity": conformity(chosen),
        "evaluations": [
            (one, names.get(one.owner_id, "")) for one in Evaluation.objects.filter(cycle=chosen)
        ],
        "editable": _editable(request, chosen),
    }
    return render(request, "evaluation/cycle.html", context)


def _shown(line: Any) -> dict[str, Any]:
    one = line.outcome
    return {
        "line": line,
        "one": one,
        "before": share_text(line.baseline, one.baseline_part, one.baseline_whole, line.in_money),
        "result": share_text(line.result, one.result_part, one.result_whole, line.in_money),
    }


@tenant_door(READ_EVALUATIONS)
def evaluation(request: Request, pk: UUID) -> HttpResponse:
    """The evaluation; a finished one as it was issued, with a word on what has changed in its cycle since."""
    chosen = _evaluation(request, pk)
    issues = list(chosen.issues.all())
    now = told_of(chosen)
    issued = chosen.is_finished and bool(issues)
    told = told_in(issues[0]) if issued else now
    changed = changed_since(issues[0], now) if issued else []
    context = {
        "evaluation": chosen,
        "cycle": chosen.cycle,
        "told": told,
        "owner": told.owner,
        "questions": told.questions,
        "recommendations": told.recommendations,
        "results": [(one, result_text(one)) for one in told.results],
        "conformity": told.conformity,
        "outcomes": [_shown(line) for line in told.outcomes],
        "unpaid": unpaid_text(told.unpaid),
        "promises": promises_text(told.kept),
        "changed": [str(PART_WORDS[part]) for part in changed],
        "issues": issues,
        "editable": _editable(request, chosen.cycle),
    }
    return render(request, "evaluation/evaluation.html", context)


@tenant_door(READ_EVALUATIONS)
def pdf(request: Request, pk: UUID) -> HttpResponse:
    """The report: of the issue that `?issue=` names, else as the page shows the evaluation."""
    chosen = _evaluation(request, pk)
    asked = request.GET.get("issue", "")
    issue: EvaluationIssue | None = None
    if asked:
        if not _NUMBER.fullmatch(asked):
            raise Http404
        issue = get_object_or_404(chosen.issues, number=int(asked))
    elif chosen.is_finished:
        issue = chosen.issues.first()
    told = told_of(chosen) if issue is None else told_in(issue)
    facts = report_facts(told, unit=request.tenant.unit_name, issue=issue)
    name = f"{slugify(told.evaluation.title)[:80] or 'ewaluacja'}.pdf"
    return download(evaluation_pdf(facts), name=name, content_type="application/pdf")


@tenant_door(EDIT_EVALUATIONS)
def plan(request: Request, pk: UUID) -> HttpResponse:
    chosen = cycle_of(request, pk)
    begin = [{"question": question} for question in _first_questions()]
    return _written(request, chosen, None, {"title": _("Final evaluation"), "kind": "final"}, begin)


def _first_questions() -> list[str]:
    return [
        _("Did the persons get what they were granted?"),
        _("What changed in the lives of the persons?"),
        _("What should be kept in the next cycle, and what changed?"),
    ]


@tenant_door(EDIT_EVALUATIONS)
def edit(request: Request, pk: UUID) -> HttpResponse:
    chosen = _evaluation(request, pk)
    known = {name: getattr(chosen, name) for name in actions.FIELDS}
    known["seen"] = actions.evaluation_stamp(chosen)
    questions = list(chosen.questions.values(*actions.QUESTION_FIELDS))
    return _written(request, chosen.cycle, chosen, known, questions)


def _written(
    request: Request, of: Cycle, chosen: Evaluation | None, known: dict[str, Any], begin: list[dict[str, Any]]
) -> HttpResponse:
    """The form of an evaluation with its rows; a new one begins with the questions in `begin`."""
    typed = request.POST if request.method == "POST" else None
    people = unit_people()
    stored = list(chosen.recommendations.values(*actions.RECOMMENDATION_FIELDS)) if chosen else []
    form = EvaluationForm(typed, people=people, initial=known)
    # What was typed stands by itself: the page says how many of its rows were there before.
    at_first = (begin, stored) if typed is None else (None, None)
    questions: Any = QuestionRows(typed, prefix="questions", initial=at_first[0])
    recommendations: Any = RecommendationRows(typed, prefix="recommendations", initial=at_first[1])
    whole = WholeForm(form, questions, recommendations)
    if typed is not None and whole.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen") or None
        rows = {"questions": kept_rows(questions), "recommendations": kept_rows(recommendations)}
        actor = request.access.actor
        verb: Callable[[], Evaluation] = lambda: (  # noqa: E731 - one of two verbs of the same form
            actions.plan_evaluation(of, values, **rows, actor=actor)
            if chosen is None
            else actions.edit_evaluation(chosen, values, **rows, seen=seen, actor=actor)
        )
        saved = attempt(form, verb)
        if saved is not None:
            messages.success(request, _("The evaluation is saved."))
            return redirect(tenant_url("evaluation:evaluation", saved.pk))
    context = {
        "form": form,
        "whole": whole,
        "questions": questions,
        "recommendations": recommendations,
        "cycle": of,
        "evaluation": chosen,
    }
    return render(request, "evaluation/evaluation_form.html", context, status=status_of(whole))


@tenant_door(EDIT_EVALUATIONS)
def finish(request: Request, pk: UUID) -> HttpResponse:
    chosen = _evaluation(request, pk)
    return confirmed(
        request,
        "evaluation/finish.html",
        {"evaluation": chosen, "cycle": chosen.cycle},
        lambda: actions.finish_evaluation(chosen, actor=request.access.actor),
        _("The evaluation is finished."),
        tenant_url("evaluation:evaluation", chosen.pk),
    )


@tenant_door(EDIT_EVALUATIONS)
def reopen(request: Request, pk: UUID) -> HttpResponse:
    chosen = _evaluation(request, pk)
    return confirmed(
        request,
        "evaluation/reopen.html",
        {"evaluation": chosen, "cycle": chosen.cycle},
        lambda: actions.reopen_evaluation(chosen, actor=request.access.actor),
        _("The evaluation is open again."),
        tenant_url("evaluation:evaluation", chosen.pk),
    )


@tenant_door(EDIT_EVALUATIONS)
def remove(request: Request, pk: UUID) -> HttpResponse:
    chosen = _evaluation(request, pk)
    return confirmed(
        request,
        "evaluation/remove.html",
        {"evaluation": chosen, "cycle": chosen.cycle},
        lambda: actions.remove_evaluation(chosen, actor=request.access.actor),
        _("The evaluation is removed."),
        tenant_url("evaluation:cycle", chosen.cycle_id),
    )


@tenant_door(EDIT_EVALUATIONS)
def take_result(request: Request, pk: UUID) -> HttpResponse:
    """A result of surveys, inspections or programmes of the cycle is taken into the evaluation, with its figures."""
    chosen = _evaluation(request, pk)
    back = tenant_url("evaluation:evaluation", chosen.pk) + "#results"
    questions = list(chosen.questions.values_list("question", flat=True))
    facts = facts_of(chosen.cycle)
    form = TakingForm(request.POST or None, facts=facts, questions=questions)
    if request.method == "POST" and form.is_valid():
        taken = attempt(
            form,
            lambda: actions.take_result(
                chosen, form.chosen, question=form.cleaned_data["question"], actor=request.access.actor
            ),
        )
        if taken is not None:
            messages.success(request, _("The result is in the evaluation."))
            return redirect(back)
    context = {
        "evaluation": chosen,
        "cycle": chosen.cycle,
        "form": form,
        "facts": facts,
        "back": back,
        "least": settings_at_hand().survey_least,
    }
    return render(request, "evaluation/take_result.html", context, status=status_of(form))


@tenant_door(EDIT_EVALUATIONS)
def drop_result(request: Request, pk: UUID) -> HttpResponse:
    visible = Cycle.objects.visible_to(request.access)
    result: TakenResult = get_object_or_404(
        TakenResult.objects.filter(evaluation__cycle__in=visible).select_related("evaluation__cycle"), pk=pk
    )
    back = tenant_url("evaluation:evaluation", result.evaluation_id)
    return confirmed(
        request,
        "evaluation/drop_result.html",
        {"evaluation": result.evaluation, "cycle": result.evaluation.cycle, "result": result, "back": back},
        lambda: actions.drop_result(result, actor=request.access.actor),
        _("The result is taken out."),
        back,
    )
