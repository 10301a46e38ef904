"""Verbs on diary files: bring one, try again, confirm; and importing one in a single step for commands."""

from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from documents.actions import store_file
from kernel.access import Actor
from kernel.errors import DomainError
from reporting.delivery import tasks
from reporting.delivery.actions.brought import confirm_file, hand_over_file, retry_file
from reporting.delivery.files import DiaryFile, RowRefusal, read_diary
from reporting.delivery.importing.checking import check_rows
from reporting.delivery.importing.inserting import insert_visits
from reporting.delivery.importing.work import file_limits, hold_rows
from reporting.delivery.models import DiaryImport

FOLDER = "diaries"


def start_import(
    contract: Contract, content: bytes, *, name: str, content_type: str, actor: Actor
) -> DiaryImport:
    """Keep the file and let it be checked in the background; an empty or too large one is refused there at last."""
    with transaction.atomic():
        stored = store_file(
            content, name=name, content_type=content_type, folder=FOLDER, actor=actor, brought=True
        )
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
        hand_over_file(tasks.check_import, diary_import)
    return diary_import


def confirm_import(diary_import: DiaryImport, *, actor: Actor) -> DiaryImport:
    """Let a checked file be saved. Confirming again changes nothing; a file that is not ready is refused."""
    confirmed: DiaryImport = confirm_file(diary_import, tasks.save_import, actor=actor)
    return confirmed


def retry_import(diary_import: DiaryImport) -> DiaryImport:
    """Hand interrupted or forgotten work to the background once more; what was done already is not done twice."""
    handed: DiaryImport = retry_file(diary_import, tasks.check_import, tasks.save_import)
    return handed


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
        hold_rows(contract, diary)
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


__all__ = [
    "ImportOutcome",
    "RowsRefused",
    "confirm_import",
    "import_file",
    "import_rows",
    "retry_import",
    "start_import",
]
