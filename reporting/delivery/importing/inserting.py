"""Many visits at once: COPY into a temporary table, then one INSERT that leaves out what is there already."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from kernel.ids import new_id
from kernel.tenancy import connection
from reporting.delivery.importing.checking import NewVisit
from reporting.delivery.models import Visit

_SCRATCH = """
CREATE TEMPORARY TABLE diary_rows (
    id uuid, decision_id uuid, worker_id uuid, starts_at timestamptz, ends_at timestamptz,
    state varchar, activities varchar[], note varchar
) ON COMMIT DROP
"""
_COPY = "COPY diary_rows FROM STDIN (FORMAT BINARY)"
_TYPES = ["uuid", "uuid", "uuid", "timestamptz", "timestamptz", "varchar", "varchar[]", "varchar"]


def insert_visits(visits: Sequence[NewVisit], *, source: str, entered_by: UUID | None) -> int:
    """Insert the visits in the caller's transaction; gives how many were not there yet."""
    if not visits:
        return 0
    table = connection.ops.quote_name(Visit._meta.db_table)
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_SCRATCH)
        with cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for visit in visits:
                copy.write_row((new_id(), *visit))
        cursor.execute(
            f"INSERT INTO {table} (id, decision_id, worker_id, starts_at, ends_at, state, activities, note, "  # noqa: S608
            "source, entered_at, entered_by, changed_at, changed_by, version) "
            "SELECT id, decision_id, worker_id, starts_at, ends_at, state, activities, note, "
            "%s, %s, %s, %s, %s, 1 FROM diary_rows ORDER BY decision_id, worker_id, starts_at, ends_at "
            "ON CONFLICT (decision_id, worker_id, starts_at, ends_at) DO NOTHING",
            [source, now, entered_by, now, entered_by],
        )
        inserted = int(cursor.rowcount)
        cursor.execute("DROP TABLE diary_rows")
    return inserted
