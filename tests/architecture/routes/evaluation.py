"""Routes of evaluation."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
