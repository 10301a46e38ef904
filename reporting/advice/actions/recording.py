"""Recording advice in bulk from another system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from reporting.advice.files import AdviceRefusal, check_advice, in_words_of_advice, table_of_records
from reporting.advice.importing import Scope, write_table
from reporting.advice.importing.work import MOST_ROWS
from reporting.advice.locking import lock_advice
from reporting.advice.models import Appointment
from reporting.delivery.files import FileRefusal
from reporting.delivery.files.source import Cell


@dataclass(frozen=True)
class RecordedAdvice:
    """What recording did: rows given, added, there already; ids of those added. With refusals nothing was saved;
    remarks are on rows that were added all the same."""

    rows: int
    added: int = 0
    present: int = 0
    ids: tuple[UUID, ...] = ()
    refusals: tuple[AdviceRefusal, ...] = ()
    remarks: tuple[AdviceRefusal, ...] = ()


def record_advice_rows(
    rows: Sequence[Mapping[str, Cell | None]],
    *,
    organisation_ids: frozenset[UUID] | None,
    contract: Contract | None = None,
    source: str = Appointment.Source.API,
    actor: Actor,
) -> RecordedAdvice:
    """Record advice given as records by name of column, all or nothing; the same rows twice add nothing.

    `rows` are mappings with the columns of a file of advice, as texts, numbers, dates or times: `date`, `time`,
    `adviser` (a worker's code or "Surname Given name"), `type`, `minutes`, `place`, and optionally `depth`, `status`,
    `topic`, `person`. `organisation_ids` says whose advisers they may name (None: anybody's, for the unit);
    `contract`, where given, must be of the adviser's organisation and in force on the day.

    Returns a RecordedAdvice. Refused rows are listed in `refusals` (`row_number` of the first record is 2, as in a
    file under its header; `as_json()` gives row, column, value, code, reason), and then nothing is saved. A column
    that is unknown or missing altogether is listed under row 1. Writes one audit line. Runs in a transaction of its
    own or in the caller's.
    """
    if len(rows) > MOST_ROWS:
        raise FileRefusal(
            [AdviceRefusal(None, "", "", "too_many_rows", {"count": str(len(rows)), "limit": str(MOST_ROWS)})]
        )
    scope = Scope(organisation_ids, contract)
    try:
        table = check_advice(table_of_records(rows))
    except FileRefusal as refusal:
        return RecordedAdvice(len(rows), refusals=tuple(in_words_of_advice(refusal.refusals)))
    with transaction.atomic():
        lock_advice(table.persons)
        checked, ids = write_table(table, scope, source, actor)
        if checked.refusals:
            return RecordedAdvice(len(rows), refusals=tuple(checked.refusals))
        if ids:
            record(
                "record_advice",
                actor=actor,
                subject_type="advice",
                subject_id=ids[0],
                payload={"added": len(ids), "present": checked.present, "source": str(source)},
            )
    return RecordedAdvice(len(rows), len(ids), checked.present, tuple(ids), remarks=tuple(checked.remarks))
