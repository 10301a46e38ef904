"""Routes of field."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
