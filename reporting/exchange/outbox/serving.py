"""Serving a subscription: its deliveries one after another, a rest after each failure, an end after too many.

One worker at a time; a worker that is lost leaves the subscription free again after a minute, and what it may have sent
is sent once more with the same id: receivers must expect that.
"""

import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.actions import record
from kernel.access import Actor
from kernel.crypto import decrypt
from kernel.tenancy import require_tenant
from reporting.exchange.models import Delivery, Webhook
from reporting.exchange.outbox.connecting import NotDelivered, call
from reporting.exchange.rules import sign

# So long may one worker stay with one subscription; what is left waits for the clock.
_BUDGET_SECONDS = 20.0
_HOLD = timedelta(minutes=1)
_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)
RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
CLOCK = Actor.system("webhooks")


def serve(webhook_id: UUID) -> bool:
    """Send what is due, until a failure or the end of the budget; says whether the subscription was switched off."""
    if not Webhook.objects.free().filter(pk=webhook_id).update(busy_until=timezone.now() + _HOLD):
        return False
    webhook: Webhook | None = Webhook.objects.filter(pk=webhook_id).first()
    if webhook is None:
        return False
    secret = decrypt(bytes(webhook.secret_encrypted))
    until = time.monotonic() + _BUDGET_SECONDS
    is_off = False
    try:
        while time.monotonic() < until:
            delivery = Delivery.objects.due().filter(webhook=webhook).order_by("next_at", "pk").first()
            if delivery is None:
                break
            status, problem = _send(webhook, delivery, secret)
            if not _settle(webhook.pk, delivery.pk, status, problem):
                is_off = Webhook.objects.filter(pk=webhook.pk, state=Webhook.State.OFF).exists()
                break
    finally:
        Webhook.objects.filter(pk=webhook_id).update(busy_until=None)
    return is_off


def message_of(delivery: Delivery) -> dict[str, Any]:
    """What the receiver gets: ids only; data of persons stay behind the token."""
    return {
        "id": str(delivery.pk),
        "type": delivery.event,
        "timestamp": delivery.made_at.isoformat(),
        "tenant": require_tenant().slug,
        "data": delivery.facts,
    }


def _send(webhook: Webhook, delivery: Delivery, secret: str) -> tuple[int | None, str]:
    body = json.dumps(message_of(delivery)).encode()
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Siedem",
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": str(now),
        "webhook-signature": sign(secret, str(delivery.pk), now, body),
    }
    try:
        status = call(webhook.url, body, headers)
    except NotDelivered as failure:
        return None, failure.code
    return status, "" if 200 <= status < 300 else "status"


def _settle(webhook_id: UUID, delivery_id: UUID, status: int | None, problem: str) -> bool:
    """Write down what became of an attempt; says whether it went well and there is more to send.

    A subscription that somebody removed while its receiver was being called has no log any more.
    """
    now = timezone.now()
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook_id).first()
        if webhook is None:
            return False
        delivery: Delivery = Delivery.objects.get(pk=delivery_id)
        delivery.attempts += 1
        delivery.tried_at, delivery.status, delivery.problem = now, status, problem
        if not problem:
            delivery.state = Delivery.State.DELIVERED
            webhook.failures, webhook.paused_until = 0, None
        else:
            webhook.failures += 1
            webhook.paused_until = now + min(_REST * 2 ** min(webhook.failures - 1, 10), _LONGEST_REST)
            if delivery.attempts > len(RETRIES):
                delivery.state = Delivery.State.FAILED
            else:
                delivery.next_at = now + RETRIES[delivery.attempts - 1]
            if (
                webhook.failures >= settings.EXCHANGE_WEBHOOK_FAILURES_MAX
                and webhook.state == Webhook.State.ACTIVE
            ):
                webhook.state, webhook.switched_off_at = Webhook.State.OFF, now
                record(
                    "switch_webhook_off",
                    actor=CLOCK,
                    subject_type="webhook",
                    subject_id=webhook.pk,
                    payload={"failures": webhook.failures, "problem": problem, "status": status},
                )
        delivery.save(update_fields=["state", "attempts", "tried_at", "status", "problem", "next_at"])
        webhook.save(update_fields=["failures", "paused_until", "state", "switched_off_at"])
    return not problem
