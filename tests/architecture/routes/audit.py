"""Routes of audit: the record."""

from tests.architecture.entries import Entry, form_only, of

ROWS: dict[str, Entry] = {
    "audit:entries": of(),
    "audit:export_entries": form_only(),
    "audit:readings": of(),
    "audit:export_readings": form_only(),
    "record:entries": of(),
}
