"""Routes of continuity."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
