"""Sweeping the store (content whose row was never committed goes after a day), and scanning what people brought."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import get_tenant_model

from documents import notices, scanning
from documents.models import StoredFile
from kernel.background import UNTIL_SENT, hand_over
from kernel.clamd import ScannerAway
from kernel.errors import ServerAway
from kernel.tenancy import public_scope, require_tenant

log = structlog.get_logger(__name__)
# Longer than any transaction lasts, so that a file whose row is not committed yet is never taken.
PATIENCE = timedelta(days=1)
# What the scanner has not looked at within so long was lost with the queue, or the scanner was away.
SCANNED_WITHIN = timedelta(minutes=5)
AT_ONCE = 200
# How often the clock comes; what a run handed over and nobody began until the next is dropped for that one's.
EVERY_SECONDS = 600


@shared_task(name="documents.sweep_all_files")
def sweep_all_files() -> int:
    """Hand over the sweeping of every tenant; returns how many."""
    with public_scope():
        schemas = list(get_tenant_model().objects.present().values_list("schema_name", flat=True))
    for schema_name in schemas:
        sweep_files.apply_async(headers={"_schema_name": schema_name})
    return len(schemas)


@shared_task(name="documents.sweep_files")
def sweep_files() -> int:
    """Delete what lies in the tenant's part of the store for over a day without a row; returns how many."""
    require_tenant()
    limit = timezone.now() - PATIENCE
    old = [key for key in _keys("") if (made := _made_at(key)) is not None and made < limit]
    known: set[str] = set()
    for start in range(0, len(old), 1000):
        known.update(
            StoredFile.objects.filter(key__in=old[start : start + 1000]).values_list("key", flat=True)
        )
    left_over = [key for key in old if key not in known]
    for key in left_over:
        default_storage.delete(key)
    if left_over:
        log.info("files_swept", count=len(left_over))
    return len(left_over)


@shared_task(name="documents.remove_contents", autoretry_for=(ServerAway,), retry_backoff=20, max_retries=4)
def remove_contents(*keys: str) -> int:
    """Delete these contents, whose rows are gone; returns how many. One whose row stands is left alone, whoever asks.

    Doing it again is safe; a store that is away is asked again.
    """
    require_tenant()
    known = set(StoredFile.objects.filter(key__in=keys).values_list("key", flat=True))
    gone = [key for key in keys if key not in known]
    for key in gone:
        default_storage.delete(key)
    return len(gone)


@shared_task(
    name="documents.scan_file", autoretry_for=(ScannerAway, ServerAway), retry_backoff=20, max_retries=4
)
def scan_file(file_id: str) -> str:
    """Let the scanner look at a file that waits for it; gives what it is then. One that is away is asked again.

    A file at which the scanner fails is not tried again at once: the clock hands it over after all others.
    """
    stored = scanning.waiting().filter(pk=UUID(file_id)).first() if settings.CLAMAV_ADDRESS else None
    if stored is None:
        return ""
    state = scanning.scan_file(stored)
    if state in {StoredFile.Scan.INFECTED, StoredFile.Scan.FAILED}:
        hand_over(tell_of_file, stored.pk)
    return state


@shared_task(name="documents.tell_of_file", **UNTIL_SENT)
def tell_of_file(file_id: str) -> None:
    """Mail who brought a file that nobody will get it, once."""
    require_tenant()
    with transaction.atomic():
        untold = scanning.kept_back().select_for_update(skip_locked=True).filter(told_at__isnull=True)
        stored = untold.filter(pk=UUID(file_id)).first()
        if stored is None:
            return
        stored.told_at = timezone.now()
        stored.save(update_fields=["told_at"])
        # Inside the transaction: a mail that cannot be sent leaves it untold.
        notices.tell_of_file(stored)


def hand_over_waiting() -> int:
    """Hand over again, in the tenant at hand, what the scanner has not looked at; returns how many.

    Also the mails about files that were kept back and nobody was told of. A scanner that is away is handed nothing.
    """
    limit = timezone.now() - SCANNED_WITHIN
    untold = scanning.kept_back().filter(told_at__isnull=True, scanned_at__lt=limit)
    for pk in untold.values_list("pk", flat=True)[:AT_ONCE]:
        hand_over(tell_of_file, pk, expires=EVERY_SECONDS)
    waiting = scanning.waiting().filter(stored_at__lt=limit).values_list("pk", flat=True)[:AT_ONCE]
    if not settings.CLAMAV_ADDRESS or not waiting or scanning.scanner_is_away():
        return 0
    return sum(hand_over(scan_file, pk, expires=EVERY_SECONDS) for pk in waiting)


def files_in_quarantine() -> int:
    """How many files of the tenant at hand nobody gets until the scanner has looked."""
    return int(StoredFile.objects.filter(scan=StoredFile.Scan.WAITING).count())


def files_unscannable() -> int:
    """How many files of the tenant at hand the scanner was not able to check, for the operator to look at."""
    return int(StoredFile.objects.filter(scan=StoredFile.Scan.FAILED).count())


def mails_untold() -> int:
    """How many people have not been told yet that nobody will get the file they brought."""
    return int(scanning.kept_back().filter(told_at__isnull=True).count())


def _keys(folder: str) -> Iterator[str]:
    folders, files = default_storage.listdir(folder)
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from _keys(f"{folder}/{name}" if folder else name)


def _made_at(key: str) -> datetime | None:
    """When a key was made, which its UUIDv7 says; None for a name that store_file did not give."""
    try:
        made = UUID(key.rpartition("/")[2])
    except ValueError:
        return None
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC) if made.version == 7 else None
