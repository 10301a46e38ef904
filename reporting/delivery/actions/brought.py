"""Verbs on any brought file, whatever its rows are: hand it over for its check, confirm it, try again."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.access import Actor
from kernel.background import hand_over_after_commit
from kernel.errors import DomainError
from reporting.delivery.models import BroughtFile

# A worker tells of itself every few thousand rows; silence for so long means that it is gone.
SILENCE = timedelta(seconds=60)

State = BroughtFile.State


def hand_over_file(task: Any, brought: BroughtFile) -> None:
    """Tell the background after commit; where it cannot be reached the file stays, and its page says so."""
    told = _all(brought).filter(pk=brought.pk)
    hand_over_after_commit(task, brought.pk, then=lambda: told.update(queued_at=timezone.now()))


def confirm_file(brought: Any, save_task: Any, *, actor: Actor) -> Any:
    """Let a checked file be saved. Confirming again changes nothing; a file that is not ready is refused."""
    with transaction.atomic():
        locked = _locked(brought)
        if locked.state in (State.SAVING, State.SAVED):
            return locked
        if locked.state != State.READY:
            raise DomainError(
                "not_ready",
                _("This file cannot be saved now. Look at its state on the page and go on from there."),
            )
        locked.state = State.SAVING
        locked.confirmed_by, locked.confirmed_by_name = actor.user_id, actor.label
        locked.queued_at, locked.progress_at = None, timezone.now()
        locked.save(update_fields=["state", "confirmed_by", "confirmed_by_name", "queued_at", "progress_at"])
        hand_over_file(save_task, locked)
    return locked


def retry_file(brought: Any, check_task: Any, save_task: Any) -> Any:
    """Hand interrupted or forgotten work to the background once more; what was done already is not done twice."""
    with transaction.atomic():
        locked = _locked(brought)
        if not is_stuck(locked):
            return locked
        was_confirmed = locked.confirmed_by is not None or bool(locked.confirmed_by_name)
        locked.state = State.SAVING if was_confirmed else State.WAITING
        locked.queued_at, locked.progress_at = None, timezone.now()
        locked.save(update_fields=["state", "queued_at", "progress_at"])
        hand_over_file(save_task if was_confirmed else check_task, locked)
    return locked


def is_stuck(brought: BroughtFile) -> bool:
    """Whether nobody works on it although somebody should."""
    if brought.state == State.FAILED:
        return True
    if brought.state not in (State.WAITING, State.CHECKING, State.SAVING):
        return False
    if brought.queued_at is None and brought.state != State.CHECKING:
        # Handing over takes a moment; after that, no worker has been told.
        return timezone.now() - (brought.progress_at or brought.created_at) > timedelta(seconds=2)
    moments = (brought.progress_at, brought.queued_at, brought.created_at)
    return timezone.now() - max(moment for moment in moments if moment) > SILENCE


def _all(brought: Any) -> Any:
    return type(brought).objects


def _locked(brought: BroughtFile) -> Any:
    return _all(brought).select_for_update(of=("self",)).defer("refusals").get(pk=brought.pk)
