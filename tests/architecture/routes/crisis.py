"""Routes of crisis."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
