"""Writing many rows in few statements."""

from collections.abc import Sequence
from typing import Any

BATCH = 2000


def assign(row: Any, values: dict[str, Any]) -> list[str]:
    """Give the row these values; the names of those that differ from what it had."""
    changed = [field for field, value in values.items() if getattr(row, field) != value]
    for field in changed:
        setattr(row, field, values[field])
    return changed


def update_rows(model: Any, rows: Sequence[Any], fields: Sequence[str]) -> None:
    """Write rows that exist (found by their primary key) in few statements; no row is made."""
    if rows:
        model.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=list(fields)
        )
