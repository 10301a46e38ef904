"""Pages of the standards of services: all versions, one version, its draft, its publication."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contracting.commissioning import actions
from contracting.commissioning.forms.standards import PublishForm, StandardForm
from contracting.commissioning.models import Service, StandardVersion
from contracting.commissioning.permissions import EDIT_SERVICES, PUBLISH_STANDARDS, READ_CYCLES, READ_SERVICES
from kernel.access import Access
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


def _service(request: Request, pk: Any) -> Service:
    found: Service = get_object_or_404(Service.objects.visible_to(request.access), pk=pk)
    return found


def _versions(access: Access, service: Service) -> Any:
    """Drafts are the unit's own; organisations read what is published."""
    versions = StandardVersion.objects.filter(service=service)
    if not access.sees_all_organisations:
        versions = versions.filter(state=StandardVersion.State.PUBLISHED)
    return versions.order_by("-version")


def _version(request: Request, service_pk: Any, pk: Any) -> StandardVersion:
    service = _service(request, service_pk)
    found: StandardVersion = get_object_or_404(
        _versions(request.access, service).select_related("service"), pk=pk
    )
    return found


@tenant_door(READ_SERVICES)
def list_versions(request: Request, service_pk: str) -> HttpResponse:
    service = _service(request, service_pk)
    versions = list(_versions(request.access, service))
    context = {
        "service": service,
        "versions": versions,
        "has_draft": any(not version.is_published for version in versions),
    }
    return render(request, "commissioning/standards.html", context)


@tenant_door(READ_SERVICES)
def show_version(request: Request, service_pk: str, pk: str) -> HttpResponse:
    version = _version(request, service_pk, pk)
    context = {
        "version": version,
        "service": version.service,
        "sections": [(section.label, version.sections.get(section.value, "")) for section in version.Section],
        "missing": sum(1 for code in version.Section.values if not version.sections.get(code)),
        "cycles": version.cycles.all() if request.access.may(READ_CYCLES) else [],
    }
    return render(request, "commissioning/standard.html", context)


@tenant_door(EDIT_SERVICES)
@require_POST
def draft_version(request: Request, service_pk: str) -> HttpResponse:
    service = _service(request, service_pk)
    try:
        version = actions.draft_standard(service, actor=request.access.actor)
    except DomainError as error:
        for problem in error.problems:
            messages.error(request, str(problem.message))
        return redirect(tenant_url("commissioning:standards", service.pk))
    return redirect(tenant_url("commissioning:edit_standard", service.pk, version.pk))


@tenant_door(EDIT_SERVICES)
def edit_version(request: Request, service_pk: str, pk: str) -> HttpResponse:
    version = _version(request, service_pk, pk)
    if request.method == "POST":
        form = StandardForm(request.POST)
        if form.is_valid():
            seen = form.cleaned_data["seen"] or None
            saved = attempt(
                form,
                lambda: actions.edit_standard(
                    version, sections=form.sections(), seen=seen, actor=request.access.actor
                ),
            )
            if saved is not None:
                messages.success(request, _("The draft is saved."))
                return redirect(tenant_url("commissioning:standard", version.service_id, version.pk))
    elif version.is_published:
        return redirect(tenant_url("commissioning:standard", version.service_id, version.pk))
    else:
        form = StandardForm(initial={**version.sections, "seen": actions.standard_stamp(version)})
    context = {"form": form, "version": version, "service": version.service}
    return render(request, "commissioning/standard_form.html", context, status=status_of(form))


@tenant_door(PUBLISH_STANDARDS)
def publish_version(request: Request, service_pk: str, pk: str) -> HttpResponse:
    version = _version(request, service_pk, pk)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["valid_from"]
        published = attempt(
            form, lambda: actions.publish_standard(version, valid_from=day, actor=request.access.actor)
        )
        if published is not None:
            messages.success(
                request, _("Version %(version)s of the standard is published.") % {"version": version.version}
            )
            return redirect(tenant_url("commissioning:standard", version.service_id, version.pk))
    context = {"form": form, "version": version, "service": version.service}
    return render(request, "commissioning/publish_standard.html", context, status=status_of(form))
