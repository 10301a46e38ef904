"""Pages of services: what is delivered, of which activities, by whom."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning import actions
from contracting.commissioning.forms.services import ActivityRows, QualificationRows, ServiceForm
from contracting.commissioning.models import Qualification, Service
from contracting.commissioning.permissions import EDIT_SERVICES, READ_SERVICES
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm


def _qualification_names(codes: Iterable[str]) -> list[str]:
    names = dict(Qualification.objects.filter(code__in=codes).values_list("code", "name"))
    return [names.get(code, code) for code in codes]


@tenant_door(READ_SERVICES)
def list_services(request: Request) -> HttpResponse:
    services = (
        Service.objects.visible_to(request.access)
        .annotate(activity_count=Count("activities", filter=Q(activities__offered=True)))
        .order_by("name")
    )
    return render(request, "commissioning/services.html", {"services": services})


@tenant_door(READ_SERVICES)
def show_service(request: Request, pk: str) -> HttpResponse:
    service = get_object_or_404(Service.objects.visible_to(request.access), pk=pk)
    context = {
        "service": service,
        "activities": service.activities.all(),
        "qualifications": _qualification_names(service.required_qualifications),
    }
    return render(request, "commissioning/service.html", context)


@tenant_door(EDIT_SERVICES)
def create_service(request: Request) -> HttpResponse:
    return _service_form(request, None)


@tenant_door(EDIT_SERVICES)
def edit_service(request: Request, pk: str) -> HttpResponse:
    return _service_form(request, get_object_or_404(Service.objects.visible_to(request.access), pk=pk))


def _service_form(request: Request, service: Service | None) -> HttpResponse:
    if request.method == "POST":
        form = ServiceForm(request.POST)
        rows: Any = ActivityRows(request.POST, prefix="activities")
        whole = WholeForm(form, rows)
        if whole.is_valid():
            saved = attempt(form, lambda: _save_service(request, service, form, rows))
            if saved is not None:
                messages.success(request, _("The service “%(name)s” is saved.") % {"name": saved.name})
                return redirect(tenant_url("commissioning:service", saved.pk))
    else:
        form, rows = _unbound_service(service)
        whole = WholeForm(form, rows)
    context = {"service": service, "form": form, "rows": rows, "whole": whole}
    return render(request, "commissioning/service_form.html", context, status=status_of(whole))


def _unbound_service(service: Service | None) -> tuple[ServiceForm, Any]:
    if service is None:
        return ServiceForm(), ActivityRows(prefix="activities")
    initial = {
        "name": service.name,
        "code": service.code,
        "required_qualifications": service.required_qualifications,
        "seen": actions.service_stamp(service),
    }
    lines = [
        {"name": activity.name, "code": activity.code, "offered": activity.offered, "ORDER": place}
        for place, activity in enumerate(service.activities.all(), start=1)
    ]
    return ServiceForm(initial=initial), ActivityRows(prefix="activities", initial=lines)


def _save_service(request: Request, service: Service | None, form: ServiceForm, rows: Any) -> Service:
    fields = dict(form.cleaned_data)
    seen = fields.pop("seen") or None
    lines = [
        actions.ActivityLine(name=row["name"], code=row["code"], offered=row["offered"])
        for row in rows.filled()
    ]
    if service is None:
        return actions.create_service(**fields, activities=lines, actor=request.access.actor)
    return actions.edit_service(service, **fields, activities=lines, seen=seen, actor=request.access.actor)


@tenant_door(EDIT_SERVICES)
def edit_qualifications(request: Request) -> HttpResponse:
    """The dictionary of qualifications: names for the codes that services require and workers hold."""
    if request.method == "POST":
        form = forms.Form(request.POST)
        rows: Any = QualificationRows(request.POST, prefix="words")
        if WholeForm(form, rows).is_valid():
            lines = [(row["code"], row["name"]) for row in rows.filled()]
            words = attempt(form, lambda: actions.name_qualifications(lines, actor=request.access.actor))
            if words is not None:
                messages.success(request, _("The dictionary of qualifications is saved."))
                return redirect(tenant_url("commissioning:qualifications"))
    else:
        initial = [{"name": word.name, "code": word.code} for word in Qualification.objects.all()]
        form, rows = forms.Form(), QualificationRows(prefix="words", initial=initial)
    whole = WholeForm(form, rows)
    context = {"rows": rows, "whole": whole}
    return render(request, "commissioning/qualifications.html", context, status=status_of(whole))
