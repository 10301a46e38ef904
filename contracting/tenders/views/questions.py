"""Pages of questions on a call: bidders ask, the unit answers, nobody is shown who asked."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.tenders.actions.questions import answer_question, ask_question
from contracting.tenders.clock import database_now
from contracting.tenders.forms.publishing import AnswerForm, QuestionForm
from contracting.tenders.models import Question
from contracting.tenders.permissions import ASK_QUESTIONS, EDIT_CALLS, READ_CALLS
from contracting.tenders.views.calls import find_call
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(READ_CALLS)
def list_questions(request: Request, pk: str) -> HttpResponse:
    """To the unit all questions without who asked; to a bidder the answered ones and their own."""
    call = find_call(request, pk)
    if call.published_at is None:
        raise Http404
    questions = call.questions.defer("asked_by", "organisation_id").order_by("answered_at", "asked_at")
    if not request.access.sees_all_organisations:
        answered = call.questions.filter(answered_at__isnull=False)
        own = call.questions.filter(asked_by=str(request.user.pk))
        questions = (answered | own).order_by("asked_at")
    context = {
        "call": call,
        "page": page_of(questions, request),
        "may_ask": request.access.may(ASK_QUESTIONS) and call.takes_offers(database_now()),
    }
    return render(request, "tenders/calls/questions.html", context)


@tenant_door(ASK_QUESTIONS)
def ask(request: Request, pk: str) -> HttpResponse:
    call = find_call(request, pk)
    form = QuestionForm(request.POST or None, own=request.access.organisation_ids or frozenset())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        asked = attempt(
            form,
            lambda: ask_question(
                call, text=given["text"], organisation_id=given["organisation"].pk, actor=request.access.actor
            ),
        )
        if asked is not None:
            messages.success(request, _("Your question is sent. You get a mail when the answer is public."))
            return redirect(tenant_url("calls:questions", call.pk))
    return render(request, "tenders/calls/ask.html", {"call": call, "form": form}, status=status_of(form))


@tenant_door(EDIT_CALLS)
def answer(request: Request, pk: str, question_pk: str) -> HttpResponse:
    call = find_call(request, pk)
    question: Question = get_object_or_404(
        call.questions.defer("asked_by", "organisation_id"), pk=question_pk
    )
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        answered = attempt(
            form, lambda: answer_question(question, answer=given["answer"], actor=request.access.actor)
        )
        if answered is not None:
            messages.success(request, _("Question and answer stand on the board."))
            return redirect(tenant_url("calls:questions", call.pk))
    context = {"call": call, "question": question, "form": form}
    return render(request, "tenders/calls/answer.html", context, status=status_of(form))
