"""Things of exchange in the world of the table of routes."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kernel.access import Actor
from kernel.ids import new_id
from reporting.exchange.actions import create_token, subscribe_webhook
from reporting.exchange.models import Delivery, Event, Scope


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of exchange names, for one organisation; runs in the tenant."""
    actor = Actor(new_id(), f"Kierownik {made.mark}")
    token, _secret = create_token(
        new_id(),
        made.organisation.pk,
        name=f"System {made.mark}",
        scopes=Scope.values,
        last_day=timezone.localdate() + timedelta(days=90),
        actor=actor,
    )
    webhook, _secret = subscribe_webhook(
        new_id(),
        made.organisation.pk,
        url=f"https://kadry.example.com/{made.mark}",
        events=Event.values,
        actor=actor,
    )
    facts = {"contract_id": str(made.contract.pk), "month": "2026-10"}
    delivery = Delivery.objects.create(webhook=webhook, event=Event.MONTH_RETURNED, facts=facts)
    return {"api_token": token, "webhook": webhook, "webhook_delivery": delivery}
