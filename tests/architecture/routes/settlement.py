"""Routes of settlement."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
