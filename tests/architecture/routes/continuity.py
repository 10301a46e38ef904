"""Routes of continuity."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "continuity:radar": of(),
    "continuity:settings": of(),
    "continuity:check": of(decision_pk="decision"),
}
