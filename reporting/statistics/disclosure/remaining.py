"""What comes out as a rest: a shown sum less everything shown in it is the sum of what is hidden in it.

A hidden cell may be open in itself, and the rest that it is a part of still be one provider's business, whose cells
hide each other. So the rest of every shown sum must be one that might be shown, also without any one tenant's part.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from reporting.statistics.disclosure.sensitive import Limits, reason_for
from reporting.statistics.disclosure.tables import ALL_SERVICES, Figures, Key, Number, Table


@dataclass(frozen=True)
class Rest:
    """The hidden cells that are left of a shown sum, and the cells of which one more must be hidden with them."""

    cells: tuple[Key, ...]
    others: tuple[Key, ...]


class Rests:
    """The rests of a table whose figures show business; of one that shows none there are none."""

    def __init__(self, table: Table, limits: Limits) -> None:
        self.table, self.limits = table, limits
        shows_business = any(figures.providers for figures in table.cells.values())
        self.sums = sorted(table.cells) if shows_business else []

    def telling(self, hidden: Collection[Key]) -> Iterator[Rest]:
        """Those that show a provider's business while these cells are hidden."""
        for key in self.sums:
            yield from self.telling_at(key, hidden)

    def telling_at(self, key: Key, hidden: Collection[Key]) -> Iterator[Rest]:
        """Those of one sum: over places, and over parts."""
        cells, (place, part) = self.table.cells, key
        if key in hidden or cells[key].is_zero:
            return
        splits = [] if place in self.table.leaves else [self._over_places(key, hidden)]
        if part == ALL_SERVICES:
            parts = [(place, one) for one in self.table.services if (place, one) in cells]
            splits.append(
                ([one for one in parts if one in hidden], [one for one in parts if one not in hidden])
            )
        for left, shown in splits:
            if left and self._tells(left):
                yield Rest(tuple(left), (*(one for one in shown if not cells[one].is_zero), key))

    def _over_places(self, key: Key, hidden: Collection[Key]) -> tuple[list[Key], list[Key]]:
        """The hidden cells of tenants that no shown sum below the cell holds, and the shown cells beside them."""
        left: list[Key] = []
        shown: list[Key] = []
        places = list(self.table.below[key[0]])
        while places:
            place = places.pop()
            one = (place, key[1])
            if one not in self.table.cells:
                continue
            if one not in hidden:
                shown.append(one)
            elif place in self.table.leaves:
                left.append(one)
            else:
                places += self.table.below[place]
        return left, shown

    def _tells(self, left: Collection[Key]) -> bool:
        """Whether the rest shows a business, also to a tenant in it, who takes its own figures away."""
        together: dict[str, Number] = defaultdict(int)
        by_owner: dict[str, dict[str, Number]] = defaultdict(lambda: defaultdict(int))
        for key in left:
            for provider, value in self.table.cells[key].providers.items():
                together[provider] += value
                by_owner[key[0]][provider] += value
        if self._is_business(together):
            return True
        whole, most = sum(together.values()), max(together.values(), default=0)
        for own in by_owner.values():
            # Most rests are of so many that nobody's part matters.
            is_wide = len(together) - len(own) >= self.limits.providers
            if is_wide and most <= self.limits.share * (whole - sum(own.values())):
                continue
            if self._is_business({one: value - own.get(one, 0) for one, value in together.items()}):
                return True
        return False

    def _is_business(self, providers: Mapping[str, Number]) -> bool:
        # By providers alone: persons are protected cell by cell, and no rest of theirs has few.
        return reason_for(Figures(None, (1,), providers), self.limits) is not None
