"""Routes of retention."""

from tests.architecture.entries import Entry, form_only, of

ROWS: dict[str, Entry] = {
    "retention:overview": of(),
    "retention:propose": of(),
    "retention:clearance": of(pk="clearance"),
    "retention:confirm": of(pk="clearance"),
    "retention:keep_back": of(pk="clearance_line"),
    "retention:classes": of(),
    "retention:remove_class": form_only(pk="retention_class"),
    "retention:holds": of(),
    "retention:lift_hold": form_only(pk="hold"),
}
