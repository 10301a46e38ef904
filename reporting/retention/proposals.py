"""Terms that the product proposes for classes of its own: with a source where one is known, else to be confirmed.

None of them acts: a term holds once the unit has entered it as a class of its index of files.
"""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Proposal:
    """Category and whole years proposed for a kind; `source` is "" where nobody has found one."""

    kind: str
    category: str
    years: int
    source: str


def _read() -> tuple[Proposal, ...]:
    lines = Path(__file__).with_suffix(".csv").read_text("utf-8").splitlines()
    rows = csv.DictReader(lines)
    return tuple(Proposal(row["kind"], row["category"], int(row["years"]), row["source"]) for row in rows)


PROPOSALS = _read()
