"""Recording advice in bulk: from a file that somebody brought, or from another system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from documents.actions import open_file, store_file
from kernel.access import Access, Actor
from kernel.errors import DomainError
from reporting.advice.files import (
    AdviceRefusal,
    AdviceTable,
    check_advice,
    in_words_of_advice,
    read_advice,
    table_of_records,
)
from reporting.advice.importing import CheckedAdvice, Scope, check_rows, insert_advice
from reporting.advice.locking import lock_advice
from reporting.advice.models import AdviceFile, Appointment
from reporting.delivery.files import DEFAULT_LIMITS, FileLimits, FileRefusal
from reporting.delivery.files.source import Cell

# Files are checked while somebody waits for the page; a year of a large city's advice stays well below.
MOST_ROWS = 20_000
FOLDER = "advice"

State = AdviceFile.State


@dataclass(frozen=True)
class RecordedAdvice:
    """What recording did: rows given, added, there already; ids of those added. With refusals nothing was saved."""

    rows: int
    added: int = 0
    present: int = 0
    ids: tuple[UUID, ...] = ()
    refusals: tuple[AdviceRefusal, ...] = ()


def record_advice_rows(
    rows: Sequence[Mapping[str, Cell | None]],
    *,
    organisation_ids: frozenset[UUID] | None,
    contract: Contract | None = None,
    source: str = Appointment.Source.API,
    actor: Actor,
) -> RecordedAdvice:
    """Record advice given as records by name of column, all or nothing; the same rows twice add nothing.

    `rows` are mappings with the columns of compliance.md's file, as texts, numbers, dates or times: `date`, `time`,
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
        lock_advice()
        checked, ids = _write(table, scope, source, actor)
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
    return RecordedAdvice(len(rows), len(ids), checked.present, tuple(ids))


def _write(table: AdviceTable, scope: Scope, source: str, actor: Actor) -> tuple[CheckedAdvice, list[UUID]]:
    checked = check_rows(table, scope)
    if checked.refusals:
        return checked, []
    return checked, insert_advice(checked.new, source=source, entered_by=actor.user_id)


def file_limits() -> FileLimits:
    """How large a file of advice may be."""
    return FileLimits(settings.DIARY_FILE_MAX_BYTES, MOST_ROWS, DEFAULT_LIMITS.max_unpacked_bytes)


def read_stored(advice_file: AdviceFile) -> AdviceTable:
    """The stored file as a table. Raises FileRefusal, in words of advice, where it cannot be read."""
    with open_file(advice_file.file) as stream:
        try:
            return read_advice(cast("object", stream), file_limits())  # type: ignore[arg-type]
        except FileRefusal as refusal:
            raise FileRefusal(in_words_of_advice(refusal.refusals)) from None


def bring_file(
    content: bytes,
    *,
    name: str,
    content_type: str,
    access: Access,
    contract: Contract | None,
    actor: Actor,
) -> AdviceFile:
    """Keep the file and check it; nothing is recorded yet. Raises FileRefusal for an empty or too large one."""
    limit = file_limits().max_bytes
    if not content or len(content) > limit:
        code = "too_large" if content else "empty_file"
        details = {"size": str(round(len(content) / 1_000_000)), "limit": str(limit // 1_000_000)}
        raise FileRefusal([AdviceRefusal(None, "", "", code, details)])
    with transaction.atomic():
        stored = store_file(content, name=name, content_type=content_type, folder=FOLDER, actor=actor)
        brought = AdviceFile(
            contract=contract,
            organisation_ids=None if access.organisation_ids is None else sorted(access.organisation_ids),
            file=stored,
            created_by_name=actor.label,
        )
        _check(brought)
        brought.save(force_insert=True)
        record(
            "bring_advice_file",
            actor=actor,
            subject_type="advice_file",
            subject_id=brought.pk,
            payload={
                "file_sha256": stored.sha256,
                "rows": brought.rows_total,
                "refused": brought.rows_refused,
            },
        )
    return brought


def save_file(advice_file: AdviceFile, *, actor: Actor) -> AdviceFile:
    """Record a checked file whole, checked once more. Saving again changes nothing.

    Raises DomainError `not_ready` for a file with refused rows; rows refused only now are on the file's page.
    """
    with transaction.atomic():
        lock_advice()
        locked: AdviceFile = (
            AdviceFile.objects.select_for_update(of=("self",))
            .select_related("file", "contract")
            .get(pk=advice_file.pk)
        )
        if locked.state == State.SAVED:
            return locked
        if locked.state != State.READY:
            raise DomainError(
                "not_ready", _("This file has rows that were refused. Correct them and bring the file again.")
            )
        table = _check(locked)
        if table is not None and locked.state == State.READY:
            _checked, ids = _write(table, _scope_of(locked), Appointment.Source.FILE, actor)
            locked.state, locked.saved_at = State.SAVED, timezone.now()
            record(
                "save_advice_file",
                actor=actor,
                subject_type="advice_file",
                subject_id=locked.pk,
                payload={
                    "file_sha256": locked.file.sha256,
                    "added": len(ids),
                    "present": locked.rows_present,
                },
            )
        locked.save()
    return locked


def _scope_of(advice_file: AdviceFile) -> Scope:
    own = advice_file.organisation_ids
    return Scope(None if own is None else frozenset(own), advice_file.contract)


def _check(advice_file: AdviceFile) -> AdviceTable | None:
    """Read and check the file, and note on it what was found; None where it cannot be read."""
    table = None
    try:
        table = read_stored(advice_file)
        checked = check_rows(table, _scope_of(advice_file))
        advice_file.rows_total = len(table.rows) + len({each.row_number for each in table.refusals})
    except FileRefusal as refusal:
        checked = CheckedAdvice(refusals=in_words_of_advice(refusal.refusals))
    advice_file.rows_new, advice_file.rows_present = len(checked.new), checked.present
    advice_file.rows_refused = checked.refused_rows
    advice_file.refusals = [each.as_record() for each in checked.refusals]
    advice_file.state = State.REFUSED if checked.refusals else State.READY
    return table
