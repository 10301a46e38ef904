"""Pure rules of what may be written between a region and a tenant: figures and periods, never a person."""

import re

_DIGITS_OF_PESEL = 11
# Eleven digits, also where blanks, dots or dashes stand between them; longer rows of digits are something else.
_LIKE_PESEL = re.compile(r"(?<![0-9])[0-9](?:[ \t.\-\u00a0\u2009\u202f]?[0-9]){10}(?![0-9])")


def like_pesel(text: str) -> str | None:
    """The first part of the text that could be a PESEL, or None.

    Its check digit is not asked for: a mistyped PESEL still points at a person.
    """
    found = _LIKE_PESEL.search(text)
    return found[0] if found else None
