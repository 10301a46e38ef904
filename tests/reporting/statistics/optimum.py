"""The fewest cells that keep the promise to readers from outside, found exactly by mixed-integer programming."""

from collections.abc import Mapping

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_matrix

from reporting.statistics.disclosure import Limits, Table
from reporting.statistics.disclosure.sensitive import fewest_at, sensitive_cells
from reporting.statistics.disclosure.tables import Key
from tests.reporting.statistics.attacking import System, additive, counted_once


class _Program:
    """Variables and rows of one program; hiding a cell is a variable of 0 or 1."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def variable(self, low: float, high: float) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def row(self, entries: dict[int, float], low: float, high: float) -> None:
        self.rows.append((entries, low, high))

    def shift(
        self, system: System, figures: Mapping[Key, float], hide: Mapping[Key, int], least: float
    ) -> dict[Key, int]:
        """Another possible state of all cells: by how much each differs, nothing where it is shown."""
        top = 2 * max(figures.values()) + 20
        moved = {key: self.variable(min(0, least - figures[key]), top) for key in hide}
        for key, number in moved.items():
            self.row({number: 1, hide[key]: -top}, -np.inf, 0)
            self.row({number: 1, hide[key]: figures[key]}, 0, np.inf)
        for row in system.equal:
            self.row({moved[key]: sign for key, sign in row.items() if key in moved}, 0, 0)
        for row in system.at_most:
            left = -sum(sign * figures[key] for key, sign in row.items())
            self.row({moved[key]: sign for key, sign in row.items() if key in moved}, -np.inf, left)
        return moved


def fewest_hidden(
    table: Table, limits: Limits, cost: Mapping[Key, float], spread: float = 0.5
) -> float | None:
    """The least cost of a pattern that keeps the promise to readers from outside; None where the time ran out."""
    secret = sensitive_cells(table, limits)
    cells = {key: figures for key, figures in table.cells.items() if not figures.is_zero}
    program = _Program()
    hide = {key: program.variable(1 if key in secret else 0, 1) for key in cells}
    persons = {key: float(figures.persons or 0) for key, figures in table.cells.items()}
    for key in secret:
        fewest = fewest_at(table, key, limits)
        if cells[key].persons is not None and persons[key] < fewest:
            moved = program.shift(counted_once(table), persons, hide, 1)
            program.row({moved[key]: 1}, fewest - persons[key], np.inf)
        for number, value in enumerate(table.cells[key].values):
            if value:
                hours = {one: float(figures.values[number]) / 60 for one, figures in table.cells.items()}
                up = program.shift(additive(table), hours, hide, 0)
                down = program.shift(additive(table), hours, hide, 0)
                program.row({up[key]: 1, down[key]: -1}, spread * hours[key], np.inf)
    entries = [
        (at, column, value) for at, (row, _l, _h) in enumerate(program.rows) for column, value in row.items()
    ]
    if not entries:
        return sum(cost[key] for key in secret)
    at, column, value = zip(*entries, strict=True)
    matrix = coo_matrix((value, (at, column)), shape=(len(program.rows), len(program.low)))
    aim = np.zeros(len(program.low))
    integral = np.zeros(len(program.low))
    for key, number in hide.items():
        aim[number], integral[number] = cost[key], 1
    solved = milp(
        aim,
        integrality=integral,
        bounds=(np.array(program.low), np.array(program.high)),
        constraints=LinearConstraint(
            matrix.tocsr(), [row[1] for row in program.rows], [row[2] for row in program.rows]
        ),
        options={"time_limit": 10, "mip_rel_gap": 0},
    )
    return float(solved.fun) if solved.status == 0 else None
