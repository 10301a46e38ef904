"""Routes of exchange."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
