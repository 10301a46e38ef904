"""Pages of the tasks that dossiers open: to change decisions, and what is to become of services."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.care.models import Decision
from reporting.supervision import actions
from reporting.supervision.forms.dossiers import DoneForm
from reporting.supervision.forms.inspections import ReasonForm
from reporting.supervision.models import DecisionAdvice, Dossier, ServiceTask
from reporting.supervision.permissions import RECOMMEND, SETTLE_TASKS
from reporting.supervision.queries.amendments import fulfilling, ordering_otherwise
from reporting.supervision.queries.dossiers import advice_told
from reporting.supervision.views.pages import arrives, form_page, names_of, not_now, typed
from tenants.addresses import tenant_url
from ui.formatting import format_month
from ui.lists import page_of


def amend_address(advice: DecisionAdvice, latest: Decision) -> str:
    """The page on which the latest of the decision and its amendments is amended, with the amount proposed.

    Without the amount where what is amended grants by its plan, or for another period than was proposed.
    """
    address = tenant_url("care:amend_decision", latest.pk)
    if latest.minutes is None or latest.amount_per != advice.decision.amount_per:
        return address
    return f"{address}?{urlencode({'minutes': advice.proposed_minutes})}"


@tenant_door(SETTLE_TASKS)
def list_tasks(request: Request) -> HttpResponse:
    """Tasks to change decisions: open ones by their day, or those settled, the newest first."""
    settled = request.GET.get("state") == "settled"
    states = ["done", "dropped"] if settled else ["open"]
    rows = DecisionAdvice.objects.visible_to(request.access).filter(task__in=states)
    rows = rows.select_related("decision", "amended_by", "dossier__contract__organisation")
    page = page_of(rows.order_by("-settled_at", "pk") if settled else rows.order_by("due_on", "pk"), request)
    names = names_of(request, [row.decision_id for row in page], "supervision.tasks")
    ends = {} if settled else fulfilling(page)
    amended = {row.pk: ends[row.pk][0] for row in page if row.pk in ends}
    context = {
        "page": page,
        "settled": settled,
        "rows": [
            (
                row,
                advice_told(row),
                names.get(row.decision_id, ""),
                amended.get(row.pk),
                amend_address(row, amended.get(row.pk, row.decision)),
            )
            for row in page
        ],
    }
    return render(request, "supervision/tasks.html", context)


def _task(request: Request, pk: Any) -> DecisionAdvice:
    found: DecisionAdvice = get_object_or_404(
        DecisionAdvice.objects.visible_to(request.access)
        .exclude(task="none")
        .select_related("decision", "dossier__contract"),
        pk=pk,
    )
    return found


def _task_crumbs(task: DecisionAdvice) -> list[tuple[str, str]]:
    return [(_("Tasks"), tenant_url("supervision:tasks")), (task.decision.number, "")]


@tenant_door(SETTLE_TASKS)
def complete_task(request: Request, pk: UUID) -> HttpResponse:
    task = _task(request, pk)
    if arrives(request) and task.task != DecisionAdvice.Task.OPEN:
        return not_now(request, tenant_url("supervision:tasks"))
    return form_page(
        request,
        forms.Form(typed(request)),
        lambda: actions.complete_task(task, actor=request.access.actor),
        title=_("The change of %(number)s is done") % {"number": task.decision.number},
        button=_("The decision is changed"),
        back=tenant_url("supervision:tasks"),
        crumbs=_task_crumbs(task),
        intro=[
            _(
                "A task is done when another decision amends this one and grants more, or less, as recommended. "
                "Such amendments issued here complete it by themselves."
            )
        ],
        told=_("The task is done."),
    )


@tenant_door(SETTLE_TASKS)
def drop_task(request: Request, pk: UUID) -> HttpResponse:
    task = _task(request, pk)
    if arrives(request) and task.task != DecisionAdvice.Task.OPEN:
        return not_now(request, tenant_url("supervision:tasks"))
    form = ReasonForm(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.drop_task(task, reason=form.cleaned_data["reason"], actor=request.access.actor),
        title=_("Drop the task to change %(number)s") % {"number": task.decision.number},
        button=_("Drop the task"),
        kind="danger",
        back=tenant_url("supervision:tasks"),
        crumbs=_task_crumbs(task),
        intro=[task.reason],
        told=_("The task is dropped; the decision stays as it is."),
    )


@tenant_door(RECOMMEND)
def list_service_tasks(request: Request) -> HttpResponse:
    """Tasks of services: open ones by their day, or those settled, the newest first."""
    settled = request.GET.get("state") == "settled"
    rows = ServiceTask.objects.visible_to(request.access).filter(settled_at__isnull=not settled)
    rows = rows.select_related("amendment", "dossier__contract__organisation", "dossier__contract__service")
    page = page_of(rows.order_by("-settled_at", "pk") if settled else rows.order_by("due_on", "pk"), request)
    found = {} if settled else ordering_otherwise(page)
    context = {
        "page": page,
        "settled": settled,
        "rows": [(row, *found.get(row.pk, ("", False))) for row in page],
    }
    return render(request, "supervision/service_tasks.html", context)


def _service_task(request: Request, pk: UUID) -> ServiceTask:
    found: ServiceTask = get_object_or_404(
        ServiceTask.objects.visible_to(request.access).select_related("dossier__contract"), pk=pk
    )
    return found


def _about(task: ServiceTask) -> str:
    return f"{task.dossier.contract.number}, {format_month(task.dossier.month)}"


def _service_crumbs(task: ServiceTask) -> list[tuple[str, str]]:
    return [(_("Tasks on services"), tenant_url("supervision:service_tasks")), (_about(task), "")]


@tenant_door(RECOMMEND)
def complete_service_task(request: Request, pk: UUID) -> HttpResponse:
    task = _service_task(request, pk)
    if arrives(request) and task.settled_at is not None:
        return not_now(request, tenant_url("supervision:service_tasks"))
    form = DoneForm(typed(request))
    told = [f"{Dossier.Verdict(task.dossier.verdict).label}: {task.dossier.verdict_reason}"]
    if task.dossier.verdict != Dossier.Verdict.CHANGE:
        told.append(
            _(
                "The task is done when an amendment of the contract, signed since this was recommended, orders more "
                "or less, as recommended."
            )
        )
    return form_page(
        request,
        form,
        lambda: actions.complete_service_task(
            task, said=form.cleaned_data["said"], actor=request.access.actor
        ),
        title=_("The recommendation on the service is acted on"),
        lead=_about(task),
        button=_("The task is done"),
        back=tenant_url("supervision:service_tasks"),
        crumbs=_service_crumbs(task),
        intro=told,
        told=_("The task is done."),
    )


@tenant_door(RECOMMEND)
def drop_service_task(request: Request, pk: UUID) -> HttpResponse:
    task = _service_task(request, pk)
    if arrives(request) and task.settled_at is not None:
        return not_now(request, tenant_url("supervision:service_tasks"))
    form = ReasonForm(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.drop_service_task(
            task, reason=form.cleaned_data["reason"], actor=request.access.actor
        ),
        title=_("Drop the task on the service"),
        lead=_about(task),
        button=_("Drop the task"),
        kind="danger",
        back=tenant_url("supervision:service_tasks"),
        crumbs=_service_crumbs(task),
        intro=[task.dossier.verdict_reason],
        told=_("The task is dropped; the service stays as it is."),
    )
