"""What was accepted of each visit of a month: refused minutes find their visits, without Django."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from uuid import UUID

# Decision, date, wall-clock start, code of the worker: how a refused visit is named in what was frozen.
Place = tuple[UUID, date, time, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One visit that counts: its length and what of it was refused, in minutes."""

    visit: UUID
    decision: UUID
    date: date
    start: time
    worker: str
    minutes: int
    refused: int = 0

    @property
    def place(self) -> Place:
        """How what was frozen names it."""
        return (self.decision, self.date, self.start, self.worker)

    @property
    def accepted(self) -> int:
        """Minutes accepted."""
        return self.minutes - self.refused


def accepted_lines(
    lines: Iterable[Line],
    *,
    of_visits: Mapping[Place, int],
    of_decisions: Mapping[UUID, int],
    beyond: int = 0,
) -> list[Line]:
    """The lines of a contract's month, in time, with the minutes refused of each.

    `of_visits` are minutes refused of single visits, `of_decisions` all that was refused of a decision (those of its
    visits included), `beyond` what was refused of the contract above that. An excess names no visit: it is taken from
    the last visits of the month backwards, because what was too much came last. No line loses more than its minutes.
    """
    ordered = sorted(lines, key=lambda line: (line.date, line.start, line.worker, line.visit))
    wanted = dict(of_visits)
    left = dict(of_decisions)
    refused: dict[UUID, int] = defaultdict(int)

    def take(line: Line, minutes: int) -> int:
        taken = min(minutes, line.minutes - refused[line.visit])
        refused[line.visit] += taken
        return taken

    for line in ordered:
        taken = take(line, min(wanted.get(line.place, 0), left.get(line.decision, 0)))
        if taken:
            wanted[line.place] -= taken
            left[line.decision] -= taken
    for line in reversed(ordered):
        if left.get(line.decision, 0):
            left[line.decision] -= take(line, left[line.decision])
    for line in reversed(ordered):
        beyond -= take(line, beyond)
    return [replace(line, refused=refused[line.visit]) for line in ordered]
