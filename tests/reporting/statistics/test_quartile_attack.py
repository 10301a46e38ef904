"""A director who knows the own figure, every figure that is no secret, and even who stands around a rank; and a solver."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog

from reporting.statistics.disclosure import quartiles as rule
from reporting.statistics.disclosure.quartiles import Peer, Quartiles, quartiles
from reporting.statistics.disclosure.sensitive import Limits

LIMITS = Limits()
STEP = Decimal("0.5")


def _group(chance: Random) -> list[Peer]:
    """Prices of an hour of tenants, most of one or two providers; some providers work for several tenants."""
    found = []
    for number in range(chance.randint(16, 60)):
        # Whose own figure may be shown has several, of whom none prevails.
        own = chance.choice([1, 1, 2, 2, 3, 5])
        names = [
            f"p{chance.randint(0, 9)}" if chance.random() < 0.3 else f"q{number}.{n}" for n in range(own)
        ]
        earned = {name: Decimal(chance.randint(50, 100)) for name in names}
        persons = chance.choice([2, 4, 8, 30, 60])
        found.append(Peer(f"t{number}", Decimal(chance.randint(30, 90)), persons, earned))
    return found


def _is_secret(peer: Peer) -> bool:
    return rule._reason([peer], LIMITS) is not None


def _taken(peers: Sequence[Peer]) -> list[list[Peer]]:
    """Whom each of the three shown numbers stands for: more than the reader is told."""
    ordered = sorted(peers, key=lambda one: (one.value, one.key))
    found = [rule._around(ordered, quarter, LIMITS) for quarter in (1, 2, 3)]
    assert all(not isinstance(one, rule.Reason) for one in found)
    return [list(one) for one in found if not isinstance(one, rule.Reason)]


def _findings(group: list[Peer], insider: str) -> list[str]:
    """Secret figures that are known nearer than by half of themselves from one of the three numbers.

    Every figure that is no secret is known, and each number is a mean within half a step.
    """
    shown: Quartiles = quartiles(group, LIMITS, fewest=10, step=STEP)
    found: list[str] = []
    if shown.hidden:
        return found
    for taken, told in zip(_taken(group), (shown.low, shown.middle, shown.high), strict=True):
        assert told is not None
        secrets = [one for one in taken if _is_secret(one) and one.key != insider]
        rest = float(told) * len(taken) - sum(float(one.value) for one in taken if one not in secrets)
        slack = float(STEP) / 2 * len(taken)
        for number, one in enumerate(secrets):
            aim, row = np.zeros(len(secrets)), np.ones(len(secrets))
            aim[number] = 1
            low, high = (
                linprog(sign * aim, np.array([row, -row]), [rest + slack, slack - rest], bounds=(0, 1000)).x[
                    number
                ]
                for sign in (1, -1)
            )
            value = float(one.value)
            assert low - 1e-6 <= value <= high + 1e-6
            if high - low < value / 2:
                found.append(f"{insider}: {one.key} in {low:.2f} … {high:.2f}, is {value}")
    return found


def _insiders(group: list[Peer]) -> list[str]:
    """Directors whose figure stands in a shown number."""
    if quartiles(group, LIMITS, fewest=10, step=STEP).hidden:
        return []
    return sorted({one.key for taken in _taken(group) for one in taken})


@pytest.mark.parametrize("first", [0, 15])
def test_a_director_finds_no_secret_figure_of_another(first: int) -> None:
    attacks = 0
    for seed in range(first, first + 3):
        group = _group(Random(seed))
        for insider in ("", *_insiders(group)):
            attacks += 1
            assert _findings(group, insider) == []
    assert attacks > 20


def test_the_attack_finds_what_plain_quartiles_give_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean of three, whoever they are: a director beside two of whom one is known finds the other."""
    monkeypatch.setattr(
        rule, "_around", lambda ordered, quarter, _limits: ordered[quarter * 3 - 1 : quarter * 3 + 2]
    )
    groups = [_group(Random(seed)) for seed in range(5)]
    assert any(_findings(group, insider) for group in groups for insider in _insiders(group))
