"""Pages of the operator: tenants, their state and their directors; never their content."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, operator_door
from kernel.errors import DomainError
from kernel.polish import folded, in_order, words_of
from tenants import actions
from tenants.forms.operator import InviteDirectorForm, SuspendForm, TenantFilter, TenantForm
from tenants.models import Invitation, Membership, Tenant
from tenants.permissions import OPERATE
from tenants.roles import Role
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_COLUMNS: dict[str, Column] = {
    "name": [in_order("name")],
    "voivodeship": [in_order("voivodeship__name"), in_order("name")],
    "kind": ["kind", in_order("name")],
    "created": ["created_at"],
}


@operator_door(OPERATE)
def list_tenants(request: Request) -> HttpResponse:
    form = TenantFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    tenants = Tenant.objects.select_related("voivodeship", "territory")
    for word in words_of(chosen.get("text") or ""):
        tenants = tenants.alias(folded_name=folded("name"))
        tenants = tenants.filter(
            Q(folded_name__contains=word) | Q(slug__contains=word) | Q(territory__code__startswith=word)
        )
    if chosen.get("state"):
        tenants = tenants.filter(state=chosen["state"])
    context = {
        "form": form,
        "page": page_of(tenants.order_by(*order_of(request, _COLUMNS, "name")), request),
        "filtered": any(chosen.values()) or not form.is_valid(),
        "scans": bool(settings.CLAMAV_ADDRESS),
    }
    return render(request, "tenants/operator/list.html", context)


@operator_door(OPERATE)
def create_tenant(request: Request) -> HttpResponse:
    form = TenantForm(request.POST or None, initial={"kind": Tenant.Kind.COMMUNE})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        tenant = attempt(form, lambda: actions.create_tenant(**form.cleaned_data, actor=actor))
        if tenant is not None:
            messages.success(
                request,
                _("%(name)s is ready. Invite its first director: nobody can enter until then.")
                % {"name": tenant.name},
            )
            return redirect("operator:invite_director", tenant.pk)
    return render(request, "tenants/operator/create.html", {"form": form}, status=status_of(form))


@operator_door(OPERATE)
def show_tenant(request: Request, pk: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant.objects.select_related("territory", "voivodeship"), pk=pk)
    directors = Membership.objects.current().filter(tenant=tenant, role=Role.DIRECTOR)
    invited = Invitation.objects.waiting().filter(tenant=tenant, role=Role.DIRECTOR)
    context = {
        "shown": tenant,
        "directors": directors.select_related("user").order_by(in_order("user__full_name")),
        "invitations": invited.order_by("expires_at"),
        "now": timezone.now(),
    }
    return render(request, "tenants/operator/tenant.html", context)


@operator_door(OPERATE)
def suspend_tenant(request: Request, pk: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    form = SuspendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        done = attempt(form, lambda: actions.suspend_tenant(tenant, **form.cleaned_data, actor=actor))
        if done is not None:
            messages.success(
                request, _("%(name)s is suspended: its people are refused.") % {"name": tenant.name}
            )
            return redirect("operator:tenant", tenant.pk)
    context = {"form": form, "shown": tenant}
    return render(request, "tenants/operator/suspend.html", context, status=status_of(form))


@operator_door(OPERATE)
def resume_tenant(request: Request, pk: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    if request.method == "POST":
        try:
            actions.resume_tenant(tenant, actor=request.access.actor)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(name)s is open again.") % {"name": tenant.name})
        return redirect("operator:tenant", tenant.pk)
    return render(request, "tenants/operator/resume.html", {"shown": tenant})


@operator_door(OPERATE)
def invite_director(request: Request, pk: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    form = InviteDirectorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        sent = attempt(
            form,
            lambda: actions.invite_person(tenant, **form.cleaned_data, role=Role.DIRECTOR, actor=actor),
        )
        if sent is not None:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("operator:tenant", tenant.pk)
    context = {"form": form, "shown": tenant}
    return render(request, "tenants/operator/invite_director.html", context, status=status_of(form))


@operator_door(OPERATE)
def withdraw_invitation(request: Request, pk: str, invitation_pk: str) -> HttpResponse:
    invitation = get_object_or_404(
        Invitation.objects.waiting().filter(tenant_id=pk, role=Role.DIRECTOR).select_related("tenant"),
        pk=invitation_pk,
    )
    if request.method == "POST":
        try:
            actions.withdraw_invitation(invitation, actor=request.access.actor)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("The invitation to %(email)s no longer works.") % {"email": invitation.email}
            )
        return redirect("operator:tenant", pk)
    context = {"invitation": invitation, "shown": invitation.tenant}
    return render(request, "tenants/operator/withdraw.html", context)
