"""Names of segments of the write-ahead log: 8 hex digits each of timeline, log and place within the log."""

import re
from collections.abc import Iterable
from itertools import pairwise

SEGMENT = re.compile(r"[0-9A-F]{24}")
# Which timeline came from which; PostgreSQL needs it to recover across a restoration.
HISTORY = re.compile(r"[0-9A-F]{8}\.history")


def place_of(name: str, segment_bytes: int) -> int:
    """The number of a segment, whatever its timeline."""
    return int(name[8:16], 16) * (0x1_0000_0000 // segment_bytes) + int(name[16:24], 16)


def gaps_between(names: Iterable[str], segment_bytes: int) -> list[tuple[str, str]]:
    """Neighbours of one timeline between which segments are missing."""
    ordered = sorted(name for name in names if SEGMENT.fullmatch(name))
    return [
        (before, after)
        for before, after in pairwise(ordered)
        if before[:8] == after[:8] and place_of(after, segment_bytes) > place_of(before, segment_bytes) + 1
    ]
