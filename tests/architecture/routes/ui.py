"""Routes of ui: the icon, the style guide and the pages of errors."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "icon:icon": of(),
    "ui:styleguide": of(),
    "ui:error_sample": Entry({"status": "error_status"}, status=409),
}
