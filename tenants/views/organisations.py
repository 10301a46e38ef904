"""Pages on which an organisation's data are corrected: by its partner's director, its manager or the operator."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.doors import Request, operator_door, tenant_door
from kernel.errors import NotAllowed
from kernel.polish import folded, in_order, words_of
from tenants import actions
from tenants.addresses import tenant_url
from tenants.forms.operator import OrganisationFilter
from tenants.forms.partners import OrganisationForm
from tenants.models import Organisation, Partnership
from tenants.permissions import CORRECT_ORGANISATIONS, MANAGE_PARTNERS, OPERATE, fields_to_correct
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_COLUMNS: dict[str, Column] = {"name": [in_order("name")]}


@tenant_door(CORRECT_ORGANISATIONS)
def list_own(request: Request) -> HttpResponse:
    """The organisations for which the person works here, as their manager finds them."""
    partnerships = Partnership.objects.filter(tenant=request.tenant).visible_to(request.access)
    context = {
        "partnerships": partnerships.select_related("organisation").order_by(in_order("organisation__name"))
    }
    return render(request, "tenants/partners/own.html", context)


@tenant_door(CORRECT_ORGANISATIONS)
def correct_partner(request: Request, pk: str) -> HttpResponse:
    partnerships = Partnership.objects.filter(tenant=request.tenant).visible_to(request.access)
    partnership = get_object_or_404(partnerships.select_related("organisation"), pk=pk)
    back = "people:partners" if request.access.may(MANAGE_PARTNERS) else "people:own_organisations"
    return _correct(request, partnership.organisation, tenant_url(back))


@operator_door(OPERATE)
def list_organisations(request: Request) -> HttpResponse:
    form = OrganisationFilter(request.GET)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    organisations = Organisation.objects.all()
    for word in words_of(text):
        organisations = organisations.alias(folded_name=folded("name")).filter(
            Q(folded_name__contains=word) | Q(krs__contains=word) | Q(nip=word) | Q(regon__startswith=word)
        )
    context = {
        "form": form,
        "page": page_of(organisations.order_by(*order_of(request, _COLUMNS, "name")), request),
        "filtered": bool(text) or not form.is_valid(),
    }
    return render(request, "tenants/operator/organisations.html", context)


@operator_door(OPERATE)
def correct_organisation(request: Request, pk: str) -> HttpResponse:
    return _correct(request, get_object_or_404(Organisation, pk=pk), reverse("operator:organisations"))


def _correct(request: Request, organisation: Organisation, back: str) -> HttpResponse:
    fields = fields_to_correct(organisation, request.tenant, request.access)
    initial = {name: getattr(organisation, name) for name in OrganisationForm.base_fields if name != "seen"}
    initial["seen"] = actions.organisation_stamp(organisation)
    form = OrganisationForm(request.POST or None, initial=initial)
    form.keep_all_but(fields)
    if request.method == "POST" and fields and form.is_valid():
        given = {**form.cleaned_data, "seen": form.cleaned_data["seen"] or None}
        corrected = attempt(
            form,
            lambda: actions.correct_organisation(
                organisation, **given, tenant=request.tenant, access=request.access
            ),
        )
        if corrected is not None:
            messages.success(request, _("The data of %(name)s are corrected.") % {"name": corrected.name})
            return redirect(back)
    context = {"form": form, "organisation": organisation, "fields": fields, "back": back}
    status = status_of(form) if fields or request.method == "GET" else NotAllowed.status
    return render(request, "tenants/partners/correct.html", context, status=status)
