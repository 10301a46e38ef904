"""Quarantine: what people brought is handed out only after a scanner has looked at it."""

from typing import Any

import structlog
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from audit.actions import record
from documents.models import StoredFile
from kernel import clamd, crypto
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import require_tenant, tenant_scope

log = structlog.get_logger(__name__)
Scan = StoredFile.Scan
# So often may a scanner that works fail at a file, before nobody waits for it any more.
MOST_TRIES = 5
# Somebody waits for the page.
_PAGE_SECONDS = 20.0
# So long after a scanner was away nobody asks it: one that hangs would hold up every worker in turn.
_LEFT_ALONE = 30


def first_state(*, brought: bool) -> str:
    """How a file begins: made by the product, waiting for the scanner, or past one where none is set up."""
    if not brought:
        return Scan.MADE
    return Scan.WAITING if settings.CLAMAV_ADDRESS else Scan.UNSCANNED


class InQuarantine(DomainError):
    """The file may not be handed out now, or never."""

    status = 409


def require_released(stored: StoredFile, *, called: str = "") -> None:
    """Raises InQuarantine `file_unscanned`, `file_infected` or `file_unscannable`, by the name it is known by."""
    if refusal := _REFUSALS.get(Scan(stored.scan)):
        raise refusal(called or stored.name)


def require_clean(content: bytes, name: str, *, seconds: float = _PAGE_SECONDS) -> None:
    """Look at content that lay encrypted until now, where a scanner is set up. Raises InQuarantine."""
    if not settings.CLAMAV_ADDRESS:
        return
    try:
        found = _look(content, seconds)
    except clamd.ScannerAway as error:
        log.warning("scanner_away", kind=str(error))
        raise _unscanned(name) from error
    except clamd.NoVerdict as error:
        log.warning("scanner_gave_no_verdict", kind=str(error))
        raise _unscannable(name) from error
    if found:
        raise _infected(name)


def require_not_infected(content: bytes, name: str, *, seconds: float) -> None:
    """Look before content is sealed, where nothing may be held up: without a verdict in time it goes on.

    Raises InQuarantine `file_infected`.
    """
    try:
        require_clean(content, name, seconds=seconds)
    except InQuarantine as refusal:
        if refusal.code == "file_infected":
            raise


def waiting() -> Any:
    """Files of the tenant at hand that the scanner is still to look at: the fewest times failed first, then the oldest.

    Also those that were brought while none was set up; they are handed out meanwhile.
    """
    return StoredFile.objects.filter(scan__in=[Scan.WAITING, Scan.UNSCANNED]).order_by(
        "scan_tries", "stored_at"
    )


def kept_back() -> Any:
    """Files of the tenant at hand that nobody will get: infected ones, and those that could not be checked."""
    return StoredFile.objects.filter(scan__in=[Scan.INFECTED, Scan.FAILED])


def scanner_is_away() -> bool:
    """Whether no scanner does its work now; asks it, unless it was away a moment ago."""
    try:
        return not _look(clamd.HARMLESS_TEST, _PAGE_SECONDS)
    except (clamd.ScannerAway, clamd.NoVerdict):
        return True


def _look(content: bytes, seconds: float) -> str | None:
    address = settings.CLAMAV_ADDRESS
    mark = f"scanner-away-{address}"
    if _is_marked(mark):
        raise clamd.ScannerAway("it was away a moment ago")
    try:
        return clamd.scan(content, address, seconds=seconds)
    except clamd.ScannerAway:
        _set_mark(mark)
        raise


def _is_marked(mark: str) -> bool:
    try:
        return cache.get(mark) is not None
    except RedisError:
        return False


def _set_mark(mark: str) -> None:
    try:
        cache.set(mark, 1, _LEFT_ALONE)
    except RedisError:
        log.warning("scanner_not_marked")


