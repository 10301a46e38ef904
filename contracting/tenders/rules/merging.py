"""Two people write one section: what each changed is kept, and only what both changed differently is a clash."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Clash:
    """A field, or a whole list of rows, that two people changed differently: its key, what stands, what was sent."""

    key: str
    theirs: Any
    mine: Any


@dataclass
class Merged:
    """The section after a merge: of a clash what stands already stays."""

    value: Any
    clashes: list[Clash] = field(default_factory=list)


def merge(base: Any, current: Any, mine: Any) -> Merged:
    """A section as it was seen, as it stands, and as it was sent; lists of rows are compared whole."""
    if isinstance(current, list):
        kept = merge({"": base}, {"": current}, {"": mine})
        return Merged(kept.value[""], kept.clashes)
    merged = Merged(dict(current))
    for key, wanted in mine.items():
        seen, stands = base.get(key), current.get(key)
        if wanted in (seen, stands):
            continue
        if stands == seen:
            merged.value[key] = wanted
        else:
            merged.clashes.append(Clash(key, stands, wanted))
    return merged
