"""What the clock does for the interface: serve subscriptions that something waits for, forget what is old."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from kernel.background import hand_over
from reporting.exchange.actions.once import forget_answers
from reporting.exchange.models import Delivery, Webhook
from reporting.exchange.tasks import serve_webhook
from tenants.everywhere import in_every_tenant


@shared_task(name="exchange.serve_webhooks")
def serve_webhooks() -> int:
    """Hand over, in every tenant, subscriptions with deliveries whose turn has come; returns how many."""

    def serve() -> int:
        waiting = Delivery.objects.due().order_by().values("webhook_id")
        free = Webhook.objects.free().filter(pk__in=waiting).order_by("pk")
        return sum(hand_over(serve_webhook, pk) for pk in free.values_list("pk", flat=True))

    return in_every_tenant(serve)


@shared_task(name="exchange.forget_old")
def forget_old() -> int:
    """Remove kept answers and logged deliveries whose time is over, in every tenant; returns how many rows.

    What was never sent in that time is not sent any more, and stays in the log as long again.
    """

    def forget() -> int:
        now = timezone.now()
        kept = timedelta(days=settings.EXCHANGE_WEBHOOK_LOG_DAYS)
        waiting, expired = Delivery.State.WAITING, Delivery.State.EXPIRED
        old = Delivery.objects.filter(made_at__lt=now - kept)
        gone = int(old.exclude(state__in=[waiting, expired]).delete()[0])
        gone += int(Delivery.objects.filter(made_at__lt=now - 2 * kept, state=expired).delete()[0])
        old.filter(state=waiting).update(state=expired)
        return gone + forget_answers(now - timedelta(hours=settings.EXCHANGE_ANSWERS_HOURS))

    return in_every_tenant(forget)
