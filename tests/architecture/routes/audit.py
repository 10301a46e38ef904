"""Routes of audit: the record."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "audit:entries": of(),
    "audit:readings": of(),
    "record:entries": of(),
}
