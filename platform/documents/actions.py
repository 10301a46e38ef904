"""Storing and reading files of the tenant at hand."""

import hashlib
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from documents.models import StoredFile
from kernel.access import Actor
from kernel.ids import new_id


def store_file(content: bytes, *, name: str, content_type: str, folder: str, actor: Actor) -> StoredFile:
    """Keep a file under the tenant's prefix and remember its hash."""
    file_id = new_id()
    key = default_storage.save(f"{folder}/{file_id}", ContentFile(content))
    stored: StoredFile = StoredFile.objects.create(
        id=file_id,
        key=key,
        name=name[:255],
        content_type=content_type[:100],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_by=actor.user_id,
    )
    return stored


def open_file(stored: StoredFile) -> IO[bytes] | File:
    """The content of a stored file, opened for reading."""
    return default_storage.open(stored.key, "rb")
