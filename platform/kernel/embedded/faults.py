"""Expected faults of a machine, each as one sentence for the person at the keyboard."""

import errno
import shutil
from pathlib import Path

NEEDED_MB = 500


class EmbeddedFault(Exception):
    """Starting or going on is not possible here; the message is one sentence that names the remedy."""


def explain(error: OSError, place: Path) -> EmbeddedFault:
    """The fault behind an error of the operating system met while working in `place`."""
    where = error.filename or place
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EmbeddedFault(f"The disk of {where} is full: free some space and start again.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return EmbeddedFault(
            f"This user may not use {where}: start as its owner, or give it to this user with chown."
        )
    if error.errno == errno.EROFS:
        return EmbeddedFault(f"{where} is on a read-only disk: start from a folder that can be written to.")
    return EmbeddedFault(f"{where} cannot be used: {error.strerror or error}.")


def require_space(*places: Path, needed_mb: int = NEEDED_MB) -> None:
    """Refuse to start where a disk would fill up at once.

    Raises EmbeddedFault naming the first place with less than `needed_mb` megabytes (10**6 bytes) free.
    """
    for place in places:
        free_mb = shutil.disk_usage(place).free // 1_000_000
        if free_mb < needed_mb:
            raise EmbeddedFault(
                f"The disk of {place} has {free_mb} MB free and {needed_mb} MB are needed: "
                "free some space and start again."
            )
