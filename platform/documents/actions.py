"""Storing, reading and removing files of the tenant at hand."""

import hashlib
from collections.abc import Callable, Collection
from pathlib import PurePosixPath
from typing import IO, Any

import structlog
from cryptography.fernet import InvalidToken
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from documents import scanning, tasks
from documents.models import StoredFile
from kernel.access import Actor
from kernel.background import hand_over_after_commit
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import require_tenant, tenant_scope

log = structlog.get_logger(__name__)
_NAME_MAX = 255
_CHUNK = 1024 * 1024


def store_file(
    content: bytes,
    *,
    name: str,
    content_type: str,
    folder: str,
    actor: Actor,
    brought: bool = False,
    is_encrypted: bool = False,
) -> StoredFile:
    """Keep a file under the tenant's prefix and remember its hash.

    What somebody `brought` goes into quarantine until the scanner has looked (documents.scanning); `is_encrypted` where
    the content is encrypted with the tenant's key. Call it inside the transaction that needs the file. When that rolls
    back the row is gone and the content is left over; documents.tasks.sweep_files removes it a day later. Raises
    ServerAway where the store is away.
    """
    file_id = new_id()
    key = default_storage.save(f"{folder}/{file_id}", ContentFile(content))
    try:
        with transaction.atomic():
            stored: StoredFile = StoredFile.objects.create(
                id=file_id,
                key=key,
                name=_plain_name(name),
                content_type=content_type[:100],
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                stored_by=actor.user_id,
                scan=scanning.first_state(brought=brought),
                is_encrypted=is_encrypted,
            )
    except DatabaseError:
        default_storage.delete(key)
        raise
    if stored.scan == StoredFile.Scan.WAITING:
        hand_over_after_commit(tasks.scan_file, stored.pk, then=lambda: None)
    return stored


def open_file(stored: StoredFile, *, also_unscanned: bool = False, called: str = "") -> IO[bytes] | File:
    """The content of a stored file, opened for reading, after its bytes were checked against its hash.

    `also_unscanned` is for programs that read a file and hand it to nobody; `called` is the name its reader knows where
    the store is not told it. Raises DomainError `file_missing` or `file_damaged`, InQuarantine of require_released, and
    ServerAway where the store is away.
    """
    if not (also_unscanned and stored.scan in {StoredFile.Scan.WAITING, StoredFile.Scan.FAILED}):
        scanning.require_released(stored, called=called)
    try:
        file: Any = default_storage.open(stored.key, "rb")
    except FileNotFoundError:
        log.error("file_missing", file=str(stored.pk))
        raise DomainError(
            "file_missing",
            _("The content of the file “%(name)s” is not in the store. Tell the operator of the platform.")
            % {"name": called or stored.name},
            value=called or stored.name,
        ) from None
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    if digest.hexdigest() != stored.sha256:
        file.close()
        log.error("file_damaged", file=str(stored.pk))
        raise DomainError(
            "file_damaged",
            _(
                "The file “%(name)s” is not what was stored: its content has changed, so it is not opened. "
                "Tell the operator of the platform."
            )
            % {"name": called or stored.name},
            value=called or stored.name,
        )
    file.seek(0)
    opened: IO[bytes] | File = file
    return opened


def encrypt_files_anew(anew: Callable[[bytes], bytes | None]) -> int:
    """Store anew what the tenant's key encrypts, each as `anew` gives it; how many files were.

    In a transaction; the former contents are left over, and documents.tasks.sweep_files removes them a day later.
    Contents that are missing, or that `anew` cannot open, stay as they are. Raises ServerAway where the store is away.
    """
    changed = 0
    for stored in StoredFile.objects.select_for_update().filter(is_encrypted=True).order_by("pk"):
        try:
            with default_storage.open(stored.key, "rb") as file:
                content = anew(file.read())
        except (FileNotFoundError, InvalidToken):
            continue
        if content is not None:
            stored.key = default_storage.save(
                str(PurePosixPath(stored.key).with_name(str(new_id()))), ContentFile(content)
            )
            stored.size, stored.sha256 = len(content), hashlib.sha256(content).hexdigest()
            stored.save(update_fields=["key", "size", "sha256"])
            changed += 1
    return changed


def remove_file(stored: StoredFile) -> None:
    """Forget a file now and remove its content after commit; a store that is away is swept later."""
    key, tenant = stored.key, require_tenant()
    stored.delete()

    def remove_content() -> None:
        # The transaction may end after its tenant was left.
        with tenant_scope(tenant):
            default_storage.delete(key)

    transaction.on_commit(remove_content, robust=True)


def remove_files(files: Collection[StoredFile]) -> None:
    """Forget many files now; a worker removes their contents after commit, so that no page waits for each of them.

    What the queue or the store loses meanwhile is swept a day later.
    """
    if not files:
        return
    StoredFile.objects.filter(pk__in=[stored.pk for stored in files]).delete()
    hand_over_after_commit(tasks.remove_contents, *(stored.key for stored in files), then=lambda: None)


def _plain_name(name: str) -> str:
    """The name as given, without folders and control characters, its ending kept when it is too long."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(sign for sign in last if sign.isprintable()) or "-"
    if len(plain) <= _NAME_MAX:
        return plain
    ending = PurePosixPath(plain).suffix[:20]
    return plain[: _NAME_MAX - len(ending)] + ending
