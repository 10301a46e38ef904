"""Names of segments of the write-ahead log: 8 hex digits each of timeline, log and place within the log."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

SEGMENT = re.compile(r"[0-9A-F]{24}")
# Which timeline came from which; PostgreSQL needs it to recover across a restoration.
HISTORY = re.compile(r"[0-9A-F]{8}\.history")


def place_of(name: str, segment_bytes: int) -> int:
    """The number of a segment, whatever its timeline."""
    return int(name[8:16], 16) * (0x1_0000_0000 // segment_bytes) + int(name[16:24], 16)


@dataclass(frozen=True)
class Branch:
    """A timeline and those it came from, oldest first, each with the byte of the log at which it was left."""

    number: int
    left: Mapping[int, int]

    @classmethod
    def of_history(cls, name: str, text: str) -> "Branch":
        """What a history file says (PostgreSQL, "Timelines"): a line `timeline, place, reason` for each before."""
        rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
        return cls(int(name[:8], 16), {int(number): _byte(place) for number, place, *_reason in rows})

    def holds(self, name: str, segment_bytes: int) -> bool:
        """Whether a segment, at least its beginning, belongs to what this timeline holds."""
        number = int(name[:8], 16)
        if number in self.left:
            return place_of(name, segment_bytes) * segment_bytes <= self.left[number]
        return number == self.number

    def beginnings(self, after: int, segment_bytes: int) -> list[str]:
        """The first segment of each timeline that follows this one up to the branch's own."""
        line = [*self.left, self.number]
        return [
            _name(number, self.left[before] // segment_bytes, segment_bytes)
            for before, number in pairwise(line[line.index(after) :])
        ]


def _byte(place: str) -> int:
    high, low = place.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def _name(timeline: int, place: int, segment_bytes: int) -> str:
    high, low = divmod(place, 0x1_0000_0000 // segment_bytes)
    return f"{timeline:08X}{high:08X}{low:08X}"


def gaps_between(names: Iterable[str], segment_bytes: int) -> list[tuple[str, str]]:
    """Neighbours of one timeline between which segments are missing."""
    ordered = sorted(name for name in names if SEGMENT.fullmatch(name))
    return [
        (before, after)
        for before, after in pairwise(ordered)
        if before[:8] == after[:8] and place_of(after, segment_bytes) > place_of(before, segment_bytes) + 1
    ]
