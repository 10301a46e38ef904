"""The equations of a table as a graph: cells are its edges, equations its nodes, and protection is a closed way.

Every cell stands in two equations that are independent of each other: that of the place above it (sum over places,
one for each service and for all), and, for a tenant's cell, that of its services (they sum to all), for a sum, that of
the places below it. So cells can change together, with all equations kept, exactly along closed ways of this graph.
"""

from collections import defaultdict
from collections.abc import Callable
from heapq import heappop, heappush

from reporting.statistics.disclosure.tables import ALL_SERVICES, COUNTRY, Key, Number, Table

Node = tuple[str, str]
# The signs of a way: cells that grow with the cell it protects (+1), and cells that shrink (-1).
Way = dict[Key, int]
Cost = Callable[[Key, int], float | None]

_SERVICES_OF = "="
_GROUND: Node = ("", "")


class Network:
    """The graph of one table; zero cells are no edges, since nothing in them can change."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._ends: dict[Key, tuple[Node, Node]] = {}
        self._edges: dict[Node, list[Key]] = defaultdict(list)
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

    def cheapest_way(self, key: Key, cost: Cost) -> Way | None:
        """The cheapest closed way through the cell; None where there is none.

        `cost` gives that of another cell, which grows (+1) or shrinks (-1) as this one grows, or None where it may
        not be used.
        """
        start, goal = self._ends[key]
        best = {start: 0.0}
        came: dict[Node, tuple[Node, Key, int]] = {}
        queue: list[tuple[float, int, Node]] = [(0.0, 0, start)]
        pushed = 0
        done: set[Node] = set()
        while queue:
            so_far, _number, node = heappop(queue)
            if node == goal:
                return self._walk(key, start, goal, came)
            if node in done:
                continue
            done.add(node)
            for edge in self._edges[node]:
                plus, minus = self._ends[edge]
                sign, other = (1, plus) if node == minus else (-1, minus)
                if edge == key or other in done:
                    continue
                price = cost(edge, sign)
                if price is not None and so_far + price < best.get(other, float("inf")):
                    best[other] = so_far + price
                    came[other] = (node, edge, sign)
                    pushed += 1
                    heappush(queue, (best[other], pushed, other))
        return None

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
            behind = (one for one in self.table.leaves if place in self.table.ancestors(one))
            place = max(behind, key=lambda one: (self._size((one, service)), one))
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
