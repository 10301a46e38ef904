"""Import 20,000 valid rows, all checks, one transaction, against COPY of the same rows into the same table."""

from statistics import median
from typing import Any

from django.db import transaction

from kernel.ids import new_id
from kernel.tenancy import connection, tenant_scope
from reporting.delivery.actions.imports import import_file
from reporting.delivery.models import Visit
from tests.bench.diary_world import build_contract, diary_file, tenant_at_hand
from tests.bench.places import ACTOR
from tests.bench.timing import ROUNDS, line, seconds

ROWS, PERSONS = 20_000, 500
_COLUMNS = "id, decision_id, worker_id, starts_at, ends_at, state, activities, note, source, entered_at, changed_at, version"
_TYPES = [
    "uuid",
    "uuid",
    "uuid",
    "timestamptz",
    "timestamptz",
    "varchar",
    "varchar[]",
    "varchar",
    "varchar",
    "timestamptz",
    "timestamptz",
    "int4",
]


def measure() -> list[dict[str, Any]]:
    """Both write the same rows into the empty table; emptying it is not counted."""
    with tenant_scope(tenant_at_hand()):
        contract = build_contract(PERSONS)
        content = diary_file(PERSONS, ROWS)

        def ours() -> None:
            content.seek(0)
            outcome = import_file(contract, content, source=Visit.Source.COMMAND, actor=ACTOR)
            assert outcome.added == ROWS

        ours()
        rows = [
            (v.decision_id, v.worker_id, v.starts_at, v.ends_at, v.state, v.activities, v.note, v.source, v.entered_at,
             v.changed_at, v.version)
            for v in Visit.objects.all()
        ]  # fmt: skip

        def reference() -> None:
            copying = f"COPY delivery_visit ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
            with transaction.atomic(), connection.cursor() as cursor, cursor.copy(copying) as copy:
                copy.set_types(_TYPES)
                for row in rows:
                    copy.write_row((new_id(), *row))

        pairs = []
        for _ in range(ROUNDS):
            _empty()
            first = seconds(ours)
            _empty()
            pairs.append((first, seconds(reference)))
            assert Visit.objects.count() == ROWS
    name = "import_diary, 20,000 valid rows, all checks, one transaction / COPY"
    return [line(name, median(p[0] for p in pairs), median(p[1] for p in pairs), 12)]


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE delivery_visit CASCADE")
