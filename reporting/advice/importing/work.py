"""The two pieces of background work on a file of advice: its check, and saving it whole after somebody's word."""

from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings

from audit.actions import record
from documents.actions import open_file
from kernel.access import Actor
from reporting.advice.files import AdviceTable, in_words_of_advice, read_advice
from reporting.advice.importing.checking import CheckedAdvice, Scope, check_rows
from reporting.advice.importing.inserting import write_table
from reporting.advice.locking import lock_advice
from reporting.advice.models import AdviceFile, Appointment
from reporting.delivery.files import DEFAULT_LIMITS, FileLimits, FileRefusal
from reporting.delivery.importing import background

# A year of a large city's advice stays well below.
MOST_ROWS = 20_000


def file_limits() -> FileLimits:
    """How large a file of advice may be."""
    return FileLimits(settings.DIARY_FILE_MAX_BYTES, MOST_ROWS, DEFAULT_LIMITS.max_unpacked_bytes)


def read_stored(advice_file: AdviceFile) -> AdviceTable:
    """The stored file as a table. Raises FileRefusal, in words of advice, where it cannot be read."""
    with open_file(advice_file.file, also_unscanned=True) as stream:
        try:
            return read_advice(cast("BinaryIO", stream), file_limits())
        except FileRefusal as refusal:
            raise FileRefusal(in_words_of_advice(refusal.refusals)) from None


def check_file(file_id: UUID) -> None:
    """Read the file and hold every row against what is stored; the page shows the outcome. Doing it again is safe."""
    background.check_file(AdviceFile, file_id, _look)


def save_file(file_id: UUID) -> None:
    """Check once more and insert, all in one transaction; whoever comes second finds it saved."""
    background.save_file(AdviceFile, file_id, _read_and_hold, _write)


def _read_and_hold(brought: AdviceFile) -> AdviceTable | FileRefusal:
    try:
        table = read_stored(brought)
    except FileRefusal as refusal:
        return refusal
    lock_advice(table.persons)
    return table


def _look(advice_file: AdviceFile, tell: background.Tell) -> background.Outcome:
    try:
        table = read_stored(advice_file)
    except FileRefusal as refusal:
        return _counts(_refused_whole(refusal))
    tell(rows_total=_rows_of(table))
    return _counts(check_rows(table, _scope_of(advice_file), lambda rows: tell(rows_checked=rows)))


def _write(advice_file: AdviceFile, actor: Actor, read: AdviceTable | FileRefusal) -> background.Outcome:
    if isinstance(read, FileRefusal):
        return _counts(_refused_whole(read))
    checked, ids = write_table(read, _scope_of(advice_file), Appointment.Source.FILE, actor)
    if not checked.refusals:
        record(
            "save_advice_file",
            actor=actor,
            subject_type="advice_file",
            subject_id=advice_file.pk,
            payload={"file_sha256": advice_file.file.sha256, "added": len(ids), "present": checked.present},
        )
    return _counts(checked)


def _scope_of(advice_file: AdviceFile) -> Scope:
    own = advice_file.organisation_ids
    return Scope(None if own is None else frozenset(own), advice_file.contract)


def _rows_of(table: AdviceTable) -> int:
    return len(table.rows) + len({each.row_number for each in table.refusals})


def _refused_whole(refusal: FileRefusal) -> CheckedAdvice:
    return CheckedAdvice(refusals=in_words_of_advice(refusal.refusals))


def _counts(checked: CheckedAdvice) -> background.Outcome:
    return {
        "rows_new": len(checked.new),
        "rows_present": checked.present,
        "rows_refused": checked.refused_rows,
        "refusals": [each.as_record() for each in checked.refusals],
        "remarks": [each.as_record() for each in checked.remarks],
    }
