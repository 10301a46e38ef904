"""What carers have noticed: the list, one observation with its answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from reporting.field.actions import answer_observation, read_observation
from reporting.field.forms import AnswerForm, ObservationsFilter
from reporting.field.models import Observation
from reporting.field.permissions import ANSWER_OBSERVATIONS, READ_OBSERVATIONS
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of

_NARROWED: dict[str, dict[str, Any]] = {
    "unread": {"read_at__isnull": True},
    "unanswered": {"answered_at__isnull": True},
    "urgent": {"priority": Observation.Priority.URGENT},
}


@tenant_door(READ_OBSERVATIONS)
@require_GET
def list_observations(request: Request) -> HttpResponse:
    """Newest first; the texts stand on the pages of each, so that reading is noted one by one."""
    form = ObservationsFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    observations = (
        Observation.objects.visible_to(request.access)
        .filter(**_NARROWED.get(state, {}))
        .select_related("worker", "decision__person")
    )
    page = page_of(observations, request)
    _note(request, "field:observations", list(page))
    return render(request, "field/observations.html", {"page": page, "form": form, "state": state})


@tenant_door(READ_OBSERVATIONS)
def show_observation(request: Request, pk: UUID) -> HttpResponse:
    """One observation; whoever may answer reads it as its addressee: by a button, or by answering."""
    observation: Observation = get_object_or_404(
        Observation.objects.visible_to(request.access).select_related("worker", "decision__person"), pk=pk
    )
    may_answer = request.access.may(ANSWER_OBSERVATIONS)
    form = AnswerForm(request.POST or None)
    actor = request.access.actor
    if request.method == "POST" and may_answer:
        if "read" in request.POST:
            read_observation(observation, actor=actor)
            messages.success(request, _("The observation is marked as read."))
            return redirect(tenant_url("field:observations"))
        if form.is_valid():
            said = form.cleaned_data["answer"]
            answered = attempt(form, lambda: answer_observation(observation, said, actor=actor))
            if answered is not None:
                messages.success(request, _("The answer is saved; the carer sees it on the phone."))
                return redirect(tenant_url("field:observation", observation.pk))
    _note(request, "field:observation", [observation])
    context = {"observation": observation, "form": form, "may_answer": may_answer}
    return render(request, "field/observation.html", context, status=status_of(form))


def _note(request: Request, page: str, observations: list[Observation]) -> None:
    persons = {each.decision.person_id for each in observations}
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=persons)
