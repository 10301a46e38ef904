"""The envelope of an archive: a tar that is encrypted while it is written, so that no plain copy lies anywhere.

The form is age (age-encryption.org/v1): whoever holds the identity opens an archive with the tool of that name, without
this product.
"""

import os
import tarfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


def recipients_of(texts: Sequence[str]) -> list[Any]:
    """Public keys (`age1…`) that open an archive. Raises DomainError `no_recipient` or `wrong_recipient`."""
    if not texts:
        raise DomainError(
            "no_recipient",
            _(
                "Nobody is named who could open the archive. Make an identity with age-keygen, keep it where neither "
                "this server nor its backups are, and name its public key in ARCHIVE_RECIPIENTS."
            ),
        )
    found = []
    for text in texts:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError:
            raise DomainError(
                "wrong_recipient",
                _("“%(value)s” is not a public key of age. It begins with age1; age-keygen prints it.")
                % {"value": text},
                value=text,
            ) from None
    return found


def identities_in(path: Path) -> list[Any]:
    """The private keys of a file that age-keygen made. Raises DomainError `no_identity`."""
    lines = [line.strip() for line in path.read_text(encoding="ascii", errors="replace").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise DomainError(
            "no_identity",
            _("%(path)s holds no identity of age: a line that begins with AGE-SECRET-KEY-1.")
            % {"path": path.name},
            value=path.name,
        )
    return found


class _Beside(threading.Thread):
    """Runs the work beside the caller; what it raised is raised again where it is waited for."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self.error = error


@contextmanager
def encrypting(out: IO[bytes], recipients: Sequence[Any]) -> Iterator[IO[bytes]]:
    """A file to be written once from its beginning; what is written reaches `out` encrypted."""
    reading, writing = os.pipe()

    def encrypt() -> None:
        with os.fdopen(reading, "rb") as source:
            pyrage.encrypt_io(source, out, recipients)

    beside = _Beside(encrypt)
    try:
        with os.fdopen(writing, "wb") as sink:
            yield sink
    except BrokenPipeError:
        beside.join()
        raise beside.error or OSError("the archive could not be written") from None
    finally:
        beside.join()
    if beside.error:
        raise beside.error


@contextmanager
def sealing(out: IO[bytes], recipients: Sequence[Any]) -> Iterator[tarfile.TarFile]:
    """A tar whose bytes reach `out` encrypted."""
    with encrypting(out, recipients) as sink, tarfile.open(fileobj=sink, mode="w|") as tar:
        yield tar


@contextmanager
def opened(path: Path, identities: Sequence[Any]) -> Iterator[tarfile.TarFile]:
    """The tar of an archive, read once from its beginning. Raises DomainError `archive_unreadable`."""
    reading, writing = os.pipe()

    def decrypt() -> None:
        with os.fdopen(writing, "wb") as sink, path.open("rb") as source:
            pyrage.decrypt_io(source, sink, identities)

    beside = _Beside(decrypt)
    try:
        with os.fdopen(reading, "rb") as source, tarfile.open(fileobj=source, mode="r|") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        beside.join()
        raise _unreadable(path) from (beside.error or error)
    finally:
        beside.join()
    # A reader that has seen enough closes the pipe; anything else is a damaged file.
    if beside.error and not isinstance(beside.error, BrokenPipeError):
        raise _unreadable(path) from beside.error


def _unreadable(path: Path) -> DomainError:
    return DomainError(
        "archive_unreadable",
        _(
            "%(path)s cannot be opened: it was cut off or changed, or the identity is not one that it was written "
            "for. Nothing was restored. Try another copy, or another identity."
        )
        % {"path": path.name},
        value=path.name,
    )
