"""Pages of the operator on regional analysts: who sees the sums of which voivodeship, named by invitation."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.doors import Request, operator_door
from kernel.errors import DomainError
from kernel.polish import folded, in_order, words_of
from tenants import actions
from tenants.forms.operator import AnalystFilter, InviteAnalystForm
from tenants.models import Invitation, InvitationQuerySet, RegionMembership
from tenants.permissions import OPERATE
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_COLUMNS: dict[str, Column] = {
    "name": [in_order("user__full_name")],
    "voivodeship": [in_order("voivodeship__name"), in_order("user__full_name")],
    "since": ["created_at"],
    "last_login": ["user__last_login"],
}


def _invitations() -> InvitationQuerySet:
    return Invitation.objects.waiting().filter(tenant__isnull=True)


@operator_door(OPERATE)
def list_analysts(request: Request) -> HttpResponse:
    form = AnalystFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    analysts = RegionMembership.objects.select_related("user", "voivodeship")
    for word in words_of(chosen.get("text") or ""):
        analysts = analysts.alias(name=folded("user__full_name"), mail=folded("user__email"))
        analysts = analysts.filter(Q(name__contains=word) | Q(mail__contains=word))
    if chosen.get("voivodeship"):
        analysts = analysts.filter(voivodeship=chosen["voivodeship"])
    context = {
        "form": form,
        "page": page_of(analysts.order_by(*order_of(request, _COLUMNS, "voivodeship")), request),
        "filtered": any(chosen.values()) or not form.is_valid(),
        "invitations": _invitations().select_related("voivodeship").order_by("expires_at"),
        "now": timezone.now(),
    }
    return render(request, "tenants/operator/analysts.html", context)


@operator_door(OPERATE)
def invite_analyst(request: Request) -> HttpResponse:
    form = InviteAnalystForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        sent = attempt(form, lambda: actions.invite_analyst(**form.cleaned_data, actor=actor))
        if sent is not None:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("operator:analysts")
    return render(request, "tenants/operator/invite_analyst.html", {"form": form}, status=status_of(form))


@operator_door(OPERATE)
def end_analyst(request: Request, pk: str) -> HttpResponse:
    analyst = get_object_or_404(RegionMembership.objects.select_related("user", "voivodeship"), pk=pk)
    if request.method == "POST":
        actions.dismiss_analyst(analyst, actor=request.access.actor)
        messages.success(
            request,
            _("%(name)s no longer sees the statistics of the voivodeship.")
            % {"name": analyst.user.full_name},
        )
        return redirect("operator:analysts")
    return render(request, "tenants/operator/end_analyst.html", {"analyst": analyst})


@operator_door(OPERATE)
@require_POST
def resend_invitation(request: Request, pk: str) -> HttpResponse:
    invitation = get_object_or_404(_invitations(), pk=pk)
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
    return redirect("operator:analysts")


@operator_door(OPERATE)
def withdraw_invitation(request: Request, pk: str) -> HttpResponse:
    invitation = get_object_or_404(_invitations().select_related("voivodeship"), pk=pk)
    if request.method == "POST":
        try:
            actions.withdraw_invitation(invitation, actor=request.access.actor)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("The invitation to %(email)s no longer works.") % {"email": invitation.email}
            )
        return redirect("operator:analysts")
    return render(request, "tenants/operator/withdraw_analyst.html", {"invitation": invitation})
