"""Pages of partner organisations: who works with the tenant, found by number or entered anew."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from kernel.polish import in_order
from tenants import actions
from tenants.addresses import tenant_url
from tenants.forms.partners import EndPartnershipForm, FindOrganisationForm, NewOrganisationForm, SinceForm
from tenants.models import Organisation, Partnership
from tenants.permissions import MANAGE_PARTNERS
from tenants.rules.identifiers import clean_krs, clean_nip, clean_regon
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_COLUMNS: dict[str, Column] = {
    "name": [in_order("organisation__name")],
    "since": ["since"],
    "until": ["until"],
}


@tenant_door(MANAGE_PARTNERS)
def list_partners(request: Request) -> HttpResponse:
    people = Count(
        "organisation__memberships",
        filter=Q(
            organisation__memberships__tenant=request.tenant, organisation__memberships__ended_at__isnull=True
        ),
    )
    partnerships = (
        Partnership.objects.filter(tenant=request.tenant)
        .select_related("organisation")
        .annotate(people=people)
    )
    context = {
        "page": page_of(partnerships.order_by(*order_of(request, _COLUMNS, "name")), request),
        "today": timezone.localdate(),
    }
    return render(request, "tenants/partners/list.html", context)


@tenant_door(MANAGE_PARTNERS)
def find_partner(request: Request) -> HttpResponse:
    """Look an organisation up by its number; what is found is confirmed on the next page, what is not is entered."""
    number = request.GET.get("number", "")
    form = FindOrganisationForm(request.GET if number else None)
    searched = bool(number) and form.is_valid()
    found = actions.find_organisation(form.cleaned_data["number"]) if searched else None
    if found is not None:
        return redirect(tenant_url("people:add_partner", found.pk))
    context = {"form": form, "searched": searched, "number": number, "query": _query_of(number)}
    return render(request, "tenants/partners/find.html", context)


def _query_of(number: str) -> str:
    """The query that carries the number over to the form of a new organisation: `?krs=0000123456`."""
    for field, clean in (("nip", clean_nip), ("regon", clean_regon), ("krs", clean_krs)):
        if digits := clean(number):
            return f"?{field}={digits}"
    return ""


@tenant_door(MANAGE_PARTNERS)
def add_partner(request: Request, pk: str) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=pk)
    form = SinceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        added = attempt(
            form, lambda: actions.add_partner(request.tenant, organisation, **form.cleaned_data, actor=actor)
        )
        if added is not None:
            messages.success(request, _("%(name)s is a partner now.") % {"name": organisation.name})
            return redirect(tenant_url("people:partners"))
    context = {"form": form, "organisation": organisation}
    return render(request, "tenants/partners/add.html", context, status=status_of(form))


@tenant_door(MANAGE_PARTNERS)
def new_partner(request: Request) -> HttpResponse:
    initial = {field: request.GET.get(field, "") for field in ("krs", "nip", "regon")}
    form = NewOrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        added = attempt(
            form, lambda: actions.add_new_partner(request.tenant, **form.cleaned_data, actor=actor)
        )
        if added is not None:
            messages.success(request, _("%(name)s is a partner now.") % {"name": added.organisation.name})
            return redirect(tenant_url("people:partners"))
    return render(request, "tenants/partners/new.html", {"form": form}, status=status_of(form))


@tenant_door(MANAGE_PARTNERS)
def end_partnership(request: Request, pk: str) -> HttpResponse:
    partnership = get_object_or_404(
        Partnership.objects.filter(tenant=request.tenant).select_related("organisation", "tenant"), pk=pk
    )
    form = EndPartnershipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        ended = attempt(form, lambda: actions.end_partnership(partnership, **form.cleaned_data, actor=actor))
        if ended is not None:
            messages.success(request, _("The partnership has its last day."))
            return redirect(tenant_url("people:partners"))
    context = {"form": form, "partnership": partnership}
    return render(request, "tenants/partners/end.html", context, status=status_of(form))
