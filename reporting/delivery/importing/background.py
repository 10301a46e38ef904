"""Background work on any brought file: its check, and saving it whole after somebody's word."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kernel.access import Actor
from reporting.delivery.models import BroughtFile

State = BroughtFile.State
Read = TypeVar("Read")

# Columns of the file, which tell on its page what was found: `refusals` and the counts of rows.
Outcome = dict[str, Any]
# Told while a check goes on: columns such as `rows_checked`.
Tell = Callable[..., None]


def check_file(model: Any, pk: UUID, look: Callable[[Any, Tell], Outcome]) -> None:
    """Let `look` read the file and hold every row against what is stored; the page shows the outcome.

    `look` is given the file and `tell`, which it calls every few thousand rows. Doing all of it again is safe.
    """
    stored = model.objects.filter(pk=pk)
    begun = stored.filter(state__in=[State.WAITING, State.CHECKING, State.FAILED]).update(
        state=State.CHECKING, progress_at=timezone.now(), rows_checked=0
    )
    if not begun:
        return

    def tell(**columns: int) -> None:
        stored.update(**columns, progress_at=timezone.now())

    try:
        outcome = look(_with_file(model, pk), tell)
    except Exception:
        _fail(model, pk, State.CHECKING)
        raise
    state = State.REFUSED if outcome["refusals"] else State.READY
    stored.filter(state=State.CHECKING).update(state=state, progress_at=timezone.now(), **outcome)


def save_file(
    model: Any, pk: UUID, read_and_hold: Callable[[Any], Read], write: Callable[[Any, Actor, Read], Outcome]
) -> None:
    """Let `write` check the file once more and insert its rows, all in one transaction; whoever comes second finds it
    saved. `read_and_hold` goes first: it reads the file, holds what its rows are written into, and gives what it read.
    Where `write` gives refusals it has written nothing.
    """
    try:
        with transaction.atomic():
            # Of one that is saved the file may be gone since.
            brought = _with_file(model, pk)
            if brought.state != State.SAVING:
                return
            read = read_and_hold(brought)
            brought = _with_file(model, pk, lock=True)
            if brought.state != State.SAVING:
                return
            now = timezone.now()
            outcome = write(brought, Actor(brought.confirmed_by, brought.confirmed_by_name), read)
            ended = (
                {"state": State.REFUSED} if outcome["refusals"] else {"state": State.SAVED, "saved_at": now}
            )
            model.objects.filter(pk=pk).update(**ended, progress_at=now, **outcome)
    except Exception:
        _fail(model, pk, State.SAVING)
        raise


def _with_file(model: Any, pk: UUID, *, lock: bool = False) -> Any:
    brought = model.objects.select_related("file", "contract").defer("refusals")
    return (brought.select_for_update(of=("self",)) if lock else brought).get(pk=pk)


def _fail(model: Any, pk: UUID, state: str) -> None:
    """Say on the page that the work was interrupted, so that it can be tried again."""
    model.objects.filter(pk=pk, state=state).update(state=State.FAILED, progress_at=timezone.now())
