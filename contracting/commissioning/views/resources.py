"""Pages of the directory of local resources: searching it, one place, entering and checking places."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contracting.commissioning import actions
from contracting.commissioning.forms.resources import ResourceFilter, ResourceForm
from contracting.commissioning.gates import FRESH
from contracting.commissioning.models import CycleResource, Resource
from contracting.commissioning.permissions import EDIT_RESOURCES, READ_CYCLES, READ_RESOURCES
from kernel.doors import Request, tenant_door
from kernel.polish import folded, in_order, words_of
from tenants.addresses import tenant_url
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_COLUMNS: dict[str, Column] = {
    "institution": [in_order("institution"), in_order("address")],
    "address": [in_order("address"), in_order("institution")],
    "verified": ["verified_on", in_order("institution")],
    "capacity": ["minutes_month", in_order("institution")],
}
_SEARCHED = ("institution", "scope", "address", "opening_hours")


def _resource(request: Request, pk: Any) -> Resource:
    found: Resource = get_object_or_404(
        Resource.objects.visible_to(request.access).select_related("service"), pk=pk
    )
    return found


def _narrowed(places: QuerySet[Any], chosen: dict[str, Any], oldest: date) -> QuerySet[Any]:
    if chosen.get("words"):
        places = places.annotate(**{f"plain_{name}": folded(name) for name in _SEARCHED})
        for word in words_of(chosen["words"]):
            anywhere = Q()
            for name in _SEARCHED:
                anywhere |= Q(**{f"plain_{name}__contains": word})
            places = places.filter(anywhere)
    if chosen.get("service"):
        places = places.filter(service=chosen["service"])
    if chosen.get("sector"):
        places = places.filter(sector=chosen["sector"])
    match chosen.get("state"):
        case "all":
            return places
        case "retired":
            return places.filter(retired=True)
        case "stale":
            return places.filter(retired=False, verified_on__lt=oldest)
    return places.filter(retired=False)


@tenant_door(READ_RESOURCES)
def list_resources(request: Request) -> HttpResponse:
    form = ResourceFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    oldest = timezone.localdate() - FRESH
    places = _narrowed(Resource.objects.visible_to(request.access).select_related("service"), chosen, oldest)
    page = page_of(places.order_by(*order_of(request, _COLUMNS, "institution")), request)
    context = {
        "form": form,
        "page": page,
        "filtered": any(chosen.values()) or not form.is_valid(),
        "oldest": oldest,
    }
    return render(request, "commissioning/resources.html", context)


@tenant_door(READ_RESOURCES)
def show_resource(request: Request, pk: str) -> HttpResponse:
    place = _resource(request, pk)
    counted = (
        CycleResource.objects.filter(resource=place).select_related("cycle", "need")
        if request.access.may(READ_CYCLES)
        else CycleResource.objects.none()
    )
    context = {"resource": place, "counted": counted, "oldest": timezone.localdate() - FRESH}
    return render(request, "commissioning/resource.html", context)


@tenant_door(EDIT_RESOURCES)
def create_resource(request: Request) -> HttpResponse:
    return _form(request, None)


@tenant_door(EDIT_RESOURCES)
def edit_resource(request: Request, pk: str) -> HttpResponse:
    return _form(request, _resource(request, pk))


def _form(request: Request, place: Resource | None) -> HttpResponse:
    if request.method == "POST":
        form = ResourceForm(request.POST)
        if form.is_valid():
            fields = {**form.cleaned_data, "seen": form.cleaned_data["seen"] or None}
            saved = attempt(form, lambda: actions.save_resource(place, **fields, actor=request.access.actor))
            if saved is not None:
                messages.success(request, _("“%(name)s” is saved.") % {"name": saved.institution})
                return redirect(tenant_url("resources:resource", saved.pk))
    elif place is None:
        form = ResourceForm(initial={"verified_on": timezone.localdate()})
    else:
        names = [name for name in ResourceForm.base_fields if name != "seen"]
        initial = {name: getattr(place, name) for name in names}
        form = ResourceForm(initial={**initial, "seen": actions.resource_stamp(place)})
    context = {"form": form, "resource": place}
    return render(request, "commissioning/resource_form.html", context, status=status_of(form))


@tenant_door(EDIT_RESOURCES)
@require_POST
def verify_resource(request: Request, pk: str) -> HttpResponse:
    place = _resource(request, pk)
    actions.verify_resource(place, actor=request.access.actor)
    messages.success(request, _("Noted: “%(name)s” was checked today.") % {"name": place.institution})
    return redirect(tenant_url("resources:resource", place.pk))
