"""Everything that master keys seal brought under the newest one, some rows at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction

from audit.actions import record
from kernel.access import Actor
from kernel.locks import wait_briefly
from kernel.master_keys import Sealing, sealings
from kernel.tenancy import public_scope
from tenants import routing


@dataclass(frozen=True)
class Turned:
    """One transaction of the rotation: what its rows hold, how many are done of how many, and the names of rows.

    `done` are under the newest key from now on, `lost` are opened by no master key, `failed` stayed as they were
    because of an error of the kind `error`.
    """

    of: str
    so_far: int
    total: int
    done: Sequence[str] = ()
    lost: Sequence[str] = ()
    failed: Sequence[str] = ()
    error: str = ""


def rotate_master_keys(*, actor: Actor) -> Iterator[Turned]:
    """Seal under the newest master key what older ones still hold; an audit entry for each transaction.

    What cannot be done stops nothing else. Killed and begun again it goes on with what is left: what was committed
    is under the newest key, and not looked at any more.
    """
    with public_scope():
        for sealing in sealings():
            # Read before the first change, so that the run ends although others go on sealing.
            waiting = [(key, name) for key, name, place in sealing.holders() if place != 0]
            for start in range(0, len(waiting), sealing.at_once):
                part = waiting[start : start + sealing.at_once]
                yield _turn(sealing, part, start + len(part), len(waiting), actor)


def _turn(sealing: Sealing, part: list[tuple[Any, str]], so_far: int, total: int, actor: Actor) -> Turned:
    try:
        with transaction.atomic():
            wait_briefly()
            done, lost = sealing.seal_anew([key for key, _name in part])
            if done:
                _note(sealing, part, len(done), actor)
    except DatabaseError as error:
        kind = type(error.__cause__ or error).__name__
        return Turned(sealing.of, so_far, total, failed=[name for _key, name in part], error=kind)
    if sealing.tenant:
        routing.forget()
    return Turned(sealing.of, so_far, total, done, lost)


def _note(sealing: Sealing, part: list[tuple[Any, str]], count: int, actor: Actor) -> None:
    """For a tenant an entry of its own; of accounts only how many."""
    tenants = sealing.model._base_manager.filter(pk=part[0][0]) if sealing.tenant else None
    record(
        "rotate_master_keys",
        actor=actor,
        subject_type="user" if tenants is None else "tenant",
        subject_id="" if tenants is None else tenants.values_list(sealing.tenant, flat=True).get(),
        payload={"rows": count},
    )
