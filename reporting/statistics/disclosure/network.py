"""The equations of a table as a graph: cells are its edges, equations its nodes, and protection is a closed way.

Every cell stands in two equations that are independent of each other: that of the place above it (sum over places,
one for each service and for all), and, for a tenant's cell, that of its services (they sum to all), for a sum, that of
the places below it. So cells can change together, with all equations kept, exactly along closed ways of this graph.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from math import inf

from reporting.statistics.disclosure.tables import ALL_SERVICES, COUNTRY, Key, Number, Table

Node = tuple[str, str]
# The signs of a way: cells that grow with the cell it protects (+1), and cells that shrink (-1).
Way = dict[Key, int]
Cost = Callable[[Key, int], float | None]

# No shown cell costs less: until so much is spent, a way need look at hidden ones alone.
LEAST_COST_OF_SHOWN = 1.0

_SERVICES_OF = "="
_GROUND: Node = ("", "")


class Network:
    """The graph of one table; zero cells are no edges, since nothing in them can change.

    It knows which cells are hidden: most ways need no others, and a node has far more edges that are shown.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.hidden: set[Key] = set()
        self._ends: dict[Key, tuple[Node, Node]] = {}
        self._edges: dict[Node, list[Key]] = defaultdict(list)
        self._hidden_at: dict[Node, list[Key]] = defaultdict(list)
        for key in sorted(table.cells):
            if not table.cells[key].is_zero:
                plus, minus = self._ends[key] = self._ends_of(key)
                self._edges[plus].append(key)
                self._edges[minus].append(key)

    def _ends_of(self, key: Key) -> tuple[Node, Node]:
        """The equations in which the cell counts with + and with -; those of all services are turned round."""
        place, service = key
        above = (
            (self.table.parents[place], service)
            if place in self.table.parents
            else self._of_services(COUNTRY)
        )
        below = self._of_services(place) if place in self.table.leaves else (place, service)
        return (above, below) if service == ALL_SERVICES else (below, above)

    def _of_services(self, place: str) -> Node:
        return (place, _SERVICES_OF) if self.table.services else _GROUND

    def hide(self, keys: Iterable[Key]) -> None:
        """Count the cells among the hidden ones."""
        for key in keys:
            if key not in self.hidden:
                self.hidden.add(key)
                for node in self._ends[key]:
                    insort(self._hidden_at[node], key)

    def show(self, key: Key) -> None:
        """Count a hidden cell among those that are shown."""
        self.hidden.remove(key)
        for node in self._ends[key]:
            edges = self._hidden_at[node]
            del edges[bisect_left(edges, key)]

    def cheapest_way(
        self, key: Key, cost: Cost, *, hidden_only: bool = False, at_most: float = inf
    ) -> Way | None:
        """The cheapest closed way through the cell; None where there is none, or none that costs at most so much.

        `cost` gives that of another cell, which grows (+1) or shrinks (-1) as this one grows, or None where it may
        not be used; that of a shown one is at least LEAST_COST_OF_SHOWN.
        """
        start, goal = self._ends[key]
        if not self._is_open(goal, key, cost):
            return None
        best = {start: 0.0}
        came: dict[Node, tuple[Node, Key, int]] = {}
        # A node comes twice: for its hidden cells, and later, where no way was found for less, for the shown ones.
        queue: list[tuple[float, int, Node, float | None]] = [(0.0, 0, start, None)]
        pushed = 0
        done: set[Node] = set()
        while queue:
            so_far, _number, node, reached_at = heappop(queue)
            if so_far > at_most:
                return None
            if node == goal:
                return self._walk(key, start, goal, came)
            if reached_at is not None:
                edges = [edge for edge in self._edges[node] if edge not in self.hidden]
                so_far = reached_at
            elif node in done:
                continue
            else:
                done.add(node)
                edges = self._hidden_at[node]
                if not hidden_only:
                    pushed += 1
                    heappush(queue, (so_far + LEAST_COST_OF_SHOWN, pushed, node, so_far))
            for edge in edges:
                plus, minus = self._ends[edge]
                sign, other = (1, plus) if node == minus else (-1, minus)
                if edge == key or other in done:
                    continue
                price = cost(edge, sign)
                if price is not None and so_far + price < best.get(other, inf):
                    best[other] = so_far + price
                    came[other] = (node, edge, sign)
                    pushed += 1
                    heappush(queue, (best[other], pushed, other, None))
        return None

    def _is_open(self, goal: Node, key: Key, cost: Cost) -> bool:
        """Whether any cell leads there at all: else everything would be searched for nothing."""
        return any(
            edge != key and cost(edge, 1 if goal == self._ends[edge][0] else -1) is not None
            for edge in self._edges[goal]
        )

    @staticmethod
    def _walk(key: Key, start: Node, goal: Node, came: dict[Node, tuple[Node, Key, int]]) -> Way:
        way = {key: 1}
        node = goal
        while node != start:
            node, edge, sign = came[node]
            way[edge] = sign
        return way

    def chain(self, key: Key, without: frozenset[str] = frozenset()) -> Way:
        """The way up over all sums to the country and down again over those of all services; everything grows.

        It always exists and needs one tenant: of a sum, the largest that stands in it.
        """
        place, service = key
        if place not in self.table.leaves:
            place = max(self.table.leaves_below(place), key=lambda one: (self._size((one, service)), one))
        if service == ALL_SERVICES and self.table.services:
            known = {code for code in self.table.services if self._is_known((place, code), without)}
            service = max(
                self.table.services, key=lambda code: (code not in known, self._size((place, code)), code)
            )
        places = [place, *self.table.ancestors(place)]
        return dict.fromkeys(((one, code) for one in places for code in (service, ALL_SERVICES)), 1)

    def _size(self, key: Key) -> tuple[int, Number]:
        figures = self.table.cells.get(key)
        return (
            (0, 0) if figures is None else (figures.persons or 0, sum(value or 0 for value in figures.values))
        )

    def _is_known(self, key: Key, to: frozenset[str]) -> bool:
        return key in self.table.cells and not to.isdisjoint(self.table.knowers[key])
