"""Work handed over after commit: serving a subscription, and the mail that one was switched off."""

from uuid import UUID

from celery import shared_task

from kernel.background import UNTIL_SENT, hand_over
from kernel.tenancy import require_tenant
from reporting.exchange import notices
from reporting.exchange.models import Webhook
from reporting.exchange.outbox.serving import serve


@shared_task(name="exchange.tell_switched_off", **UNTIL_SENT)
def tell_switched_off(webhook_id: str) -> None:
    """Write to the managers of the organisation that a webhook was switched off, unless it is on again."""
    require_tenant()
    webhook = Webhook.objects.filter(pk=UUID(webhook_id), state=Webhook.State.OFF).first()
    if webhook is not None:
        notices.tell_switched_off(webhook)


@shared_task(name="exchange.serve_webhook")
def serve_webhook(webhook_id: str) -> None:
    """Send what is due to one subscription."""
    require_tenant()
    if serve(UUID(webhook_id)):
        # The start page says so too, where the queue is away.
        hand_over(tell_switched_off, webhook_id)
