"""Routes of advice."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
