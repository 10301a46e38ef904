"""Quarantine: what people brought is handed out only after a scanner has looked at it."""

from typing import Any

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from documents.models import StoredFile
from kernel import clamd, crypto
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import require_tenant, tenant_scope

log = structlog.get_logger(__name__)
Scan = StoredFile.Scan


def first_state(*, brought: bool) -> str:
    """How a file begins: made by the product, waiting for the scanner, or past one where none is set up."""
    if not brought:
        return Scan.MADE
    return Scan.WAITING if settings.CLAMAV_ADDRESS else Scan.UNSCANNED


class InQuarantine(DomainError):
    """The file may not be handed out now, or never."""

    status = 409


def require_released(stored: StoredFile) -> None:
    """Raises InQuarantine `file_unscanned` or `file_infected`."""
    if stored.scan == Scan.WAITING:
        raise _unscanned(stored.name)
    if stored.scan == Scan.INFECTED:
        raise _infected(stored.name)


def require_clean(content: bytes, name: str) -> None:
    """Look at content that lay encrypted until now, where a scanner is set up. Raises InQuarantine."""
    if not settings.CLAMAV_ADDRESS:
        return
    try:
        found = clamd.scan(content, settings.CLAMAV_ADDRESS)
    except clamd.ScannerAway as error:
        log.warning("scanner_away", kind=str(error))
        raise _unscanned(name) from error
    if found:
        raise _infected(name)


def waiting() -> Any:
    """Files of the tenant at hand that the scanner is still to look at, the oldest first.

    Also those that were brought while none was set up; they are handed out meanwhile.
    """
    return StoredFile.objects.filter(scan__in=[Scan.WAITING, Scan.UNSCANNED]).order_by("stored_at")


def scan_file(stored: StoredFile) -> str:
    """Let the scanner look, and note what it said; an infected file loses its content. Gives the state.

    Raises ScannerAway, and ServerAway of the store: it stays in quarantine then.
    """
    with default_storage.open(stored.key, "rb") as file:
        content = file.read()
    if stored.is_encrypted:
        content = crypto.decrypt_bytes(content)
    found = clamd.scan(content, settings.CLAMAV_ADDRESS)
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
