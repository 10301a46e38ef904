"""The seven steps as pure rules, without a database."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from contracting.commissioning import steps
from contracting.commissioning.rules.minutes import Gap, minutes_a_month, spread, total_gap
from contracting.commissioning.rules.targets import AT_LEAST, AT_MOST, difference, is_reached
from contracting.commissioning.steps import OPEN, PASSED, TO_REVIEW, WAITING, Refusal

BEGUN = list(steps.FIRST_STATES)


def _passed(count: int) -> list[str]:
    """The states once so many steps are passed in order."""
    states = BEGUN
    for place in range(count):
        states = steps.after_passing(states, place)
    return states


def test_a_cycle_begins_with_its_first_step_open() -> None:
    assert [OPEN, *[WAITING] * 6] == BEGUN
    assert (
        steps.ORDER[0] == "needs_diagnosis" and steps.ORDER[-1] == "evaluation" and len(set(steps.ORDER)) == 7
    )


def test_each_passing_opens_the_next_and_the_last_ends() -> None:
    assert _passed(1) == [PASSED, OPEN, *[WAITING] * 5]
    assert _passed(6) == [*[PASSED] * 6, OPEN]
    assert _passed(7) == [PASSED] * 7
    assert steps.current(_passed(3)) == 3 and steps.current(_passed(7)) is None


@pytest.mark.parametrize(
    ("place", "why"), [(0, Refusal("passed")), (3, Refusal("earlier", 2)), (6, Refusal("earlier", 2))]
)
def test_steps_are_passed_in_their_order(place: int, why: Refusal) -> None:
    states = _passed(2)
    assert steps.why_not_pass(states, place) == why
    with pytest.raises(ValueError, match="cannot be passed"):
        steps.after_passing(states, place)


def test_reopening_marks_what_was_passed_and_lets_the_open_one_wait() -> None:
    states = steps.after_reopening(_passed(4), 1)
    assert states == [PASSED, OPEN, TO_REVIEW, TO_REVIEW, WAITING, WAITING, WAITING]
    # Passed again, the next is reviewed before the one after it, and only then the fifth opens.
    states = steps.after_passing(states, 1)
    assert states[1:5] == [PASSED, TO_REVIEW, TO_REVIEW, WAITING]
    assert steps.why_not_pass(states, 3) == Refusal("earlier", 2)
    states = steps.after_passing(steps.after_passing(states, 2), 3)
    assert states == _passed(4)


def test_reopening_twice_keeps_the_later_marks() -> None:
    states = steps.after_reopening(steps.after_reopening(_passed(5), 3), 0)
    assert states == [OPEN, TO_REVIEW, TO_REVIEW, WAITING, TO_REVIEW, WAITING, WAITING]


@pytest.mark.parametrize("place", [4, 5])
def test_only_a_passed_step_is_opened_again(place: int) -> None:
    with pytest.raises(ValueError, match="is not passed"):
        steps.after_reopening(_passed(4), place)


def test_whatever_is_done_every_state_stays_reachable_to_the_end() -> None:
    """From every state that passing and reopening lead to, passing what is at hand ends the cycle."""
    seen, todo = set(), [tuple(BEGUN)]
    while todo:
        states = todo.pop()
        if states in seen:
            continue
        seen.add(states)
        for place, step in product(range(7), (steps.after_passing, steps.after_reopening)):
            try:
                todo.append(tuple(step(states, place)))
            except ValueError:
                continue
    assert len(seen) > 100
    for states in seen:
        at_hand = steps.current(states)
        if at_hand is None:
            continue
        # The step at hand can always be passed, and nothing after it.
        assert steps.why_not_pass(states, at_hand) is None, states
        assert all(steps.why_not_pass(states, later) for later in range(at_hand + 1, 7)), states


@pytest.mark.parametrize(
    ("state", "due", "late"),
    [
        (OPEN, date(2026, 11, 21), True),
        (OPEN, date(2026, 11, 22), False),
        (TO_REVIEW, date(2026, 1, 1), True),
        (PASSED, date(2026, 1, 1), False),
        (WAITING, date(2026, 1, 1), False),
        (OPEN, None, False),
    ],
)
def test_overdue(state: str, due: date | None, late: bool) -> None:
    assert steps.is_overdue(state, due, date(2026, 11, 22)) is late


@pytest.mark.parametrize(
    ("times", "minutes", "persons", "a_month"),
    [
        ("5", 60, 3, 3900),
        ("1", 60, 1, 260),
        ("0.5", 45, 1, 98),  # 97.5, half up
        ("7", 1, 1, 30),  # 30.33…
        ("3", 0, 5, 0),
    ],
)
def test_minutes_of_an_average_month(times: str, minutes: int, persons: int, a_month: int) -> None:
    assert minutes_a_month(Decimal(times), minutes, persons) == a_month


def test_a_gap_never_turns_negative() -> None:
    assert (Gap(600, 200).open_minutes, Gap(600, 200).surplus) == (400, 0)
    assert (Gap(600, 900).open_minutes, Gap(600, 900).surplus) == (0, 300)
    assert Gap(600, 600).open_minutes == 0


def test_a_surplus_at_one_need_fills_no_other_but_what_is_given_to_all_does() -> None:
    gaps = [Gap(600, 900), Gap(500, 100)]
    assert total_gap(gaps, 0).open_minutes == 400
    assert total_gap(gaps, 150).open_minutes == 250
    assert total_gap(gaps, 5000).open_minutes == 0
    assert total_gap([], 100) == Gap(0, 0)


@pytest.mark.parametrize(
    ("given", "missing", "parts"),
    [
        (100, [600], [100]),
        (100, [350, 150], [70, 30]),
        (100, [1, 1, 1], [1, 1, 1]),
        (2, [1, 1, 1], [0, 1, 1]),
        (900, [0, 500, 0], [0, 500, 0]),
        (50, [], []),
        (50, [0, 0], [0, 0]),
    ],
)
def test_what_is_given_to_all_is_shared_out_to_the_minute(
    given: int, missing: list[int], parts: list[int]
) -> None:
    assert spread(given, missing) == parts


@pytest.mark.parametrize(
    ("direction", "result", "reached"),
    [
        (AT_LEAST, "90", True),
        (AT_LEAST, "89.99", False),
        (AT_MOST, "90", True),
        (AT_MOST, "90.01", False),
        (AT_MOST, None, None),
    ],
)
def test_targets(direction: str, result: str | None, reached: bool | None) -> None:
    value = None if result is None else Decimal(result)
    assert is_reached(direction, Decimal(90), value) is reached
    assert difference(Decimal(90), value) == (None if value is None else value - 90)
