"""Routes of accounts: one's own account and the outbox of a local demo."""

from tests.architecture.entries import Entry, form_only, of

ROWS: dict[str, Entry] = {
    "accounts:profile": of(),
    "accounts:stay": of(),
    "accounts:end_idle": form_only(),
    "accounts:back": of(),
    # What a session has not asked for is not there.
    "accounts:asked_file": Entry({"key": "mail_key"}, status=404),
    "outbox:messages": of(),
    "outbox:message": of(key="mail_key"),
}
