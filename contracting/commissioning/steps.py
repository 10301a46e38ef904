"""The seven steps as pure rules: their order, what a verb on one does to the others, which ticks people make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

NEEDS_DIAGNOSIS, SCOPE, FORM, FINANCING = "needs_diagnosis", "scope", "form", "financing"
CONTRACTOR_CHOICE, SUPERVISION, EVALUATION = "contractor_choice", "supervision", "evaluation"
ORDER = (NEEDS_DIAGNOSIS, SCOPE, FORM, FINANCING, CONTRACTOR_CHOICE, SUPERVISION, EVALUATION)

WAITING, OPEN, PASSED, TO_REVIEW = "waiting", "open", "passed", "to_review"
IN_WORK = frozenset({OPEN, TO_REVIEW})
FIRST_STATES = (OPEN, *([WAITING] * (len(ORDER) - 1)))

# Ticks that people make by hand: what no program can see. They remind, and never shut a gate (S-025).
TICKS: dict[str, tuple[str, ...]] = {
    NEEDS_DIAGNOSIS: ("all_groups", "outside_demand"),
    SCOPE: ("division_of_tasks", "talked_with_deliverers"),
    FORM: ("organisations_asked", "cooperation_programme"),
    FINANCING: ("in_budget", "payments_resolution"),
    CONTRACTOR_CHOICE: ("noticeboard",),
    SUPERVISION: ("inspections_planned", "surveys_planned"),
    EVALUATION: ("people_asked", "contractor_asked"),
}


@dataclass(frozen=True)
class Refusal:
    """Why a verb cannot be done: `waiting`, `passed`, `earlier` (position in `step`), `not_passed`."""

    code: str
    step: int | None = None


def current(states: Sequence[str]) -> int | None:
    """The place (from 0) of the first step that is not passed; None where all are."""
    return next((place for place, state in enumerate(states) if state != PASSED), None)


def why_not_pass(states: Sequence[str], place: int) -> Refusal | None:
    """Why the step cannot be passed now, whatever its gate says; None where it can."""
    if states[place] == PASSED:
        return Refusal("passed")
    first = current(states)
    if first is not None and first < place:
        return Refusal("earlier", first)
    return Refusal("waiting") if states[place] == WAITING else None


def after_passing(states: Sequence[str], place: int) -> list[str]:
    """The states once the step is passed: the next one opens, unless it stands to be reviewed.

    Raises ValueError where the step cannot be passed.
    """
    if why_not_pass(states, place) is not None:
        raise ValueError(f"step {place} of {states} cannot be passed")
    after = list(states)
    after[place] = PASSED
    if place + 1 < len(after) and after[place + 1] == WAITING:
        after[place + 1] = OPEN
    return after


def after_reopening(states: Sequence[str], place: int) -> list[str]:
    """The states once a passed step is opened again: later passed ones are to be reviewed, an open one waits.

    Raises ValueError where the step is not passed.
    """
    if states[place] != PASSED:
        raise ValueError(f"step {place} of {states} is not passed")
    later = {PASSED: TO_REVIEW, OPEN: WAITING}
    return [*states[:place], OPEN, *(later.get(state, state) for state in states[place + 1 :])]


def is_overdue(state: str, due_on: date | None, today: date) -> bool:
    """Whether a step in work should have been passed by now; the day itself is still in time."""
    return state in IN_WORK and due_on is not None and due_on < today
