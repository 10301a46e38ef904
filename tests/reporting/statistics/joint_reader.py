"""A reader who puts everything into one system: all measures of care at once, and prices with the quartiles of peers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reporting.statistics.disclosure import ALL_SERVICES, Limits, Reason
from reporting.statistics.disclosure import quartiles as rule
from reporting.statistics.disclosure.quartiles import Peer, Quartiles
from reporting.statistics.disclosure.tables import Key
from reporting.statistics.models import Standing
from tests.reporting.statistics.attacking import TOLERANCE, Question, System, answers
from tests.reporting.statistics.business_reader import BusinessReader
from tests.reporting.statistics.reader import MINUTES, PERSONS, Reader

# Nobody is cared for longer than a month lasts.
_LONGEST = 31 * 24 * 60
# So many cells are asked for in one program of the solver.
_AT_ONCE = 6
# A measure of a cell is never more than so many times another one of the same cell.
_AT_MOST = (
    ("care_hours_accepted", "care_hours_delivered", 1),
    ("care_hours_delivered", "care_hours_granted", 1),
    ("care_hours_delivered", PERSONS, _LONGEST),
    (MINUTES, PERSONS, _LONGEST),
)
_EQUAL = (("care_persons", PERSONS), ("care_hours_accepted", MINUTES))


def joint_findings(reader: Reader, insider: str = "") -> list[str]:
    """What a solver finds of few persons from all measures of their cells together, with what ties them to each other.

    An upper bound on what each user of the system reads: every tenant's shown cells, every version, the own books.
    """
    truth: dict[Key, float] = {}
    shown: set[Key] = set()
    system = System()
    own = {key for key, tenant in reader.tenant_of.items() if tenant == insider}
    for measure, values in reader.truth.items():
        truth |= {_named(measure, key): value for key, value in values.items()}
        shown |= {_named(measure, key) for key in values if key in reader.shown[measure] or key in own}
        told = reader.system(measure)
        for into, rows in ((system.equal, told.equal), (system.at_most, told.at_most)):
            into += [{_named(measure, key): sign for key, sign in row.items()} for row in rows]
    ties = _ties(reader)
    system.equal += ties.equal
    system.at_most += ties.at_most
    secret = reader.secrets(insider)
    wanted = sorted(
        _named(measure, key) for measure, values in reader.truth.items() for key in values if key in secret
    )
    unknown = set(truth) - shown
    found = [f"{insider}: {key} is shown" for key in wanted if key in shown]
    wanted = [key for key in wanted if key in unknown]
    persons = {_named(PERSONS, key): key for key in reader.truth[PERSONS]}
    # A hidden cell is not zero, of persons; whoever has none is shown as zero.
    least = {key: float(key[0].startswith((PERSONS, "care_persons"))) for key in unknown}
    questions = [
        Question(system, truth, unknown, wanted[first : first + _AT_ONCE], least)
        for first in range(0, len(wanted), _AT_ONCE)
    ]
    for key, (low, high) in (one for told in answers(questions) for one in told.items()):
        assert low - TOLERANCE <= truth[key] <= high + TOLERANCE
        if key in persons:
            is_found = high < reader.fewest(persons[key]) - TOLERANCE
        else:
            is_found = high - low < truth[key] / 2 - TOLERANCE
        if is_found:
            found.append(f"{insider}: {key}: {low} … {high}, is {truth[key]}")
    return found


def _named(measure: str, key: Key) -> Key:
    return f"{measure} of {key[0]}", key[1]


def _ties(reader: Reader) -> System:
    """What holds between the measures of one tenant's cell, wherever it is true of all cells."""
    system = System()
    for one, other in _EQUAL:
        both = reader.truth[one].keys() & reader.truth[other].keys() & reader.tenant_of.keys()
        assert all(reader.truth[one][key] == reader.truth[other][key] for key in both), (one, other)
        system.equal += [{_named(one, key): 1, _named(other, key): -1} for key in both]
    for less, more, times in _AT_MOST:
        both = reader.truth[less].keys() & reader.truth[more].keys() & reader.tenant_of.keys()
        assert all(reader.truth[less][key] <= times * reader.truth[more][key] for key in both), (less, more)
        system.at_most += [{_named(less, key): 1, _named(more, key): -times} for key in both]
    return system


@dataclass
class QuartileReader(BusinessReader):
    """A reader of prices who sees the quartiles as well, and is told whom each of them stands for.

    That is more than anybody reads: ranks are nowhere shown. Minutes and persons, which care shows, are known to him:
    then a quartile of prices or of costs is a sum of money of its tenants with known weights, as near as it is rounded.
    """

    # Whom a shown number stands for, the number, and to what it is rounded; until the batches of them are known.
    told: list[tuple[Sequence[Peer], Decimal, Decimal]] = field(default_factory=list)
    means: list[dict[Key, float]] = field(default_factory=list)
    ends: dict[Key, float] = field(default_factory=dict)

    def record(self, plain: Callable[..., Quartiles]) -> Callable[..., Quartiles]:
        """The rule as it is, of which the reader keeps whom its numbers stand for."""

        def quartiles(peers: Sequence[Peer], limits: Limits, *, fewest: int, step: Decimal) -> Quartiles:
            found = plain(peers, limits, fewest=fewest, step=step)
            ordered = sorted(peers, key=lambda one: (one.value, one.key))
            for quarter, name in enumerate(("low", "middle", "high"), start=1):
                number = getattr(found, name)
                if number is not None and any(one.providers for one in peers):
                    taken = rule._around(ordered, quarter, limits)
                    assert not isinstance(taken, Reason)
                    self.told.append((taken, number, step))
            return found

        return quartiles

    def look(self, period: date) -> None:
        super().look(period)
        standing = Standing.objects.filter(kind="month", period=period, current=True)
        batches = {
            str(tenant): (str(batch), ALL_SERVICES)
            for tenant, batch in standing.values_list("tenant_id", "batch_id")
        }
        for taken, number, step in self.told:
            keys = {batches[one.key]: float(one.value) for one in taken}
            row = {key: value / self.money[key] for key, value in keys.items()}
            mean, slack = float(number) * len(taken), float(step) / 2 * len(taken)
            assert abs(sum(keys.values()) - mean) <= slack + TOLERANCE
            for sign in (1, -1):
                end = (f"end {len(self.ends)}", "")
                self.ends[end] = mean + sign * slack
                self.means.append({key: sign * weight for key, weight in row.items()} | {end: -sign})
        self.told.clear()

    def rows_of(self, measure: str) -> System:
        system = super().rows_of(measure)
        if measure == "money":
            system.at_most += self.means
        return system

    def known(self) -> dict[Key, float]:
        return self.ends
