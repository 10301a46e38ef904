"""Pages of people: who belongs to the tenant, in which role, and who is invited."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.polish import folded, in_order, words_of
from tenants import actions
from tenants.addresses import tenant_url
from tenants.forms.people import InviteForm, PeopleFilter, RoleForm, partners_to_give
from tenants.models import Invitation, Membership
from tenants.permissions import MANAGE_PEOPLE
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

# People are looked up by surname, the last word of the name.
_SURNAME = Func(
    F("user__full_name"), Value(r"^.*\s"), Value(""), function="regexp_replace", output_field=CharField()
)
_BY_NAME = [in_order(_SURNAME), in_order("user__full_name")]
_COLUMNS: dict[str, Column] = {
    "name": _BY_NAME,
    "role": ["role", *_BY_NAME],
    "organisation": [in_order("organisation__name"), *_BY_NAME],
    "last_login": ["user__last_login"],
}
_SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def _members(request: Request) -> QuerySet[Membership]:
    return (
        Membership.objects.current()
        .filter(tenant=request.tenant)
        .visible_to(request.access)
        .select_related("user", "organisation", "tenant")
    )


def _invitations(request: Request) -> QuerySet[Invitation]:
    return (
        Invitation.objects.waiting()
        .filter(tenant=request.tenant)
        .visible_to(request.access)
        .select_related("organisation", "tenant", "invited_by")
    )


@tenant_door(MANAGE_PEOPLE)
def list_people(request: Request) -> HttpResponse:
    form = PeopleFilter(request.GET, tenant=request.tenant, access=request.access)
    chosen = form.cleaned_data if form.is_valid() else {}
    members = _members(request)
    for word in words_of(chosen.get("text") or ""):
        members = members.alias(name=folded("user__full_name"), mail=folded("user__email"))
        members = members.filter(Q(name__contains=word) | Q(mail__contains=word))
    if chosen.get("role"):
        members = members.filter(role=chosen["role"])
    if chosen.get("organisation"):
        members = members.filter(organisation=chosen["organisation"])
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=_SECOND_FACTORS)
    members = members.annotate(second_factor=Exists(factors))
    context = {
        "form": form,
        "page": page_of(members.order_by(*order_of(request, _COLUMNS, "name")), request),
        "filtered": any(chosen.values()) or not form.is_valid(),
        "invitations": _invitations(request).order_by("expires_at"),
        "now": timezone.now(),
    }
    return render(request, "tenants/people/list.html", context)


@tenant_door(MANAGE_PEOPLE)
def invite_person(request: Request) -> HttpResponse:
    form = InviteForm(request.POST or None, tenant=request.tenant, access=request.access)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        sent = attempt(form, lambda: actions.invite_person(request.tenant, **form.cleaned_data, actor=actor))
        if sent is not None:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect(tenant_url("people:list"))
    has_partners = partners_to_give(request.tenant, request.access).exists()
    context = {"form": form, "has_partners": has_partners}
    return render(request, "tenants/people/invite.html", context, status=status_of(form))


def _after_change(request: Request, membership: Membership) -> HttpResponse:
    """Back to the list; whoever changed their own role may no longer enter it."""
    if membership.user_id == request.access.actor.user_id:
        return redirect(reverse("home"))
    return redirect(tenant_url("people:list"))


@tenant_door(MANAGE_PEOPLE)
def change_role(request: Request, pk: str) -> HttpResponse:
    membership = get_object_or_404(_members(request), pk=pk)
    initial = {"role": membership.role, "organisation": membership.organisation_id}
    form = RoleForm(request.POST or None, initial=initial, tenant=request.tenant, access=request.access)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        changed = attempt(form, lambda: actions.change_role(membership, **form.cleaned_data, actor=actor))
        if changed is not None:
            messages.success(request, _("%(name)s has another role now.") % {"name": membership.user})
            return _after_change(request, membership)
    context = {"form": form, "membership": membership}
    return render(request, "tenants/people/change_role.html", context, status=status_of(form))


@tenant_door(MANAGE_PEOPLE)
def end_membership(request: Request, pk: str) -> HttpResponse:
    membership = get_object_or_404(_members(request), pk=pk)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            actions.end_membership(membership, actor=request.access.actor)
        except DomainError as error:
            refusal = error
        else:
            messages.success(
                request, _("%(name)s may no longer enter in this role.") % {"name": membership.user}
            )
            return _after_change(request, membership)
    context = {"membership": membership, "refusal": refusal}
    return render(request, "tenants/people/end.html", context, status=refusal.status if refusal else 200)


@tenant_door(MANAGE_PEOPLE)
@require_POST
def resend_invitation(request: Request, pk: str) -> HttpResponse:
    invitation = get_object_or_404(_invitations(request), pk=pk)
    try:
        actions.resend_invitation(invitation, actor=request.access.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("A new link for %(email)s is on its way; the one before no longer works.")
            % {"email": invitation.email},
        )
    return redirect(tenant_url("people:list"))


@tenant_door(MANAGE_PEOPLE)
def withdraw_invitation(request: Request, pk: str) -> HttpResponse:
    invitation = get_object_or_404(_invitations(request), pk=pk)
    if request.method == "POST":
        try:
            actions.withdraw_invitation(invitation, actor=request.access.actor)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("The invitation to %(email)s no longer works.") % {"email": invitation.email}
            )
        return redirect(tenant_url("people:list"))
    context: dict[str, Any] = {"invitation": invitation}
    return render(request, "tenants/people/withdraw.html", context)