def scan_file(stored: StoredFile) -> str:
    """Let the scanner look, and note what it said; an infected file loses its content. Gives the state.

    What it cannot look at is tried MOST_TRIES times, and then waits for nobody any more. Raises ScannerAway, and
    ServerAway of the store: it stays in quarantine then.
    """
    try:
        with default_storage.open(stored.key, "rb") as file:
            content = file.read()
        if stored.is_encrypted:
            content = crypto.decrypt_bytes(content)
        found = _look(content, clamd.SECONDS)
    except (clamd.NoVerdict, FileNotFoundError, InvalidToken) as error:
        return _count_failure(
            stored, str(error) if isinstance(error, clamd.NoVerdict) else type(error).__name__
        )
    with transaction.atomic():
        locked = waiting().select_for_update().filter(pk=stored.pk).first()
        if locked is None:
            return str(StoredFile.objects.values_list("scan", flat=True).filter(pk=stored.pk).first())
        locked.scan = Scan.INFECTED if found else Scan.CLEAN
        locked.scanned_at = timezone.now()
        locked.save(update_fields=["scan", "scanned_at"])
        if found:
            _set_aside(locked, found)
    return str(locked.scan)


def _count_failure(stored: StoredFile, said: str) -> str:
    log.warning("file_not_scanned", file=str(stored.pk), said=said)
    with transaction.atomic():
        locked = waiting().select_for_update().filter(pk=stored.pk).first()
        if locked is None:
            return ""
        locked.scan_tries += 1
        if locked.scan_tries >= MOST_TRIES:
            locked.scan, locked.scanned_at = Scan.FAILED, timezone.now()
            record(
                "give_up_scanning",
                actor=Actor.system("scanner"),
                subject_type="stored_file",
                subject_id=locked.pk,
                payload={"said": said, "tries": locked.scan_tries, "sha256": locked.sha256},
            )
        locked.save(update_fields=["scan", "scanned_at", "scan_tries"])
    return str(locked.scan)


def scan_again(*, actor: Actor) -> int:
    """Let files of the tenant at hand that could not be checked wait for the scanner again; returns how many."""
    with transaction.atomic():
        files = list(StoredFile.objects.select_for_update().filter(scan=Scan.FAILED))
        for stored in files:
            stored.scan, stored.scanned_at, stored.scan_tries, stored.told_at = Scan.WAITING, None, 0, None
        StoredFile.objects.bulk_update(files, ["scan", "scanned_at", "scan_tries", "told_at"])
        if files:
            record(
                "scan_files_again",
                actor=actor,
                subject_type="tenant",
                subject_id=require_tenant().pk,
                payload={"files": [str(stored.pk) for stored in files]},
            )
    return len(files)


def _set_aside(stored: StoredFile, found: str) -> None:
    log.warning("file_infected", file=str(stored.pk), signature=found)
    record(
        "find_infected_file",
        actor=Actor.system("scanner"),
        subject_type="stored_file",
        subject_id=stored.pk,
        payload={"signature": found, "sha256": stored.sha256},
    )
    tenant, key = require_tenant(), stored.key

    def remove_content() -> None:
        with tenant_scope(tenant):
            default_storage.delete(key)

    transaction.on_commit(remove_content, robust=True)


def _unscanned(name: str) -> InQuarantine:
    return InQuarantine(
        "file_unscanned",
        _("We are checking the file “%(name)s” for viruses. Try again in a few minutes.") % {"name": name},
        value=name,
    )


def _infected(name: str) -> InQuarantine:
    return InQuarantine(
        "file_infected",
        _(
            "A virus was found in the file “%(name)s”, so it was removed. "
            "Check the computer on which it was made, and send a clean file."
        )
        % {"name": name},
        value=name,
    )


def _unscannable(name: str) -> InQuarantine:
    return InQuarantine(
        "file_unscannable",
        _(
            "The file “%(name)s” could not be checked for viruses, so nobody gets it. "
            "Save it anew, best as PDF, and send it again."
        )
        % {"name": name},
        value=name,
    )


_REFUSALS = {Scan.WAITING: _unscanned, Scan.INFECTED: _infected, Scan.FAILED: _unscannable}
