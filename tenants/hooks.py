"""What tenants ask of the apps above: what an export must not open, how files are read, what an erasure takes along."""

from collections.abc import Callable, Mapping
from uuid import UUID

from kernel.hooks import Hook

# A tenant is erased: facts `tenant` (still with its schema) and `told`, a Counter of what was erased by kind. Fired in
# the transaction that erases.
tenant_erased = Hook("tenant_erased")

# Fired with ids of `users` and the list `kept`: whoever still needs the name of an account adds (id, why) to it.
accounts_kept = Hook("accounts_kept")

# How files of the tenant at hand are read in plain, by the id of their row; None keeps them closed.
FilesReader = Callable[[], Mapping[UUID, Callable[[], bytes] | None]]
_closed: dict[tuple[str, str], str] = {}
_readers: list[FilesReader] = []


def keep_closed(table: str, *columns: str, because: str) -> None:
    """Leave these columns of a table out of exports; `because` is a sentence of English that the dictionary tells."""
    _closed.update({(table, column): because for column in columns})


def closed_column(table: str, column: str) -> str:
    """Why a column stays out of exports, "" where it does not."""
    return _closed.get((table, column), "")


def read_files_by(reader: FilesReader) -> None:
    """Let exports read files that are stored encrypted, or leave them out."""
    if reader not in _readers:
        _readers.append(reader)


def known_files() -> dict[UUID, Callable[[], bytes] | None]:
    """Files of the tenant at hand that are not read as they are stored."""
    return {key: read for reader in _readers for key, read in reader().items()}
