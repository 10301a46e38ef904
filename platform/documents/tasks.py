"""Sweeping the store: content whose row was never committed, or whose removal failed, goes after a day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from celery import shared_task
from django.core.files.storage import default_storage
from django.utils import timezone
from django_tenants.utils import get_tenant_model

from documents.models import StoredFile
from kernel.tenancy import public_scope, require_tenant

log = structlog.get_logger(__name__)
# Longer than any transaction lasts, so that a file whose row is not committed yet is never taken.
PATIENCE = timedelta(days=1)


@shared_task(name="documents.sweep_all_files")
def sweep_all_files() -> int:
    """Hand over the sweeping of every tenant; returns how many."""
    with public_scope():
        schemas = list(get_tenant_model().objects.values_list("schema_name", flat=True))
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
