"""A reader who puts all populations of persons of a quarter into one system, with what ties them to each other."""

from collections.abc import Mapping
from datetime import date

from kernel.periods import Month
from reporting.statistics.dictionary import dictionary
from reporting.statistics.disclosure.tables import Key
from reporting.statistics.periods_due import limits_of, rule_of
from reporting.statistics.populations import populations_of
from tests.reporting.statistics.attacking import TOLERANCE, Question, System, answers
from tests.reporting.statistics.reader import PERSONS, Reader

# Measures of two populations that are one number in each tenant's cell: who came of those who should have come.
_EQUAL = (
    (("advice", "advice"), ("advice_missed", "rest of advice_no_show")),
    (("crisis_sessions", "crisis_sessions"), ("crisis_missed", "rest of crisis_no_show")),
)
# Of which the first is never more than the second: each person came once at least, each case has one person at most.
_AT_MOST = (
    (("advice_persons", "advice_persons"), ("advice", "advice")),
    (("advice", PERSONS), ("advice", "advice")),
    (("crisis_sessions", PERSONS), ("crisis_sessions", "crisis_sessions")),
    (("crisis_cases", PERSONS), ("crisis_cases", "crisis_cases")),
)
_TOLD_IN = {other: one[0] for one, other in _EQUAL}
_AT_ONCE = 6


def readers_of(period: date) -> dict[str, Reader]:
    """A reader of each population of persons that quarters have, by its code; none has read yet."""
    rule = rule_of("quarter", period)
    return {
        one.code: Reader(one.code, limits_of(rule, health=one.health, by_service=one.by_service))
        for one in populations_of(dictionary().in_force(Month.of(period), "quarter"))
        if one.protected and not one.business
    }


def quarter_findings(readers: Mapping[str, Reader], insider: str = "") -> list[str]:
    """What a solver finds of few persons from all populations, all measures and all versions together."""
    truth: dict[Key, float] = {}
    shown: set[Key] = set()
    few: dict[Key, float] = {}
    wanted: list[Key] = []
    system = System()
    for code, reader in readers.items():
        own = {key for key, tenant in reader.tenant_of.items() if tenant == insider}
        for measure, values in reader.truth.items():
            truth |= {_named(code, measure, key): value for key, value in values.items()}
            shown |= {
                _named(code, measure, key) for key in values if key in reader.shown[measure] or key in own
            }
            told = reader.system(measure)
            for into, rows in ((system.equal, told.equal), (system.at_most, told.at_most)):
                into += [{_named(code, measure, key): sign for key, sign in row.items()} for row in rows]
            secret = sorted(reader.secrets(insider) & values.keys())
            if told_in := _TOLD_IN.get((code, measure)):
                # The same number of the other population is secret where few of its persons stand behind it.
                secret = [key for key in secret if key in readers[told_in].secrets(insider)]
            wanted += [_named(code, measure, key) for key in secret]
            few |= {
                _named(code, measure, key): reader.fewest(key)
                for key in secret
                if measure == PERSONS or (measure in reader.sides() and reader.is_few(measure, key))
            }
    system.equal += [{one: 1, other: -1} for one, other in _pairs(readers, _EQUAL)]
    system.at_most += [{less: 1, more: -1} for less, more in _pairs(readers, _AT_MOST)]
    assert all(sum(sign * truth[key] for key, sign in row.items()) == 0 for row in system.equal)
    unknown = truth.keys() - shown
    found = [f"{insider}: {key} is shown" for key in wanted if key in shown]
    least = {key: float(f": {PERSONS} of" in key[0]) for key in unknown}
    hidden = [key for key in wanted if key in unknown]
    questions = [
        Question(system, truth, unknown, hidden[first : first + _AT_ONCE], least)
        for first in range(0, len(hidden), _AT_ONCE)
    ]
    for key, (low, high) in (one for told in answers(questions) for one in told.items()):
        assert low - TOLERANCE <= truth[key] <= high + TOLERANCE
        is_found = high < few[key] - TOLERANCE if key in few else high - low < truth[key] / 2 - TOLERANCE
        if is_found:
            found.append(f"{insider}: {key}: {low} … {high}, is {truth[key]}")
    return found


def _named(code: str, measure: str, key: Key) -> Key:
    return f"{code}: {measure} of {key[0]}", key[1]


def _pairs(
    readers: Mapping[str, Reader], ties: tuple[tuple[tuple[str, str], tuple[str, str]], ...]
) -> list[tuple[Key, Key]]:
    found = []
    for one, other in ((one, other) for one, other in ties if {one[0], other[0]} <= readers.keys()):
        values = [readers[code].truth[measure] for code, measure in (one, other)]
        tenants = readers[one[0]].tenant_of.keys() & readers[other[0]].tenant_of.keys()
        found += [
            (_named(*one, key), _named(*other, key))
            for key in sorted(tenants & values[0].keys() & values[1].keys())
        ]
    return found
