"""Keys of calls and the recovery key: making them, using them, and getting them back from printed shares."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import sealing
from contracting.tenders.models import Call, CallKey, RecoveryKey
from contracting.tenders.sealing import Place, SealBroken
from kernel import keeper
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.keeper import KeyLost
from kernel.tenancy import require_tenant

_PURPOSE = "call key"
HOLDERS = 3
THRESHOLD = 2


def place_of(call_id: UUID, offer_id: UUID | None = None, sequence: int = 0) -> Place:
    """Where a sealed thing of the tenant at hand belongs."""
    return Place(str(require_tenant().pk), str(call_id), str(offer_id or ""), sequence)


def _context(call_id: UUID) -> dict[str, str]:
    return {"tenant": str(require_tenant().pk), "call": str(call_id)}


def current_recovery_key() -> RecoveryKey:
    """The recovery key of the tenant at hand. Raises DomainError `no_recovery_key` where none was made."""
    key: RecoveryKey | None = RecoveryKey.objects.filter(retired_at__isnull=True).first()
    if key is None:
        raise DomainError(
            "no_recovery_key",
            _(
                "There is no recovery key yet: a call is published only when its offers can be opened even if the "
                "key of the server is lost. The director makes the recovery key and hands out its three shares."
            ),
        )
    return key


def make_call_key(call: Call) -> CallKey:
    """The key pair of a call about to be published; call it inside that transaction. A call that has one keeps it.

    Raises DomainError `no_recovery_key`, ServerAway where the keeper does not answer, KeyLost where its key is gone.
    """
    made: CallKey | None = CallKey.objects.filter(call=call).first()
    if made is not None:
        return made
    recovery = current_recovery_key()
    pair = sealing.new_pair()
    wrapped = keeper.wrap(pair.private, _context(call.pk))
    # Publish only with a key that opens again.
    if keeper.unwrap(wrapped, _context(call.pk)) != pair.private:
        raise DomainError("key_trial_failed", _("The key of the call did not open again. Try once more."))
    key: CallKey = CallKey.objects.create(
        call=call,
        public_key=pair.public,
        fingerprint=sealing.fingerprint(pair.public),
        wrapped=wrapped,
        keeper=keeper.present_keeper().name,
        recovery=sealing.wrap_for(recovery.public_key, pair.private, place_of(call.pk), _PURPOSE),
        recovery_key=recovery,
    )
    return key


def private_key_of(key: CallKey) -> bytes:
    """The private half of a call's key, by the keeper. Raises ServerAway or KeyLost."""
    private = keeper.unwrap(key.wrapped, _context(key.call_id))
    if sealing.public_half(private) != bytes(key.public_key):
        raise KeyLost("call_key_altered", _("The public key of this call was altered. Nothing was opened."))
    return private


@dataclass(frozen=True)
class NewRecoveryKey:
    """A recovery key just made, with its shares: words that exist nowhere else."""

    key: RecoveryKey
    shares: list[str]


def make_recovery_key(*, holders: list[str], actor: Actor) -> NewRecoveryKey:
    """A new recovery key in three shares, any two of which open; the one before it is retired.

    `holders` are functions ("director", "treasurer"), one for each share. Calls whose offers are not opened yet are
    wrapped for the new key, so that shares of the old one are of no more use. Raises DomainError, ServerAway, KeyLost.
    """
    names = [name.strip() for name in holders if name.strip()]
    if len(names) != HOLDERS or len({name.casefold() for name in names}) != HOLDERS:
        raise DomainError(
            "recovery_holders",
            _("Name three different functions: each keeps one share, and any two of them together recover."),
            field="holders",
        )
    pair = sealing.new_pair()
    shares = sealing.split_secret(pair.private, THRESHOLD, HOLDERS)
    if any(sealing.join_shares([shares[i], shares[j]]) != pair.private for i, j in ((0, 1), (0, 2), (1, 2))):
        raise DomainError("share_trial_failed", _("The shares did not fit together. Try once more."))
    with transaction.atomic():
        before = list(RecoveryKey.objects.select_for_update().filter(retired_at__isnull=True))
        for old in before:
            old.retired_at = timezone.now()
            old.save(update_fields=["retired_at"])
        key: RecoveryKey = RecoveryKey.objects.create(
            public_key=pair.public,
            fingerprint=sealing.fingerprint(pair.public),
            threshold=THRESHOLD,
            holders=names,
            made_by=actor.user_id or UUID(int=0),
        )
        waiting = CallKey.objects.select_for_update().filter(call__opened_at__isnull=True).order_by("pk")
        for call_key in waiting:
            private = private_key_of(call_key)
            call_key.recovery = sealing.wrap_for(pair.public, private, place_of(call_key.call_id), _PURPOSE)
            call_key.recovery_key = key
            call_key.save(update_fields=["recovery", "recovery_key"])
        record(
            "make_recovery_key",
            actor=actor,
            subject_type="recovery_key",
            subject_id=key.pk,
            payload={
                "fingerprint": key.fingerprint,
                "retired": [old.pk for old in before],
                "calls": len(waiting),
            },
        )
    return NewRecoveryKey(key, shares)


def recover_call_keys(shares: list[str], *, actor: Actor) -> int:
    """Wrap the keys of all calls that these shares recover for the present keeper; returns how many.

    For the case that the keeper's key was lost or altered. Raises DomainError `wrong_shares` where the words do not
    fit together or belong to no recovery key of the tenant.
    """
    try:
        private = sealing.join_shares(shares)
        found = RecoveryKey.objects.filter(
            fingerprint=sealing.fingerprint(sealing.public_half(private))
        ).first()
    except SealBroken:
        found = None
    if found is None:
        raise DomainError(
            "wrong_shares",
            _(
                "These words do not give the recovery key of this unit back: check that two different shares of one "
                "key were typed, each with all its words."
            ),
        )
    with transaction.atomic():
        keys = list(CallKey.objects.select_for_update().filter(recovery_key=found).order_by("pk"))
        for key in keys:
            secret = sealing.unwrap_with(private, key.recovery, place_of(key.call_id), _PURPOSE)
            if sealing.public_half(secret) != bytes(key.public_key):
                raise DomainError(
                    "call_key_altered", _("The public key of a call was altered. Nothing was changed.")
                )
            key.wrapped = keeper.wrap(secret, _context(key.call_id))
            key.keeper = keeper.present_keeper().name
            key.save(update_fields=["wrapped", "keeper"])
        record(
            "recover_call_keys",
            actor=actor,
            subject_type="recovery_key",
            subject_id=found.pk,
            payload={"calls": [str(key.call_id) for key in keys], "keeper": keeper.present_keeper().name},
        )
    return len(keys)
