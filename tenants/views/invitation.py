"""Accepting an invitation: by its link, as a new person or with an account that is there already."""

from typing import Any

from allauth.account.utils import perform_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from accounts.language import remember_language
from accounts.models import User
from kernel.doors import Request, public_door
from kernel.errors import DomainError
from tenants import actions
from tenants.forms.people import AcceptForm
from tenants.models import Invitation
from ui.refusals import attempt, status_of

_TOKEN_KEY = "invitation_token"  # noqa: S105 - the name of a place in the session


@public_door
@never_cache
def open_link(request: Request, token: str) -> HttpResponse:
    """Keep the token in the session and take it out of the address, where others could read it."""
    request.session[_TOKEN_KEY] = token
    return redirect("invitation:accept")


def _state(invitation: Invitation | None) -> str:
    if invitation is None:
        return "unknown"
    if invitation.accepted_at:
        return "accepted"
    if invitation.withdrawn_at:
        return "withdrawn"
    return "open" if invitation.is_open() else "expired"


@public_door
@never_cache
def accept(request: Request) -> HttpResponse:
    """Show what the invitation offers and, once confirmed, make the person a member."""
    token = request.session.get(_TOKEN_KEY, "")
    invitation = actions.find_invitation(token) if token else None
    state = _state(invitation)
    if invitation is None or state != "open":
        context: dict[str, Any] = {"state": state, "invitation": invitation}
        return render(request, "tenants/invitation/closed.html", context, status=410 if invitation else 404)
    user: Any = request.user
    if user.is_authenticated:
        return _accept_as_signed_in(request, invitation, user, token)
    if User.objects.filter(email__iexact=invitation.email).exists():
        query = urlencode({"next": reverse("invitation:accept")})
        context = {"invitation": invitation, "sign_in_url": f"{reverse('account_login')}?{query}"}
        return render(request, "tenants/invitation/sign_in.html", context)
    return _accept_as_new(request, invitation)


def _accept_as_signed_in(request: Request, invitation: Invitation, user: User, token: str) -> HttpResponse:
    if user.email.lower() != invitation.email:
        # Signing out empties the session; the link itself brings the person back here.
        context = {"invitation": invitation, "again": reverse("invitation:open", args=[token])}
        return render(request, "tenants/invitation/other_account.html", context)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            actions.accept_invitation(invitation, user=user, actor=request.access.actor)
        except DomainError as error:
            refusal = error
        else:
            return _enter(request, invitation)
    context = {"invitation": invitation, "refusal": refusal}
    return render(
        request, "tenants/invitation/accept.html", context, status=refusal.status if refusal else 200
    )


def _accept_as_new(request: Request, invitation: Invitation) -> HttpResponse:
    form = AcceptForm(request.POST or None, initial={"full_name": invitation.full_name})
    if request.method == "POST" and form.is_valid():
        language = get_language() or "pl"
        user = attempt(
            form,
            lambda: actions.accept_as_new_person(
                invitation,
                full_name=form.cleaned_data["full_name"],
                password=form.cleaned_data["password1"],
                language=language,
            ),
        )
        if user is not None:
            perform_login(request, user)
            return remember_language(_enter(request, invitation), user)
    context = {"invitation": invitation, "form": form}
    return render(request, "tenants/invitation/new_person.html", context, status=status_of(form))


def _enter(request: Request, invitation: Invitation) -> HttpResponse:
    request.session.pop(_TOKEN_KEY, None)
    if invitation.tenant is None:
        return redirect("statistics:region", invitation.voivodeship_id)
    return redirect("today", invitation.tenant.slug)
