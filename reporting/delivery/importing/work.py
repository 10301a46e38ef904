"""The two pieces of background work on an import: its check, and saving it whole after somebody's word."""

from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.actions import record
from documents.actions import open_file
from kernel.access import Actor
from reporting.delivery.files import DEFAULT_LIMITS, DiaryFile, FileLimits, FileRefusal, read_diary
from reporting.delivery.importing.checking import CheckedRows, check_rows
from reporting.delivery.importing.inserting import insert_visits
from reporting.delivery.locking import lock_diary
from reporting.delivery.models import DiaryImport, Visit

State = DiaryImport.State


def file_limits() -> FileLimits:
    """How large a diary file may be on this installation."""
    return FileLimits(
        settings.DIARY_FILE_MAX_BYTES, settings.DIARY_FILE_MAX_ROWS, DEFAULT_LIMITS.max_unpacked_bytes
    )


def read_stored(diary_import: DiaryImport) -> DiaryFile:
    """The file of the import. Raises FileRefusal where it cannot be read."""
    with open_file(diary_import.file) as stream:
        return read_diary(cast(BinaryIO, stream), file_limits())


def check_import(import_id: UUID) -> None:
    """Read the file and hold every row against the diary; the page shows the outcome. Doing it again is safe."""
    begun = DiaryImport.objects.filter(
        pk=import_id, state__in=[State.WAITING, State.CHECKING, State.FAILED]
    ).update(state=State.CHECKING, progress_at=timezone.now(), rows_checked=0)
    if not begun:
        return
    diary_import = _with_file(import_id)

    def tell(rows: int) -> None:
        DiaryImport.objects.filter(pk=import_id).update(rows_checked=rows, progress_at=timezone.now())

    try:
        diary = read_stored(diary_import)
        DiaryImport.objects.filter(pk=import_id).update(
            rows_total=len(diary.rows) + len(diary.faulty), progress_at=timezone.now()
        )
        checked = check_rows(diary, diary_import.contract, tell)
    except FileRefusal as refusal:
        checked = CheckedRows(refusals=list(refusal.refusals))
    except Exception:
        _fail(import_id, State.CHECKING)
        raise
    DiaryImport.objects.filter(pk=import_id, state=State.CHECKING).update(
        state=State.REFUSED if checked.refusals else State.READY, **_counts(checked)
    )


def save_import(import_id: UUID) -> None:
    """Check once more and insert, all in one transaction; whoever comes second finds it saved."""
    try:
        with transaction.atomic():
            _save(import_id)
    except Exception:
        _fail(import_id, State.SAVING)
        raise


def _save(import_id: UUID) -> None:
    contract_id = DiaryImport.objects.values_list("contract_id", flat=True).get(pk=import_id)
    lock_diary(contract_id)
    diary_import = _with_file(import_id, lock=True)
    if diary_import.state != State.SAVING:
        return
    try:
        checked = check_rows(read_stored(diary_import), diary_import.contract)
    except FileRefusal as refusal:
        checked = CheckedRows(refusals=list(refusal.refusals))
    outcome = _counts(checked)
    if checked.refusals:
        DiaryImport.objects.filter(pk=import_id).update(state=State.REFUSED, **outcome)
        return
    actor = Actor(diary_import.confirmed_by, diary_import.confirmed_by_name)
    added = insert_visits(checked.new, source=Visit.Source.FILE, entered_by=actor.user_id)
    outcome |= {"rows_new": added, "rows_present": checked.present + len(checked.new) - added}
    DiaryImport.objects.filter(pk=import_id).update(state=State.SAVED, saved_at=timezone.now(), **outcome)
    record(
        "import_diary",
        actor=actor,
        subject_type="diary_import",
        subject_id=import_id,
        payload={
            "contract": contract_id,
            "file_sha256": diary_import.file.sha256,
            "added": outcome["rows_new"],
            "present": outcome["rows_present"],
        },
    )


def _with_file(import_id: UUID, *, lock: bool = False) -> DiaryImport:
    imports = DiaryImport.objects.select_related("file", "contract").defer("refusals", "remarks")
    if lock:
        imports = imports.select_for_update(of=("self",))
    found: DiaryImport = imports.get(pk=import_id)
    return found


def _counts(checked: CheckedRows) -> dict[str, object]:
    return {
        "rows_new": len(checked.new),
        "rows_present": checked.present,
        "rows_refused": checked.refused_rows,
        "refusals": [refusal.as_record() for refusal in checked.refusals],
        "remarks": [remark.as_record() for remark in checked.remarks],
        "progress_at": timezone.now(),
    }


def _fail(import_id: UUID, state: str) -> None:
    """Say on the page that the work was interrupted, so that it can be tried again."""
    DiaryImport.objects.filter(pk=import_id, state=state).update(
        state=State.FAILED, progress_at=timezone.now()
    )
