"""Pages of tokens: the list, making one that is shown once, revoking."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.exchange.actions import create_token, revoke_token
from reporting.exchange.forms import TokenForm
from reporting.exchange.models import Token
from reporting.exchange.permissions import MAKE_TOKENS, READ_INTERFACE, REVOKE_TOKENS
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(READ_INTERFACE)
def list_tokens(request: Request) -> HttpResponse:
    """Tokens of the own organisation; the social unit sees those of all."""
    tokens = Token.objects.visible_to(request.access).select_related("organisation")
    context = {
        "page": page_of(tokens.order_by("-created_at", "pk"), request),
        "may_make": request.access.may(MAKE_TOKENS),
    }
    return render(request, "exchange/tokens.html", context)


@tenant_door(MAKE_TOKENS)
def make_token(request: Request) -> HttpResponse:
    """A form; the answer to it is the only page that ever shows the token."""
    form = TokenForm(request.POST or None, access=request.access)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        pk, organisation = given.pop("pk"), given.pop("organisation")
        made = attempt(form, lambda: create_token(pk, organisation.pk, **given, actor=request.access.actor))
        if made is not None:
            token, secret = made
            response = render(request, "exchange/token_made.html", {"token": token, "secret": secret})
            add_never_cache_headers(response)
            return response
    return render(request, "exchange/make_token.html", {"form": form}, status=status_of(form))


@tenant_door(REVOKE_TOKENS)
def revoke(request: Request, pk: UUID) -> HttpResponse:
    token: Token = get_object_or_404(
        Token.objects.visible_to(request.access).select_related("organisation"), pk=pk
    )
    if request.method == "POST":
        revoke_token(token, actor=request.access.actor)
        messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token.name})
        return redirect(tenant_url("exchange:tokens"))
    return render(request, "exchange/revoke_token.html", {"token": token})
