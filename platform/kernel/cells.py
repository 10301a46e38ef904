"""Cells of files that leave the product, made harmless for spreadsheets."""

import re

# A spreadsheet takes text that begins so for a formula. Apostrophes before it are part of the pattern,
# so that escaping can be undone without losing one that was typed.
_RISKY = re.compile(r"'*[=+\-@\t\r\n]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


def escape_cell(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if _RISKY.match(text) else text


def unescape_cell(text: str) -> str:
    """The text as it was before `escape_cell`."""
    return text[1:] if text.startswith("'") and _ESCAPED.match(text) else text
