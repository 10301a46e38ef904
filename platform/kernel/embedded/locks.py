"""A lock on a folder that the operating system releases when its holder dies."""

import fcntl
import os
from pathlib import Path


class HeldLockError(Exception):
    """Another process holds the lock; `note` is what it wrote about itself."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class FolderLock:
    """A lock file: the lock itself is the kernel's, the text in the file only tells others who holds it.

    A text found after the lock was had is what a holder left who died without releasing it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def acquire(self, note: str) -> str:
        """Take the lock and write the note; returns the note of a holder who died, or ''.

        Raises HeldLockError with the note of a holder who lives.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found = os.read(handle, 4096).decode("utf-8", "replace")
            os.close(handle)
            raise HeldLockError(found) from None
        self._file = handle
        found = os.read(handle, 4096).decode("utf-8", "replace")
        self.rewrite(note)
        return found

    def rewrite(self, note: str) -> None:
        """Replace the note of a lock that is held."""
        if self._file is None:
            raise RuntimeError("the lock is not held")
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, note.encode(), 0)

    def release(self) -> None:
        """Give the lock back and leave no note; nothing happens when it is not held."""
        if self._file is None:
            return
        os.ftruncate(self._file, 0)
        os.close(self._file)
        self._file = None
