"""Complementary suppression: as few further cells hidden as keep every sensitive one from being computed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from math import inf

from reporting.statistics.disclosure.network import Network, Way
from reporting.statistics.disclosure.remaining import Rest, Rests
from reporting.statistics.disclosure.sensitive import Limits, Reason, fewest_at, sensitive_cells
from reporting.statistics.disclosure.tables import ALL_SERVICES, COUNTRY, Key, Number, Table

# What hiding a shown cell costs: a tenant's cell 1, a county's 2, a voivodeship's 4, the country's 8.
_LEVEL_COST = 2
# What using a hidden one costs: next to nothing, so that ways are shared.
_HIDDEN_COST = 0.02
# Among equal ways that of the fewest persons: less is lost.
_PERSONS_COST = 1e-9


@dataclass(frozen=True)
class Protection:
    """The pattern of a table: why each hidden cell is hidden, and the ways that protect the sensitive ones."""

    hidden: Mapping[Key, Reason]
    ways: Mapping[Key, tuple[Way, ...]]


def coarser(table: Table, hidden: Collection[Key], key: Key) -> Key | None:
    """The nearest cell that shows the hidden one as part of a sum: all services, or a place above; else None."""
    place, service = key
    candidates = [(place, ALL_SERVICES)]
    for above in table.ancestors(place):
        candidates += [(above, service), (above, ALL_SERVICES)]
    return next((one for one in candidates if one in table.cells and one not in hidden), None)


def protect(
    table: Table,
    limits: Limits,
    *,
    already: Iterable[Key] = (),
    spread: Decimal = Decimal("0.5"),
    insiders: bool = True,
) -> Protection:
    """Hide the sensitive cells of the table and what protects them (see the package for what is promised).

    `already` are cells that are hidden in any case, as in the table of a wider population. The same table gives the
    same pattern. Without `insiders` only readers from outside are withstood, and rests stay as they are: that is for
    comparison with an optimum.
    """
    return _Protecting(table, limits, frozenset(already), spread, insiders).run()


class _Protecting:
    def __init__(
        self, table: Table, limits: Limits, already: frozenset[Key], spread: Decimal, insiders: bool
    ) -> None:
        self.table, self.limits, self.spread, self.insiders = table, limits, spread, insiders
        self.network = Network(table)
        self.sensitive = sensitive_cells(table, limits)
        self.fixed = {key for key in already if key in table.cells and not table.cells[key].is_zero}
        self.fixed.update(self.sensitive)
        self.network.hide(sorted(self.fixed))
        self.ways: dict[Key, tuple[Way, ...]] = {}
        self._levels = {place: self._level(place) for place in {place for place, _service in table.cells}}

    @property
    def hidden(self) -> set[Key]:
        return self.network.hidden

    def _level(self, place: str) -> int:
        if place in self.table.leaves:
            return 0
        depth = sum(1 for _place in self.table.ancestors(place))
        return max(1, 3 - depth)

    def run(self) -> Protection:
        for key in sorted(self.sensitive, key=lambda one: (-self._levels[one[0]], one)):
            self.ways[key] = self._protect(key)
            self.network.hide(chain.from_iterable(self.ways[key]))
        self._give_back()
        if self.insiders:
            self._hide_with_rests()
        reasons = {key: self.sensitive.get(key, Reason.PROTECTS) for key in sorted(self.hidden)}
        return Protection(reasons, self.ways)

    def _give_back(self) -> None:
        """Show again what later ways made needless, the dearest first."""
        users: dict[Key, set[Key]] = defaultdict(set)
        for key, ways in self.ways.items():
            for cell in chain.from_iterable(ways):
                users[cell].add(key)
        for cell in sorted(self.hidden - self.fixed, key=lambda one: (-self._price(one), one)):
            self.network.show(cell)
            instead = self._instead(users[cell])
            if instead is None:
                self.network.hide([cell])
                continue
            for key, ways in instead.items():
                for one in chain.from_iterable(self.ways[key]):
                    users[one].discard(key)
                for one in chain.from_iterable(ways):
                    users[one].add(key)
                self.ways[key] = ways
        # What no way uses any more, but was tried before that, protects nobody.
        used = self.fixed.union(*chain.from_iterable(self.ways.values()))
        for cell in self.hidden - used:
            self.network.show(cell)

    def _hide_with_rests(self) -> None:
        """Hide more cells with those whose rest shows a business, each with a way of its own, until none does."""
        rests, hidden = Rests(self.table, self.limits), -1
        while hidden < len(self.hidden):
            hidden = len(self.hidden)
            for key in rests.sums:
                while (rest := next(rests.telling_at(key, self.hidden), None)) is not None:
                    self._hide_with(rest)

    def _hide_with(self, rest: Rest) -> None:
        others = sorted(rest.others, key=lambda one: (self._price(one), one))
        cheapest: tuple[float, list[Key], Way] = (inf, [], {others[0]: 1})
        for other in others:
            left = cheapest[0] - self._price(other)
            if left < 0:
                break
            found = self.network.cheapest_way(other, self._cost_to_hide, at_most=left)
            if found is not None:
                price = sum(map(self._cost_to_hide, found, found.values()))
                cheapest = min(cheapest, (price, sorted(found), found), key=lambda one: one[:2])
        way = cheapest[2]
        self.network.hide(way)
        # Whoever has a secret in the rest is why the others are hidden.
        for key in {*rest.cells} & {*self.sensitive}:
            self.ways[key] = (*self.ways[key], way)

    def _cost_to_hide(self, cell: Key, _sign: int) -> float:
        return _HIDDEN_COST if cell in self.hidden else self._price(cell)

    def _instead(self, keys: Iterable[Key]) -> dict[Key, tuple[Way, ...]] | None:
        """Other ways of hidden cells for each of the sensitive ones, or None where one of them has none."""
        found = {}
        for key in sorted(keys):
            found[key] = self._protect(key, hidden_only=True)
            if not found[key]:
                return None
        return found

    def _price(self, cell: Key) -> float:
        return float(_LEVEL_COST ** self._levels[cell[0]]) + _PERSONS_COST * (
            self.table.cells[cell].persons or 0
        )

    def _protect(self, key: Key, *, hidden_only: bool = False) -> tuple[Way, ...]:
        """The ways of a sensitive cell: one, and one more that no insider of the first one knows; () where none."""
        first = self._way(key, frozenset(), hidden_only)
        if first is None:
            return ()
        if not self.insiders:
            return (first,)
        knowers = self.table.knowers
        insiders = frozenset().union(*(knowers[cell] for cell in first)) - knowers[key]
        if not insiders:
            return (first,)
        second = self._way(key, insiders, hidden_only)
        return () if second is None else (first, second)

    def _way(self, key: Key, without: frozenset[str], hidden_only: bool) -> Way | None:
        for demand in (_Demand.NONE, _Demand.GROWING, _Demand.SHRINKING):
            way = self._search(key, without, hidden_only, demand)
            if way is None and demand == _Demand.NONE:
                break
            if way is not None and self._is_enough(key, way):
                return way
        over_all = self.network.chain(key, without)
        return None if hidden_only and not self.hidden.issuperset(over_all) else over_all

    def _search(self, key: Key, without: frozenset[str], hidden_only: bool, demand: int) -> Way | None:
        cells, knowers, hidden = self.table.cells, self.table.knowers, self.hidden
        need = self._need(key)
        values = [self.spread * (value or 0) for value in cells[key].values]
        told = [bool(value) for value in cells[COUNTRY, key[1]].values]

        def cost(cell: Key, sign: int) -> float | None:
            if without and not without.isdisjoint(knowers[cell]):
                return None
            figures = cells[cell]
            if sign < 0 and need and (figures.persons or 0) - 1 < need:
                return None
            if sign == demand and any(map(_is_less, figures.values, values)):
                return None
            if sign < 0 and demand == _Demand.SHRINKING and any(map(_is_stuck, figures.values, values, told)):
                return None
            return _HIDDEN_COST if cell in hidden else self._price(cell)

        return self.network.cheapest_way(key, cost, hidden_only=hidden_only)

    def _need(self, key: Key) -> int:
        """By how many persons the cell must be able to grow, so that it might be one that is shown."""
        persons = self.table.cells[key].persons
        return 0 if persons is None else max(0, fewest_at(self.table, key, self.limits) - persons)

    def _is_enough(self, key: Key, way: Way) -> bool:
        signs = way.items()
        shrinking = [self.table.cells[cell] for cell, sign in signs if sign < 0]
        growing = [self.table.cells[cell] for cell, sign in signs if sign > 0]
        for number, value in enumerate(self.table.cells[key].values):
            if not shrinking:
                continue
            up, down = (_least(one.values[number] for one in cells) for cells in (shrinking, growing))
            if up is None:
                continue
            # Where the cell itself is zero, those on its way must still be free to move: else they come out.
            is_told = value or any(one.values[number] for one in (*shrinking, *growing))
            if up + (down or 0) < self.spread * (value or 0) or (is_told and not up + (down or 0)):
                return False
        return self._persons_can_grow(key, way)

    def _persons_can_grow(self, key: Key, way: Way) -> bool:
        """Whether the persons can be as many more as needed, all of a place staying between most and sum of its parts.

        Persons of one service move along the way as they do in sums over places; those of other services need not
        move, or not as far.
        """
        need = self._need(key)
        if not need:
            return True
        return any(self._holds(key[1], way, need, others) for others in (0, need, *range(1, need)))

    def _holds(self, service: str, way: Way, own: int, others: int) -> bool:
        shifts = {cell: sign * (own if cell[1] == service else others) for cell, sign in way.items()}
        return all(self._bounds_hold(place, shifts) for place in {place for place, _service in way})

    def _bounds_hold(self, place: str, shifts: Mapping[Key, int]) -> bool:
        cells = self.table.cells
        whole = (place, ALL_SERVICES)
        if whole not in cells:
            return True
        parts = [(place, service) for service in self.table.services if (place, service) in cells]
        if not parts:
            return True
        before = [cells[part].persons or 0 for part in parts]
        after = [count + shifts.get(part, 0) for part, count in zip(parts, before, strict=True)]
        all_before = cells[whole].persons or 0
        all_after = all_before + shifts.get(whole, 0)
        return (max(after) <= all_after or max(before) > all_before) and (
            all_after <= sum(after) or all_before > sum(before)
        )


class _Demand:
    """Of which cells of a way the search demands values large enough for the interval."""

    NONE, GROWING, SHRINKING = 0, 1, -1


def _is_less(value: Number | None, than: Decimal) -> bool:
    return value is not None and value < than


def _is_stuck(value: Number | None, than: Decimal, told: bool) -> bool:
    """Whether a zero would keep the way of another zero from moving, in a measure that somebody tells."""
    return told and not than and value is not None and not value


def _least(values: Iterable[Number | None]) -> Number | None:
    return min((value for value in values if value is not None), default=None)
