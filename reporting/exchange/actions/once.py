"""Calls with an Idempotency-Key: begun once, answered alike for as long as the answer is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, DomainError
from reporting.exchange.models import IdempotentCall, Token

# No call takes so long; one that began earlier and never ended was lost with its server.
PATIENCE = timedelta(minutes=5)
MOST_CHARACTERS = 200

State = IdempotentCall.State


@dataclass(frozen=True)
class Held:
    """A call that this request is doing; `begun_at` proves it where somebody took it over meanwhile."""

    pk: UUID
    begun_at: datetime


@dataclass(frozen=True)
class StoredAnswer:
    """What the same call was answered before."""

    status: int
    body: dict[str, Any]


def begin_call(token: Token, key: str, fingerprint: str) -> Held | StoredAnswer:
    """Begin the call with this key, or give the stored answer.

    Raises DomainError `idempotency_key_reused` where the key came with another request, Conflict
    `call_in_progress` while the same one is being done.
    """
    if not (0 < len(key) <= MOST_CHARACTERS and key.isascii() and key.isprintable()):
        raise DomainError(
            "idempotency_key_invalid",
            _("The header Idempotency-Key takes 1 to 200 printable ASCII characters, such as a UUID."),
            field="Idempotency-Key",
        )
    now = timezone.now()
    call = IdempotentCall(token=token, key=key, fingerprint=fingerprint, begun_at=now)
    IdempotentCall.objects.bulk_create([call], ignore_conflicts=True)
    stored: IdempotentCall | None = IdempotentCall.objects.filter(token=token, key=key).first()
    if stored is None:
        # Whoever was doing it released it between the two statements: it may be asked again now.
        raise _in_progress()
    if stored.pk == call.pk:
        return Held(call.pk, now)
    if stored.fingerprint != fingerprint:
        raise DomainError(
            "idempotency_key_reused",
            _("This Idempotency-Key came with another request before. Use a new key for a new request."),
            field="Idempotency-Key",
            value=key,
        )
    if stored.state == State.DONE:
        return StoredAnswer(stored.status or 200, stored.answer or {})
    taken = stored.begun_at < now - PATIENCE and IdempotentCall.objects.filter(
        pk=stored.pk, state=State.RUNNING, begun_at=stored.begun_at
    ).update(begun_at=now)
    if taken:
        return Held(stored.pk, now)
    raise _in_progress()


def _in_progress() -> Conflict:
    return Conflict(
        "call_in_progress",
        _("The same call is still being done. Ask again with the same key in a few seconds."),
    )


def finish_call(held: Held, status: int, body: dict[str, Any]) -> None:
    """Keep the answer, in the transaction of what was done. Raises Conflict where somebody took the call over."""
    done = IdempotentCall.objects.filter(pk=held.pk, state=State.RUNNING, begun_at=held.begun_at).update(
        state=State.DONE, status=status, answer=body
    )
    if not done:
        raise Conflict(
            "call_taken_over", _("Another request with this key went on with the call meanwhile. Ask again.")
        )


def release_call(held: Held) -> None:
    """Forget a call that saved nothing, so that it may be tried again with the same key."""
    IdempotentCall.objects.filter(pk=held.pk, state=State.RUNNING, begun_at=held.begun_at).delete()


def forget_answers(before: datetime) -> int:
    """Remove calls that began before; returns how many."""
    return int(IdempotentCall.objects.filter(begun_at__lt=before).delete()[0])
