"""Verbs on diary files: bring one, try again, confirm; and importing one in a single step for commands."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from documents.actions import store_file
from kernel.access import Actor
from kernel.background import hand_over_after_commit
from kernel.errors import DomainError
from reporting.delivery import tasks
from reporting.delivery.files import DiaryFile, FileRefusal, RowRefusal, read_diary
from reporting.delivery.importing.checking import check_rows
from reporting.delivery.importing.inserting import insert_visits
from reporting.delivery.importing.work import file_limits
from reporting.delivery.locking import lock_diary
from reporting.delivery.models import DiaryImport

# A worker tells of itself every few thousand rows; silence for so long means that it is gone.
SILENCE = timedelta(seconds=60)
FOLDER = "diaries"

State = DiaryImport.State


def start_import(
    contract: Contract, content: bytes, *, name: str, content_type: str, actor: Actor
) -> DiaryImport:
    """Keep the file and let it be checked in the background. Raises FileRefusal for an empty or too large one."""
    limit = file_limits().max_bytes
    if not content:
        raise FileRefusal.because("empty_file")
    if len(content) > limit:
        raise FileRefusal.because("too_large", size=round(len(content) / 1_000_000), limit=limit // 1_000_000)
    with transaction.atomic():
        stored = store_file(content, name=name, content_type=content_type, folder=FOLDER, actor=actor)
        diary_import: DiaryImport = DiaryImport.objects.create(
            contract=contract, file=stored, created_by=actor.user_id, created_by_name=actor.label
        )
        record(
            "start_diary_import",
            actor=actor,
            subject_type="diary_import",
            subject_id=diary_import.pk,
            payload={"contract": contract.pk, "file_sha256": stored.sha256, "size": stored.size},
        )
        _after_commit(tasks.check_import, diary_import.pk)
    return diary_import


def confirm_import(diary_import: DiaryImport, *, actor: Actor) -> DiaryImport:
    """Let a checked file be saved. Confirming again changes nothing; a file that is not ready is refused."""
    with transaction.atomic():
        locked = _locked(diary_import)
        if locked.state in (State.SAVING, State.SAVED):
            return locked
        if locked.state != State.READY:
            raise DomainError(
                "not_ready",
                _("This file cannot be saved now. Look at its state on the page and go on from there."),
            )
        locked.state = State.SAVING
        locked.confirmed_by, locked.confirmed_by_name = actor.user_id, actor.label
        locked.queued_at, locked.progress_at = None, timezone.now()
        locked.save(update_fields=["state", "confirmed_by", "confirmed_by_name", "queued_at", "progress_at"])
        _after_commit(tasks.save_import, locked.pk)
    return locked


def retry_import(diary_import: DiaryImport, *, actor: Actor) -> DiaryImport:
    """Hand interrupted or forgotten work to the background once more; what was done already is not done twice."""
    del actor
    with transaction.atomic():
        locked = _locked(diary_import)
        if not is_stuck(locked):
            return locked
        was_confirmed = locked.confirmed_by is not None or bool(locked.confirmed_by_name)
        locked.state = State.SAVING if was_confirmed else State.WAITING
        locked.queued_at, locked.progress_at = None, timezone.now()
        locked.save(update_fields=["state", "queued_at", "progress_at"])
        _after_commit(tasks.save_import if was_confirmed else tasks.check_import, locked.pk)
    return locked


def is_stuck(diary_import: DiaryImport) -> bool:
    """Whether nobody works on it although somebody should."""
    if diary_import.state == State.FAILED:
        return True
    if diary_import.state not in (State.WAITING, State.CHECKING, State.SAVING):
        return False
    if diary_import.queued_at is None and diary_import.state != State.CHECKING:
        # Handing over takes a moment; after that, no worker has been told.
        return timezone.now() - (diary_import.progress_at or diary_import.created_at) > timedelta(seconds=2)
    last = max(
        moment
        for moment in (diary_import.progress_at, diary_import.queued_at, diary_import.created_at)
        if moment
    )
    return timezone.now() - last > SILENCE


@dataclass(frozen=True)
class ImportOutcome:
    """What an import in one step did: rows of the file, visits added, rows that were there already.

    `ahead` are rows that were taken although they have not begun by the clock of this machine, `remarks` what ought to
    be checked in rows that were taken.
    """

    rows: int
    added: int
    present: int
    ahead: tuple[RowRefusal, ...] = ()
    remarks: tuple[RowRefusal, ...] = ()


class RowsRefused(DomainError):
    """Rows of a file were refused, and nothing was saved."""

    def __init__(self, refusals: list[RowRefusal]) -> None:
        super().__init__("rows_refused", _("Some rows were refused, and nothing was saved."))
        self.refusals = refusals


def import_file(
    contract: Contract, stream: BinaryIO, *, source: str, actor: Actor, takes_future: bool = False
) -> ImportOutcome:
    """Read, check and save a diary file in one transaction; `takes_future` as for `check_rows`.

    Raises RowsRefused with every refused row, or FileRefusal where the file as a whole cannot be read.
    """
    return import_rows(
        contract, read_diary(stream, file_limits()), source=source, actor=actor, takes_future=takes_future
    )


def import_rows(
    contract: Contract, diary: DiaryFile, *, source: str, actor: Actor, takes_future: bool = False
) -> ImportOutcome:
    """The same for rows that were read already: from a file, or sent by a provider's system."""
    with transaction.atomic():
        lock_diary(contract.pk)
        checked = check_rows(diary, contract, takes_future=takes_future)
        if checked.refusals:
            raise RowsRefused(checked.refusals)
        added = insert_visits(checked.new, source=source, entered_by=actor.user_id)
        outcome = ImportOutcome(
            rows=len(diary.rows),
            added=added,
            present=checked.present + len(checked.new) - added,
            ahead=tuple(checked.ahead),
            remarks=tuple(checked.remarks),
        )
        record(
            "import_diary",
            actor=actor,
            subject_type="contract",
            subject_id=contract.pk,
            payload={"added": outcome.added, "present": outcome.present, "source": source},
        )
    return outcome


def _locked(diary_import: DiaryImport) -> DiaryImport:
    locked: DiaryImport = DiaryImport.objects.select_for_update().defer("refusals").get(pk=diary_import.pk)
    return locked


def _after_commit(task: Any, import_id: UUID) -> None:
    """Tell the background; where it cannot be reached the file stays, and the page says so."""
    told = DiaryImport.objects.filter(pk=import_id)
    hand_over_after_commit(task, import_id, then=lambda: told.update(queued_at=timezone.now()))


__all__ = [
    "ImportOutcome",
    "RowsRefused",
    "confirm_import",
    "import_file",
    "import_rows",
    "is_stuck",
    "retry_import",
    "start_import",
]
