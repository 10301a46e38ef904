"""Routes of supervision."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
