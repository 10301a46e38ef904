"""Routes of audit: the record."""

from tests.architecture.entries import PERSONS, Entry, of

ROWS: dict[str, Entry] = {
    "audit:entries": of(),
    "audit:export_entries": Entry(status=405, file=PERSONS),
    "audit:readings": of(),
    "audit:export_readings": Entry(status=405, file=PERSONS),
    "record:entries": of(),
}
