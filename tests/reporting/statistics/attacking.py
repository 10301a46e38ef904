"""A reader who computes: the interval of every hidden cell by linear programming over everything that is shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix

from reporting.statistics.disclosure import ALL_SERVICES, Limits, Table
from reporting.statistics.disclosure.sensitive import fewest_at, reason_for, sensitive_cells
from reporting.statistics.disclosure.tables import Figures, Key, Number

TOLERANCE = 1e-6
# So many unknown numbers are sought in one program: one call of the solver for each would take most of the time.
_AT_ONCE = 3_000


@dataclass
class System:
    """Linear rows over named cells: sum of sign (or weight) x cell = 0, or <= 0."""

    equal: list[dict[Key, int]] = field(default_factory=list)
    at_most: list[Mapping[Key, float]] = field(default_factory=list)


@dataclass
class Question:
    """What a reader wants to know: the ends of each wanted cell, where the figures of all but the unknown are shown.

    `least` is that of any unknown cell, or of each.
    """

    system: System
    figures: Mapping[Key, float]
    unknown: Collection[Key]
    wanted: Collection[Key]
    least: float | Mapping[Key, float]


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


class _Program:
    """Programs of several questions as independent blocks of one; a block is one end of one cell."""

    def __init__(self) -> None:
        self.aim: list[np.ndarray] = []
        self.low: list[np.ndarray] = []
        self.high: list[np.ndarray] = []
        self.equal = _Blocks()
        self.at_most = _Blocks()
        self.width = 0

    def add(self, question: Question) -> list[tuple[Key, int, int]]:
        """The blocks of a question; for each wanted cell where its smallest and its largest value will stand."""
        order = {key: number for number, key in enumerate(sorted(question.unknown))}
        equal = _rows(question.system.equal, question.figures, order)
        most = _rows(question.system.at_most, question.figures, order)
        least = question.least
        low = np.array([least[key] if isinstance(least, Mapping) else least for key in order], float)
        # What could grow without end ends far above every figure.
        high = np.full(len(order), 10 * max(question.figures.values()) + 1000)
        places = []
        for key in question.wanted:
            ends = []
            for sign in (1, -1):
                aim = np.zeros(len(order))
                aim[order[key]] = sign
                self.aim.append(aim)
                self.low.append(low)
                self.high.append(high)
                self.equal.add(*equal, self.width)
                self.at_most.add(*most, self.width)
                ends.append(self.width + order[key])
                self.width += len(order)
            places.append((key, ends[0], ends[1]))
        return places

    def solve(self) -> np.ndarray:
        equal, equal_right = self.equal.made(self.width)
        most, most_right = self.at_most.made(self.width)
        solved = linprog(
            np.concatenate(self.aim),
            most,
            most_right,
            equal,
            equal_right,
            bounds=np.column_stack([np.concatenate(self.low), np.concatenate(self.high)]),
            method="highs",
        )
        assert solved.status == 0, solved.message
        found: np.ndarray = solved.x
        return found


class _Blocks:
    """Rows of a program, block after block."""

    def __init__(self) -> None:
        self.at: list[np.ndarray] = []
        self.column: list[np.ndarray] = []
        self.sign: list[np.ndarray] = []
        self.right: list[np.ndarray] = []
        self.height = 0

    def add(self, rows: coo_matrix, right: np.ndarray, first_column: int) -> None:
        self.at.append(rows.row + self.height)
        self.column.append(rows.col + first_column)
        self.sign.append(rows.data)
        self.right.append(right)
        self.height += len(right)

    def made(self, width: int) -> tuple[csr_matrix | None, np.ndarray | None]:
        if not self.height:
            return None, None
        entries = (np.concatenate(self.sign), (np.concatenate(self.at), np.concatenate(self.column)))
        return coo_matrix(entries, shape=(self.height, width)).tocsr(), np.concatenate(self.right)


def _rows(
    given: Sequence[Mapping[Key, float]], figures: Mapping[Key, float], order: Mapping[Key, int]
) -> tuple[coo_matrix, np.ndarray]:
    entries, right = [], []
    for row in given:
        inside = {key: sign for key, sign in row.items() if key in order}
        if inside:
            entries += [(len(right), order[key], sign) for key, sign in inside.items()]
            right.append(-sum(sign * figures[key] for key, sign in row.items() if key not in order))
    at, column, sign = zip(*entries, strict=True) if entries else ((), (), ())
    return coo_matrix((sign, (at, column)), shape=(len(right), len(order))), np.array(right, float)


def answers(questions: Sequence[Question]) -> list[dict[Key, tuple[float, float]]]:
    """The smallest and largest value of each wanted cell that agree with all shown ones, question by question."""
    found: list[dict[Key, tuple[float, float]]] = []
    program, asked = _Program(), []
    for number, question in enumerate(questions):
        asked.append(program.add(question) if question.wanted else [])
        if program.width > _AT_ONCE or number == len(questions) - 1:
            values = program.solve() if program.width else np.zeros(0)
            for places in asked:
                found.append({key: (float(values[low]), float(values[high])) for key, low, high in places})
            program, asked = _Program(), []
    return found


def intervals(
    system: System,
    figures: Mapping[Key, float],
    unknown: Collection[Key],
    wanted: Collection[Key],
    least: float,
) -> dict[Key, tuple[float, float]]:
    """The answer to one question; `least` is that of any unknown cell."""
    return answers([Question(system, figures, unknown, wanted, least)])[0]


@dataclass
class Attack:
    """A table with what is hidden in it, and who attacks it: an outsider, a tenant or a provider.

    `aims` are the cells that are asked for: of an outsider all that are hidden, unless `only_secret`.
    """

    table: Table
    hidden: Collection[Key]
    limits: Limits
    insider: str | None = None
    spread: float = 0.5
    only_secret: bool = False

    def __post_init__(self) -> None:
        self.secret = sensitive_cells(self.table, self.limits)
        self.unknown = {
            key for key in self.hidden if self.insider is None or self.insider not in self.table.knowers[key]
        }
        if self.insider is not None:
            self.secret = {key: why for key, why in self.secret.items() if self._is_secret_beside(key)}
        # What is hidden only to protect is no secret to an insider, whom it need not withstand.
        narrow = self.only_secret or self.insider is not None
        self.aims = sorted(self.unknown & set(self.secret) if narrow else self.unknown)
        first = next(iter(self.table.cells.values()), Figures(None))
        self.counts_persons, self.width = first.persons is not None, len(first.values)

    def _beside(self, key: Key) -> list[Figures]:
        """The tenants' figures in a cell that the insider does not know anyway."""
        place, service = key
        return [
            figures
            for one, figures in self.table.cells.items()
            if one[1] == service
            and one[0] in self.table.leaves
            and place in (one[0], *self.table.ancestors(one[0]))
            and self.insider not in self.table.knowers[one]
            and not figures.is_zero
        ]

    def _is_secret_beside(self, key: Key) -> bool:
        """Whether the rules would hide what is left of a cell without what the insider knows of it anyway."""
        left, providers = self._beside(key), defaultdict[str, Number](int)
        for figures in left:
            for provider, value in figures.providers.items():
                providers[provider] += value if provider != self.insider else 0
        persons = [figures.persons for figures in left if figures.persons is not None]
        rest = Figures(sum(persons) if persons else None, (len(left),), providers)
        return reason_for(rest, self.limits, fewest_at(self.table, key, self.limits)) is not None

    def _rest(self, key: Key, number: int) -> float:
        """How much of a measure of the cell is a secret to the insider; what public units earn is none to a provider."""
        if self.insider is None:
            return float(self.table.cells[key].values[number] or 0)
        rest = 0.0
        for figures in self._beside(key):
            others = sum(value for one, value in figures.providers.items() if one != self.insider)
            is_theirs = self.insider in figures.providers
            part = float(others) / float(figures.values[0] or 1) if is_theirs else 1.0
            rest += part * float(figures.values[number] or 0)
        return rest

    def of_insider(self, key: Key) -> float:
        """What the insider earned of the cell: they know that it holds no less."""
        return float(self.table.cells[key].providers.get(self.insider or "", 0))

    def questions(self) -> list[Question]:
        cells = self.table.cells
        found = []
        if self.counts_persons:
            persons = {key: float(cell.persons or 0) for key, cell in cells.items()}
            found.append(Question(counted_once(self.table), persons, self.unknown, self.aims, 1))
        for number in range(self.width):
            values = {key: float(cell.values[number] or 0) for key, cell in cells.items()}
            # The first measure of what shows business is money; a provider knows theirs everywhere.
            least = {key: 0.0 if number else self.of_insider(key) for key in self.unknown}
            found.append(Question(additive(self.table), values, self.unknown, self.aims, least))
        return found

    def findings(self, told: Sequence[Mapping[Key, tuple[float, float]]]) -> list[str]:
        """What the answers say against the promise: in words, so that a failing test says it."""
        found, left, cells, by = [], list(told), self.table.cells, self.insider
        if self.counts_persons:
            for key, (low, high) in left.pop(0).items():
                persons = float(cells[key].persons or 0)
                fewest = fewest_at(self.table, key, self.limits)
                if key in self.secret and persons < fewest and high < fewest - TOLERANCE:
                    found.append(f"{by}: persons of {key} at most {high}, are {persons}")
                assert low - TOLERANCE <= persons <= high + TOLERANCE
        for number, ends in enumerate(left):
            for key, (low, high) in ends.items():
                value = float(cells[key].values[number] or 0)
                rest = self._rest(key, number)
                needed = self.spread * rest if key in self.secret else 0
                if rest and (high - low < needed - TOLERANCE or high - low < TOLERANCE):
                    found.append(f"{by}: measure {number} of {key} in {low} … {high}, is {value}")
        return found


def findings_of(attacks: Iterable[Attack]) -> list[list[str]]:
    """What each attack finds; all of them are computed together."""
    known = list(attacks)
    asked = [attack.questions() for attack in known]
    told = iter(answers([question for questions in asked for question in questions]))
    return [
        attack.findings([next(told) for _question in questions])
        for attack, questions in zip(known, asked, strict=True)
    ]


def findings(
    table: Table, hidden: Collection[Key], limits: Limits, *, insider: str | None = None, spread: float = 0.5
) -> list[str]:
    """What one reader finds out against the promise."""
    return findings_of([Attack(table, hidden, limits, insider, spread)])[0]
