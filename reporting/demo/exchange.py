"""A provider's own system in the demo: tokens in use, ending and revoked, and a webhook that was switched off."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from contracting.contracts.models import Contract
from kernel.crypto import encrypt
from kernel.ids import new_id
from kernel.periods import WARSAW, Month
from reporting.care.models import Decision
from reporting.exchange.models import Delivery, Event, Scope, Token, Webhook
from reporting.exchange.rules import digest_of_token, new_signing_secret, new_token
from tenants.access import actor_of
from tenants.models import Membership, Tenant
from tenants.roles import Role

_WITH_SYSTEM = frozenset({"barlinek", "szczecin"})
_ALL = (Scope.VISITS_READ, Scope.VISITS_WRITE, Scope.MONTHS_READ)


def add_exchange(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """In two tenants: three tokens of one organisation, whose secrets nobody knows, and a webhook with its log."""
    if tenant.slug not in _WITH_SYSTEM:
        return
    manager = members[Role.NGO_MANAGER]
    membership = Membership.objects.get(user=manager, tenant=tenant, organisation__isnull=False)
    organisation_id = cast(UUID, membership.organisation_id)
    label = actor_of(manager).label

    def at(days: int, hour: int = 9) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour), WARSAW)

    def token(name: str, scopes: tuple[str, ...], made: int, ends: int, **more: Any) -> Token:
        prefix, secret = new_token()
        return Token(
            organisation_id=organisation_id,
            name=name,
            prefix=prefix,
            digest=digest_of_token(secret),
            scopes=sorted(scopes),
            created_at=at(made),
            created_by=manager.pk,
            created_by_name=label,
            expires_at=at(ends, 0),
            **more,
        )

    Token.objects.bulk_create(
        [
            token("Grafik opiekunek", _ALL, -80, 200, last_used_at=at(-1, 18)),
            token("Arkusz księgowej", (Scope.MONTHS_READ,), -350, 10, last_used_at=at(-20)),
            token("Próba z dostawcą", _ALL, -120, 100, revoked_at=at(-90), revoked_by_name=label),
        ]
    )
    webhook = Webhook(
        organisation_id=organisation_id,
        url="https://grafik.example.com/siedem",
        events=sorted([Event.MONTH_RETURNED, Event.MONTH_ACCEPTED, Event.DECISION_CHANGED]),
        secret_encrypted=encrypt(new_signing_secret()),
        state=Webhook.State.OFF,
        failures=10,
        switched_off_at=at(-2, 12),
        created_at=at(-80),
        created_by_name=label,
    )
    webhook.save(force_insert=True)
    contract = Contract.objects.filter(organisation_id=organisation_id).order_by("number").first()
    decision = Decision.objects.filter(contract=contract).order_by("number").first()
    if contract is None or decision is None:
        return
    month = str(Month.of(today).previous())
    of_month = {"contract_id": str(contract.pk), "month": month}
    Delivery.objects.bulk_create(
        Delivery(
            id=new_id(),
            webhook=webhook,
            event=event,
            facts=facts,
            state=state,
            made_at=at(day, 11),
            next_at=at(day, 12),
            tried_at=at(day, 12),
            attempts=attempts,
            status=status,
            problem=problem,
        )
        for event, facts, state, day, attempts, status, problem in (
            (Event.MONTH_ACCEPTED, of_month, "delivered", -30, 1, 204, ""),
            (Event.DECISION_CHANGED, {"decision_id": str(decision.pk)}, "delivered", -12, 2, 200, ""),
            (Event.MONTH_RETURNED, of_month, "failed", -4, 7, 502, "status"),
            (Event.DECISION_CHANGED, {"decision_id": str(decision.pk)}, "waiting", -3, 3, None, "timeout"),
        )
    )
