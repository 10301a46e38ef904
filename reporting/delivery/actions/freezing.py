"""Freezing and thawing a month of a contract: said by the close of months, kept by every write of the diary."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction

from contracting.contracts.models import Contract
from kernel.access import Actor
from reporting.delivery.locking import lock_diary
from reporting.delivery.models import FrozenMonth


def freeze_month(contract: Contract, month: date, *, actor: Actor) -> FrozenMonth:
    """Let no visit of the contract's month change any more; waits for entries that are being saved.

    `month` is any day of it. Doing it twice is doing it once; lines left open by `thaw_month` close again. The audit
    line is the caller's: a month freezes because it was handed in or accepted.
    """
    del actor
    with transaction.atomic():
        lock_diary(contract.pk)
        frozen: FrozenMonth
        frozen, _ = FrozenMonth.objects.update_or_create(
            contract=contract, month=month.replace(day=1), defaults={"open_decisions": []}
        )
    return frozen


def thaw_month(
    contract: Contract, month: date, *, decisions: Collection[UUID] | None = None, actor: Actor
) -> None:
    """Open the contract's month for entries again: all of it, or only the lines of these decisions.

    A month that is not frozen stays open. The audit line is the caller's.
    """
    del actor
    with transaction.atomic():
        lock_diary(contract.pk)
        frozen = FrozenMonth.objects.filter(contract=contract, month=month.replace(day=1))
        if decisions is None:
            frozen.delete()
        else:
            frozen.update(open_decisions=sorted(set(decisions)))
