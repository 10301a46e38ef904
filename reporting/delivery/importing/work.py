"""The two pieces of background work on a diary file: its check, and saving it whole after somebody's word."""

from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings

from audit.actions import record
from contracting.contracts.models import Contract
from documents.actions import open_file
from kernel.access import Actor
from reporting.care.locking import hold_persons_of
from reporting.care.models import Decision
from reporting.delivery.files import DEFAULT_LIMITS, DiaryFile, FileLimits, FileRefusal, read_diary
from reporting.delivery.importing import background
from reporting.delivery.importing.checking import CheckedRows, check_rows
from reporting.delivery.importing.inserting import insert_visits
from reporting.delivery.locking import lock_diary
from reporting.delivery.models import DiaryImport, Visit


def file_limits() -> FileLimits:
    """How large a diary file may be on this installation."""
    return FileLimits(
        settings.DIARY_FILE_MAX_BYTES, settings.DIARY_FILE_MAX_ROWS, DEFAULT_LIMITS.max_unpacked_bytes
    )


def read_stored(diary_import: DiaryImport) -> DiaryFile:
    """The file of the import. Raises FileRefusal where it cannot be read."""
    # Read here and handed to nobody: the scanner need not have looked yet.
    with open_file(diary_import.file, also_unscanned=True) as stream:
        return read_diary(cast(BinaryIO, stream), file_limits())


def check_import(import_id: UUID) -> None:
    """Read the file and hold every row against the diary; the page shows the outcome. Doing it again is safe."""
    background.check_file(DiaryImport, import_id, _look)


def save_import(import_id: UUID) -> None:
    """Check once more and insert, all in one transaction; whoever comes second finds it saved."""
    background.save_file(DiaryImport, import_id, _read_and_hold, _write)


def hold_rows(contract: Contract, diary: DiaryFile) -> None:
    """Hold what rows are written into until the transaction ends: the persons they name, then the contract's diary."""
    numbers = {row.decision_number for row in diary.rows}
    named = Decision.objects.filter(contract=contract, number__in=numbers).values_list("pk", flat=True)
    hold_persons_of(list(named))
    lock_diary(contract.pk)


def _read_and_hold(brought: DiaryImport) -> DiaryFile | FileRefusal:
    try:
        diary = read_stored(brought)
    except FileRefusal as refusal:
        return refusal
    hold_rows(brought.contract, diary)
    return diary


def _look(diary_import: DiaryImport, tell: background.Tell) -> background.Outcome:
    try:
        diary = read_stored(diary_import)
    except FileRefusal as refusal:
        return _counts(CheckedRows(refusals=list(refusal.refusals)))
    tell(rows_total=len(diary.rows) + len(diary.faulty))
    return _counts(check_rows(diary, diary_import.contract, lambda rows: tell(rows_checked=rows)))


def _write(diary_import: DiaryImport, actor: Actor, read: DiaryFile | FileRefusal) -> background.Outcome:
    if isinstance(read, FileRefusal):
        checked = CheckedRows(refusals=list(read.refusals))
    else:
        checked = check_rows(read, diary_import.contract)
    outcome = _counts(checked)
    if checked.refusals:
        return outcome
    added = insert_visits(checked.new, source=Visit.Source.FILE, entered_by=actor.user_id)
    outcome |= {"rows_new": added, "rows_present": checked.present + len(checked.new) - added}
    record(
        "import_diary",
        actor=actor,
        subject_type="diary_import",
        subject_id=diary_import.pk,
        payload={
            "contract": diary_import.contract_id,
            "file_sha256": diary_import.file.sha256,
            "added": outcome["rows_new"],
            "present": outcome["rows_present"],
        },
    )
    return outcome


def _counts(checked: CheckedRows) -> background.Outcome:
    return {
        "rows_new": len(checked.new),
        "rows_present": checked.present,
        "rows_refused": checked.refused_rows,
        "refusals": [refusal.as_record() for refusal in checked.refusals],
        "remarks": [remark.as_record() for remark in checked.remarks],
    }
