"""Pages of workers: who delivers, with which qualifications, from when to when."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from contracting.commissioning.models import Qualification
from contracting.contracts import actions
from contracting.contracts.forms.contracts import (
    EndWorkerForm,
    NewWorkerForm,
    QualificationForm,
    WorkerFilter,
    WorkerForm,
)
from contracting.contracts.models import Worker, WorkerQualification
from contracting.contracts.permissions import EDIT_WORKERS, READ_WORKERS
from contracting.contracts.queries import carers_beside
from contracting.contracts.rules.codes import next_code
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.polish import by_name, in_order
from tenants.addresses import tenant_url
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_NAME = by_name("surname", "given_name")
_COLUMNS: dict[str, Column] = {
    "name": _NAME,
    "code": ["code"],
    "organisation": [in_order("organisation__name"), *_NAME],
}


def _worker(request: Request, pk: Any) -> Worker:
    found: Worker = get_object_or_404(
        Worker.objects.visible_to(request.access).select_related("organisation"), pk=pk
    )
    return found


def _names_of(codes: Iterable[str]) -> dict[str, str]:
    return dict(Qualification.objects.filter(code__in=codes).values_list("code", "name"))


@tenant_door(READ_WORKERS)
def list_workers(request: Request) -> HttpResponse:
    form = WorkerFilter(request.GET, access=request.access)
    chosen = form.cleaned_data if form.is_valid() else {}
    workers = Worker.objects.visible_to(request.access).select_related("organisation")
    if chosen.get("organisation"):
        workers = workers.filter(organisation=chosen["organisation"])
    if chosen.get("state") != "all":
        workers = workers.filter(active=chosen.get("state") != "ended")
    ordered = workers.order_by(*order_of(request, _COLUMNS, "name")).prefetch_related("qualifications")
    page = page_of(ordered, request)
    held = {worker.pk: [q.code for q in worker.qualifications.all()] for worker in page}
    names = _names_of({code for codes in held.values() for code in codes})
    rows = [(worker, sorted({names.get(code, code) for code in held[worker.pk]})) for worker in page]
    context = {"form": form, "page": page, "rows": rows, "filtered": any(chosen.values())}
    return render(request, "contracts/workers.html", context)


@tenant_door(READ_WORKERS)
def show_worker(request: Request, pk: str) -> HttpResponse:
    worker = _worker(request, pk)
    held = list(worker.qualifications.all())
    names = _names_of(q.code for q in held)
    context = {
        "worker": worker,
        "qualifications": [(q, names.get(q.code, q.code)) for q in held],
        "named_in": worker.named_in.select_related("contract").order_by("contract__number"),
        "account": User.objects.filter(pk=worker.user_id).first() if worker.user_id else None,
        "has_access": carers_beside(worker).filter(user_id=worker.user_id).exists(),
        "today": timezone.localdate(),
    }
    return render(request, "contracts/worker.html", context)


@tenant_door(EDIT_WORKERS)
def create_worker(request: Request) -> HttpResponse:
    if request.method == "POST":
        form = NewWorkerForm(request.POST, access=request.access)
        if form.is_valid():
            fields = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
            saved = attempt(form, lambda: actions.create_worker(**fields, actor=request.access.actor))
            if saved is not None:
                messages.success(
                    request, _("%(worker)s is added. Add their qualifications.") % {"worker": saved}
                )
                return redirect(tenant_url("contracts:worker", saved.pk))
    else:
        code = next_code(Worker.objects.values_list("code", flat=True), first="W01")
        form = NewWorkerForm(initial={"code": code}, access=request.access)
    context = {"form": form, "worker": None}
    return render(request, "contracts/worker_form.html", context, status=status_of(form))


@tenant_door(EDIT_WORKERS)
def edit_worker(request: Request, pk: str) -> HttpResponse:
    worker = _worker(request, pk)
    if request.method == "POST":
        form = WorkerForm(request.POST)
        if form.is_valid():
            fields = form.cleaned_data
            saved = attempt(form, lambda: actions.edit_worker(worker, **fields, actor=request.access.actor))
            if saved is not None:
                messages.success(request, _("%(worker)s is saved.") % {"worker": saved})
                return redirect(tenant_url("contracts:worker", saved.pk))
    else:
        initial = {name: getattr(worker, name) for name in ("surname", "given_name", "code")}
        form = WorkerForm(initial={**initial, "seen": actions.worker_stamp(worker)})
    context = {"form": form, "worker": worker}
    return render(request, "contracts/worker_form.html", context, status=status_of(form))


@tenant_door(EDIT_WORKERS)
def end_worker(request: Request, pk: str) -> HttpResponse:
    worker = _worker(request, pk)
    form = EndWorkerForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        last_day = form.cleaned_data["last_day"]
        ended = attempt(
            form, lambda: actions.end_worker(worker, last_day=last_day, actor=request.access.actor)
        )
        if ended is not None:
            messages.success(request, _("%(worker)s no longer works.") % {"worker": ended})
            return redirect(tenant_url("contracts:worker", ended.pk))
    context = {"form": form, "worker": worker, "named_in": worker.named_in.select_related("contract")}
    return render(request, "contracts/end_worker.html", context, status=status_of(form))


@tenant_door(EDIT_WORKERS)
def reinstate_worker(request: Request, pk: str) -> HttpResponse:
    worker = _worker(request, pk)
    if request.method == "POST":
        try:
            actions.reinstate_worker(worker, actor=request.access.actor)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(worker)s works again.") % {"worker": worker})
        return redirect(tenant_url("contracts:worker", worker.pk))
    return render(request, "contracts/reinstate_worker.html", {"worker": worker})


@tenant_door(EDIT_WORKERS)
def add_qualification(request: Request, pk: str) -> HttpResponse:
    worker = _worker(request, pk)
    form = QualificationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        held = attempt(form, lambda: actions.add_qualification(worker, **given, actor=request.access.actor))
        if held is not None:
            messages.success(request, _("The qualification is saved."))
            return redirect(tenant_url("contracts:worker", worker.pk))
    context = {"form": form, "worker": worker, "held": None}
    return render(request, "contracts/qualification_form.html", context, status=status_of(form))


def _held(request: Request, worker_pk: Any, pk: Any) -> WorkerQualification:
    held: WorkerQualification = get_object_or_404(
        WorkerQualification.objects.filter(worker=_worker(request, worker_pk)).select_related("worker"), pk=pk
    )
    return held


@tenant_door(EDIT_WORKERS)
def change_qualification(request: Request, worker_pk: str, pk: str) -> HttpResponse:
    held = _held(request, worker_pk, pk)
    initial = {"code": held.code, "valid_from": held.valid_from, "valid_to": held.valid_to}
    seen = actions.qualification_stamp(held)
    form = QualificationForm(request.POST or None, initial={**initial, "seen": seen})
    if request.method == "POST" and form.is_valid():
        given, actor = form.cleaned_data, request.access.actor
        changed = attempt(form, lambda: actions.change_qualification(held, **given, actor=actor))
        if changed is not None:
            messages.success(request, _("The qualification is saved."))
            return redirect(tenant_url("contracts:worker", held.worker_id))
    context = {"form": form, "worker": held.worker, "held": held}
    return render(request, "contracts/qualification_form.html", context, status=status_of(form))


@tenant_door(EDIT_WORKERS)
def remove_qualification(request: Request, worker_pk: str, pk: str) -> HttpResponse:
    held = _held(request, worker_pk, pk)
    if request.method == "POST":
        actions.remove_qualification(held, actor=request.access.actor)
        messages.success(request, _("The qualification is removed."))
        return redirect(tenant_url("contracts:worker", held.worker_id))
    name = _names_of([held.code]).get(held.code, held.code)
    context = {"held": held, "name": name, "worker": held.worker}
    return render(request, "contracts/remove_qualification.html", context)
