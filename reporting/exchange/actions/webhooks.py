"""Verbs on webhooks: subscribe, end, switch on, send again; and telling them what happened."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.background import hand_over_after_commit
from kernel.crypto import encrypt
from kernel.errors import DomainError
from kernel.validation import require_valid
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.exchange.locking import hold_webhooks, lock_organisation
from reporting.exchange.models import DecisionChange, Delivery, Event, Webhook
from reporting.exchange.outbox.connecting import is_callable
from reporting.exchange.rules import new_signing_secret
from reporting.exchange.tasks import serve_webhook

_NAME_LENGTH = 150
_MOST_OF_ORGANISATION = 10
_KEPT_BY_US = ("id", "organisation", "secret_encrypted", "paused_until", "busy_until", "switched_off_at")
_EVENTS = {
    "submit_month": Event.MONTH_SUBMITTED,
    "return_month": Event.MONTH_RETURNED,
    "reopen_month": Event.MONTH_RETURNED,
    "accept_month": Event.MONTH_ACCEPTED,
}


def subscribe_webhook(
    pk: UUID, organisation_id: UUID, *, url: str, events: Collection[str], actor: Actor
) -> tuple[Webhook, str]:
    """Let an address be told of events; gives it with the secret that signs, which is shown once.

    `pk` is made by the form, so that sending it twice makes one: `made_already`. Raises DomainError for an address
    that may not be called.
    """
    if not is_callable(url):
        raise DomainError(
            "address_refused",
            _(
                "Give a public address that begins with https://, without a user name. Addresses of private "
                "networks and of this server are not called."
            ),
            field="url",
            value=url,
        )
    secret = new_signing_secret()
    webhook = Webhook(
        id=pk,
        organisation_id=organisation_id,
        url=url,
        events=sorted(events),
        secret_encrypted=encrypt(secret),
        created_by_name=actor.label[:_NAME_LENGTH],
    )
    with transaction.atomic():
        lock_organisation(organisation_id)
        if Webhook.objects.filter(pk=pk).exists():
            raise DomainError(
                "made_already",
                _(
                    "This webhook was made a moment ago and its secret was shown once. "
                    "If nobody copied it, remove it and make another."
                ),
            )
        if Webhook.objects.filter(organisation_id=organisation_id).count() >= _MOST_OF_ORGANISATION:
            raise DomainError(
                "too_many_webhooks",
                _("Your organisation has ten webhooks here. Remove one that is not needed."),
            )
        require_valid(webhook, exclude=_KEPT_BY_US)
        webhook.save(force_insert=True)
        _note("subscribe_webhook", webhook, actor, url=url, events=webhook.events)
    return webhook, secret


def end_webhook(webhook: Webhook, *, actor: Actor) -> None:
    """Remove a subscription with its log of deliveries. Raises DomainError `removed_meanwhile`."""
    with transaction.atomic():
        # For the removal the whole row, before the line of the record: as whoever serves it does.
        locked = Webhook.objects.select_for_update().filter(pk=webhook.pk).first()
        if locked is None:
            raise _removed()
        _note("end_webhook", locked, actor, url=locked.url)
        locked.delete()


def switch_webhook_on(webhook: Webhook, *, actor: Actor) -> Webhook:
    """Serve a subscription again that was switched off; what waits is sent now. Twice changes nothing.

    Raises DomainError `removed_meanwhile`.
    """
    with transaction.atomic():
        locked = _locked(webhook.pk)
        if locked.state == Webhook.State.ACTIVE:
            return locked
        locked.state, locked.switched_off_at = Webhook.State.ACTIVE, None
        locked.failures, locked.paused_until = 0, None
        locked.save(update_fields=["state", "switched_off_at", "failures", "paused_until"])
        locked.deliveries.filter(state=Delivery.State.WAITING).update(next_at=timezone.now())
        _note("switch_webhook_on", locked, actor)
        _serve(locked.pk)
    return locked


def send_again(delivery: Delivery, *, actor: Actor) -> Delivery:
    """Send a delivery once more, with the same id. Raises DomainError `webhook_off`, `removed_meanwhile`."""
    with transaction.atomic():
        webhook = _locked(delivery.webhook_id)
        if webhook.state != Webhook.State.ACTIVE:
            raise DomainError("webhook_off", _("The webhook is switched off. Switch it on first."))
        Delivery.objects.filter(pk=delivery.pk).update(
            state=Delivery.State.WAITING, next_at=timezone.now(), attempts=0
        )
        webhook.paused_until = None
        webhook.save(update_fields=["paused_until"])
        record(
            "send_webhook_again",
            actor=actor,
            subject_type="webhook",
            subject_id=webhook.pk,
            payload={"delivery": delivery.pk, "event": delivery.event},
        )
        _serve(webhook.pk)
    delivery.refresh_from_db()
    return delivery


def tell_of_month(*, row: ContractMonth, verb: str) -> None:
    """A contract's month moved: tell the provider's systems, in the transaction that moved it."""
    event = _EVENTS.get(verb)
    if event is not None:
        facts = {"contract_id": str(row.contract_id), "month": f"{row.month:%Y-%m}"}
        _announce(event, [(row.contract.organisation_id, facts)])


def tell_of_decisions(*, ids: Collection[UUID]) -> None:
    """Decisions were issued or changed: note it for the feed, and tell the systems of the providers."""
    now = timezone.now()
    DecisionChange.objects.bulk_create(
        (DecisionChange(decision_id=pk, changed_at=now) for pk in sorted(set(ids))),
        update_conflicts=True,
        unique_fields=["decision"],
        update_fields=["changed_at"],
        batch_size=500,
    )
    owners = Decision.objects.filter(pk__in=ids).values_list("contract__organisation_id", "pk").order_by("pk")
    _announce(Event.DECISION_CHANGED, ((owner, {"decision_id": str(pk)}) for owner, pk in owners))


def _announce(event: Event, told: Iterable[tuple[UUID, dict[str, Any]]]) -> None:
    listening: dict[UUID, list[Webhook]] = {}
    for webhook in Webhook.objects.active().filter(events__contains=[event.value]).order_by("pk"):
        listening.setdefault(webhook.organisation_id, []).append(webhook)
    if not listening:
        return
    made = [
        Delivery(webhook=webhook, event=event, facts=facts)
        for owner, facts in told
        for webhook in listening.get(owner, [])
    ]
    # One that is removed at this moment must not fail what it would have been told of.
    there = hold_webhooks({delivery.webhook_id for delivery in made})
    Delivery.objects.bulk_create((each for each in made if each.webhook_id in there), batch_size=500)
    for pk in sorted(there):
        _serve(pk)


def _serve(pk: UUID) -> None:
    hand_over_after_commit(serve_webhook, pk, then=lambda: None)


def _locked(pk: UUID) -> Webhook:
    found: Webhook | None = Webhook.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if found is None:
        raise _removed()
    return found


def _removed() -> DomainError:
    return DomainError("removed_meanwhile", _("Somebody has removed this webhook meanwhile."))


def _note(verb: str, webhook: Webhook, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="webhook",
        subject_id=webhook.pk,
        payload={"organisation": webhook.organisation_id, **facts},
    )
