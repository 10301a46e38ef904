"""Pages of webhooks: the list, one with the log of its deliveries, subscribing, ending, sending again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kernel.doors import Request, tenant_door
from kernel.errors import DomainError, Sentence
from reporting.exchange import actions
from reporting.exchange.forms import WebhookForm
from reporting.exchange.models import Delivery, Webhook
from reporting.exchange.permissions import MANAGE_WEBHOOKS, READ_INTERFACE
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of

_REMOVED = _("The webhook is removed. Nothing more is sent to its address.")
_ON_AGAIN = _("The webhook is on again. What waited is being sent.")
_SENT_AGAIN = _("The event is being sent again. Reload the page to see what became of it.")


def _find(request: Request, pk: UUID) -> Webhook:
    found: Webhook = get_object_or_404(
        Webhook.objects.visible_to(request.access).select_related("organisation").defer("secret_encrypted"),
        pk=pk,
    )
    return found


@tenant_door(READ_INTERFACE)
def list_webhooks(request: Request) -> HttpResponse:
    webhooks = Webhook.objects.visible_to(request.access).select_related("organisation")
    context = {
        "page": page_of(webhooks.defer("secret_encrypted").order_by("-created_at", "pk"), request),
        "may_manage": request.access.may(MANAGE_WEBHOOKS),
    }
    return render(request, "exchange/webhooks.html", context)


@tenant_door(READ_INTERFACE)
def show_webhook(request: Request, pk: UUID) -> HttpResponse:
    """A webhook with what was sent to it, newest first."""
    webhook = _find(request, pk)
    context: dict[str, Any] = {
        "webhook": webhook,
        "page": page_of(webhook.deliveries.order_by("-made_at", "-pk"), request),
        "may_manage": request.access.may(MANAGE_WEBHOOKS),
        "is_off": webhook.state == Webhook.State.OFF,
    }
    return render(request, "exchange/webhook.html", context)


@tenant_door(MANAGE_WEBHOOKS)
def subscribe(request: Request) -> HttpResponse:
    """A form; the answer to it is the only page that ever shows the secret."""
    form = WebhookForm(request.POST or None, access=request.access)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        pk, organisation = given.pop("pk"), given.pop("organisation")
        made = attempt(
            form, lambda: actions.subscribe_webhook(pk, organisation.pk, **given, actor=request.access.actor)
        )
        if made is not None:
            webhook, secret = made
            response = render(request, "exchange/webhook_made.html", {"webhook": webhook, "secret": secret})
            add_never_cache_headers(response)
            return response
    return render(request, "exchange/subscribe.html", {"form": form}, status=status_of(form))


@tenant_door(MANAGE_WEBHOOKS)
def end(request: Request, pk: UUID) -> HttpResponse:
    webhook = _find(request, pk)
    if request.method == "POST":
        _try(request, lambda: actions.end_webhook(webhook, actor=request.access.actor), _REMOVED)
        return redirect(tenant_url("exchange:webhooks"))
    return render(request, "exchange/end_webhook.html", {"webhook": webhook})


@tenant_door(MANAGE_WEBHOOKS)
@require_POST
def switch_on(request: Request, pk: UUID) -> HttpResponse:
    webhook = _find(request, pk)
    _try(request, lambda: actions.switch_webhook_on(webhook, actor=request.access.actor), _ON_AGAIN)
    return _back_to(pk)


@tenant_door(MANAGE_WEBHOOKS)
@require_POST
def send_again(request: Request, pk: UUID) -> HttpResponse:
    delivery: Delivery = get_object_or_404(Delivery.objects.visible_to(request.access), pk=pk)
    _try(request, lambda: actions.send_again(delivery, actor=request.access.actor), _SENT_AGAIN)
    return _back_to(delivery.webhook_id)


def _try(request: Request, verb: Callable[[], object], done: Sentence) -> None:
    """Do it, and say on the page that follows what became of it."""
    try:
        verb()
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, str(done))


def _back_to(pk: UUID) -> HttpResponse:
    """To the webhook, or to the list where somebody has removed it."""
    if Webhook.objects.filter(pk=pk).exists():
        return redirect(tenant_url("exchange:webhook", pk))
    return redirect(tenant_url("exchange:webhooks"))
