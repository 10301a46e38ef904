"""Many rows of advice at once: checked, then one COPY."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import connection
from reporting.advice.files import AdviceTable
from reporting.advice.importing.checking import CheckedAdvice, NewAdvice, Scope, check_rows
from reporting.advice.models import Appointment

_COLUMNS = {
    "id": "uuid",
    "adviser_id": "uuid",
    "starts_at": "timestamptz",
    "kind": "varchar",
    "person_id": "uuid",
    "alias": "varchar",
    "ends_at": "timestamptz",
    "place": "varchar",
    "depth": "varchar",
    "state": "varchar",
    "topic_id": "uuid",
    "topic_words": "varchar",
    "contract_id": "uuid",
    "booked_on": "date",
    "first_home_visit": "bool",
    "where": "varchar",
    "sign_language": "varchar",
    "preparation_minutes": "int2",
    "documentation_minutes": "int2",
    "travel_minutes": "int2",
    "companion": "varchar",
    "two_people_needed": "bool",
    "presence": "varchar",
    "disability": "varchar",
    "cancelled_by": "varchar",
    "link_key": "varchar",
    "source": "varchar",
    "entered_at": "timestamptz",
    "entered_by": "uuid",
    "changed_at": "timestamptz",
    "version": "int4",
}
_PLAIN = ("", "none", 0, 0, 0, "", False, "", "", "", "")


def write_table(
    table: AdviceTable, scope: Scope, source: str, actor: Actor
) -> tuple[CheckedAdvice, list[UUID]]:
    """Check the rows and write them in the caller's transaction, all or nothing; gives what was found, and the ids of
    the advice written."""
    checked = check_rows(table, scope)
    if checked.refusals:
        return checked, []
    return checked, insert_advice(checked.new, source=source, entered_by=actor.user_id)


def insert_advice(rows: Sequence[NewAdvice], *, source: str, entered_by: UUID | None) -> list[UUID]:
    """Write the rows in the caller's transaction; gives their ids, in order. Nothing in them is encrypted."""
    if not rows:
        return []
    quote = connection.ops.quote_name
    table, now = quote(Appointment._meta.db_table), timezone.now()
    columns = ", ".join(quote(name) for name in _COLUMNS)
    ids = [new_id() for _ in rows]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(list(_COLUMNS.values()))
        for pk, row in zip(ids, rows, strict=True):
            copy.write_row((pk, *row, *_PLAIN, source, now, entered_by, now, 1))
    return ids
