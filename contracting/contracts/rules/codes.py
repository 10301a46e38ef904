"""Codes of workers in a series."""

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"(\D*)(\d+)")


def next_code(codes: Iterable[str], *, first: str) -> str:
    """The code after the highest of a series: W01, W02 → W03; `first` where there is none of its series."""
    matched_first = _NUMBERED.fullmatch(first)
    if matched_first is None:
        raise ValueError(f"{first!r} does not end in a number")
    prefix, highest, width = matched_first[1], 0, len(matched_first[2])
    for code in codes:
        matched = _NUMBERED.fullmatch(code)
        if matched and matched[1] == prefix and int(matched[2]) > highest:
            highest, width = int(matched[2]), max(width, len(matched[2]))
    return f"{prefix}{highest + 1:0{width}d}" if highest else first
