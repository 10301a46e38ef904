"""Verbs on tokens: make, revoke, note that one was used."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import WARSAW
from kernel.validation import require_valid
from reporting.exchange.locking import lock_organisation
from reporting.exchange.models import Token
from reporting.exchange.rules import digest_of_token, new_token

LONGEST = timedelta(days=365)
_SPARINGLY = timedelta(minutes=1)
_NAME_LENGTH = 150
# Kept by foreign keys, or not yet to be said.
_KEPT_BY_US = ("id", "organisation", "created_by", "last_used_at", "revoked_at")


def create_token(
    pk: UUID,
    organisation_id: UUID,
    *,
    name: str,
    scopes: Collection[str],
    last_day: date,
    actor: Actor,
) -> tuple[Token, str]:
    """Make a token that holds to the end of `last_day`; gives it with the secret, which is kept nowhere.

    `pk` is made by the form, so that sending it twice makes one token: `made_already`. Raises DomainError for a day
    that has passed or lies more than a year ahead.
    """
    _require_within_a_year(last_day)
    prefix, secret = new_token()
    token = Token(
        id=pk,
        organisation_id=organisation_id,
        name=name.strip(),
        prefix=prefix,
        digest=digest_of_token(secret),
        scopes=sorted(scopes),
        expires_at=datetime.combine(last_day + timedelta(days=1), time(), WARSAW),
        created_by=actor.user_id,
        created_by_name=actor.label[:_NAME_LENGTH],
    )
    with transaction.atomic():
        lock_organisation(organisation_id)
        if Token.objects.filter(pk=pk).exists():
            raise DomainError(
                "made_already",
                _(
                    "This token was made a moment ago and was shown once. "
                    "If nobody copied it, revoke it and make another."
                ),
            )
        require_valid(token, exclude=_KEPT_BY_US)
        token.save(force_insert=True)
        record(
            "create_token",
            actor=actor,
            subject_type="token",
            subject_id=token.pk,
            payload={
                "organisation": organisation_id,
                "prefix": prefix,
                "scopes": token.scopes,
                "expires_at": token.expires_at,
            },
        )
    return token, secret


def revoke_token(token: Token, *, actor: Actor) -> Token:
    """Shut a token at once, also for a call that is under way. Revoking again changes nothing."""
    with transaction.atomic():
        if Token.objects.filter(pk=token.pk, revoked_at__isnull=False).exists():
            return token
        # The line before the row: a call under way takes the two in the same order, so neither waits for the other.
        record(
            "revoke_token",
            actor=actor,
            subject_type="token",
            subject_id=token.pk,
            payload={"organisation": token.organisation_id, "prefix": token.prefix},
        )
        locked: Token = Token.objects.select_for_update(no_key=True).get(pk=token.pk)
        if locked.revoked_at is None:
            locked.revoked_at, locked.revoked_by_name = timezone.now(), actor.label[:_NAME_LENGTH]
            locked.save(update_fields=["revoked_at", "revoked_by_name"])
    return locked


def note_use(token: Token) -> None:
    """Note when a token was last used, at most once a minute."""
    now = timezone.now()
    Token.objects.filter(
        Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _SPARINGLY), pk=token.pk
    ).update(last_used_at=now)


def _require_within_a_year(last_day: date) -> None:
    today = timezone.localdate()
    latest = today + LONGEST
    if not today <= last_day <= latest:
        raise DomainError(
            "expiry_outside",
            format_lazy(
                _("A token holds for at most a year: choose a day from {first} to {last}."),
                first=f"{today:%d.%m.%Y}",
                last=f"{latest:%d.%m.%Y}",
            ),
            field="last_day",
            value=last_day,
        )
