"""What the diary tells care before a decision moves to another contract."""

from collections.abc import Collection
from uuid import UUID

from reporting.delivery.locking import lock_diary
from reporting.delivery.models import Visit


def hold_and_find_visited(contract_ids: Collection[UUID], decision_ids: Collection[UUID]) -> set[UUID]:
    """Hold the diaries until the transaction ends, always in one order; the decisions that have visits of any state."""
    for contract_id in sorted(contract_ids):
        lock_diary(contract_id)
    visited = Visit.objects.filter(decision__in=decision_ids).order_by()
    return set(visited.values_list("decision_id", flat=True).distinct())
