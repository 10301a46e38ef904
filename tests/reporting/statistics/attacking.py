"""A reader who computes: the interval of every hidden cell by linear programming over everything that is shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix, identity, kron

from reporting.statistics.disclosure import ALL_SERVICES, Limits, Table
from reporting.statistics.disclosure.sensitive import fewest_at, sensitive_cells
from reporting.statistics.disclosure.tables import Key

TOLERANCE = 1e-6


@dataclass
class System:
    """Linear rows over named cells: sum of sign x cell = 0, or <= 0."""

    equal: list[dict[Key, int]] = field(default_factory=list)
    at_most: list[dict[Key, int]] = field(default_factory=list)


def sums_over_places(table: Table) -> list[dict[Key, int]]:
    """One row for each place above the tenants and each service: the place is the sum of what stands below it."""
    rows: dict[Key, dict[Key, int]] = {}
    for place, service in table.cells:
        if place in table.parents:
            above = (table.parents[place], service)
            rows.setdefault(above, {above: 1})[place, service] = -1
    return list(rows.values())


def services_of(table: Table) -> list[tuple[Key, list[Key]]]:
    """For each place its cell over all services, and those of its services."""
    found = []
    for place, service in table.cells:
        parts = [(place, one) for one in table.services if (place, one) in table.cells]
        if service == ALL_SERVICES and parts:
            found.append(((place, service), parts))
    return found


def additive(table: Table) -> System:
    system = System(sums_over_places(table))
    for whole, parts in services_of(table):
        system.equal.append({whole: 1} | dict.fromkeys(parts, -1))
    return system


def counted_once(table: Table) -> System:
    system = System(sums_over_places(table))
    for whole, parts in services_of(table):
        system.at_most += [{part: 1, whole: -1} for part in parts]
        system.at_most.append({whole: 1} | dict.fromkeys(parts, -1))
    return system


def _rows(
    given: list[dict[Key, int]], figures: Mapping[Key, float], order: Mapping[Key, int]
) -> tuple[csr_matrix, np.ndarray]:
    entries, right = [], []
    for row in given:
        inside = {key: sign for key, sign in row.items() if key in order}
        if inside:
            entries += [(len(right), order[key], sign) for key, sign in inside.items()]
            right.append(-sum(sign * figures[key] for key, sign in row.items() if key not in order))
    at, column, sign = zip(*entries, strict=True) if entries else ((), (), ())
    return coo_matrix((sign, (at, column)), shape=(len(right), len(order))).tocsr(), np.array(right, float)


def intervals(
    system: System,
    figures: Mapping[Key, float],
    unknown: Collection[Key],
    wanted: Collection[Key],
    least: float,
) -> dict[Key, tuple[float, float]]:
    """The smallest and largest value of each wanted cell that agree with all shown ones; `least` is that of any.

    All ends are sought in one program of independent blocks, a block an end: a solver called once is much faster. What
    could grow without end ends far above every figure.
    """
    if not wanted:
        return {}
    order = {key: number for number, key in enumerate(sorted(unknown))}
    equal, equal_right = _rows(system.equal, figures, order)
    most, most_right = _rows(system.at_most, figures, order)
    ends = [(key, sign) for key in wanted for sign in (1, -1)]
    aim = np.zeros((len(ends), len(order)))
    for number, (key, sign) in enumerate(ends):
        aim[number, order[key]] = sign
    copies = identity(len(ends), format="csr")
    solved = linprog(
        aim.ravel(),
        kron(copies, most, format="csr") if most.shape[0] else None,
        np.tile(most_right, len(ends)) if most.shape[0] else None,
        kron(copies, equal, format="csr") if equal.shape[0] else None,
        np.tile(equal_right, len(ends)) if equal.shape[0] else None,
        bounds=(least, 10 * max(figures.values()) + 1000),
        method="highs",
    )
    assert solved.status == 0, solved.message
    values = solved.x.reshape(len(ends), len(order))
    at = {end: values[number, order[end[0]]] for number, end in enumerate(ends)}
    return {key: (float(at[key, 1]), float(at[key, -1])) for key in wanted}


def findings(
    table: Table,
    hidden: Collection[Key],
    limits: Limits,
    *,
    insider: str | None = None,
    spread: float = 0.5,
) -> list[str]:
    """What a reader finds out against the promise: in words, so that a failing test says it."""
    unknown = {key for key in hidden if insider is None or insider not in table.knowers[key]}
    secret = sensitive_cells(table, limits)
    # What is hidden only to protect is no secret to an insider, whom it need not withstand.
    aims = sorted(unknown if insider is None else unknown & set(secret))
    found = []
    if table.cells and next(iter(table.cells.values())).persons is not None:
        persons = {key: float(cell.persons or 0) for key, cell in table.cells.items()}
        for key, (low, high) in intervals(counted_once(table), persons, unknown, aims, 1).items():
            fewest = fewest_at(table, key, limits)
            if key in secret and persons[key] < fewest and high < fewest - TOLERANCE:
                found.append(f"{insider}: persons of {key} at most {high}, are {persons[key]}")
            assert low - TOLERANCE <= persons[key] <= high + TOLERANCE
    width = len(next(iter(table.cells.values())).values) if table.cells else 0
    for number in range(width):
        values = {key: float(cell.values[number]) for key, cell in table.cells.items()}
        for key, (low, high) in intervals(additive(table), values, unknown, aims, 0).items():
            needed = spread * values[key] if key in secret else 0
            if values[key] and (high - low < needed - TOLERANCE or high - low < TOLERANCE):
                found.append(f"{insider}: measure {number} of {key} in {low} … {high}, is {values[key]}")
    return found
