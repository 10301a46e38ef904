"""Routes of accounts: one's own account and the outbox of a local demo."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "accounts:profile": of(),
    "outbox:messages": of(),
    "outbox:message": of(key="mail_key"),
}
