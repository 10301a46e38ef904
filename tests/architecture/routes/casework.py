"""Routes of casework."""

from tests.architecture.entries import Entry

ROWS: dict[str, Entry] = {}
