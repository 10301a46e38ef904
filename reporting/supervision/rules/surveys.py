"""What a question of a survey takes for an answer, and what answers add up to."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

SCALE, CHOICE, TEXT = "scale", "choice", "text"
KINDS = (SCALE, CHOICE, TEXT)
LOWEST, HIGHEST = 1, 5
LONGEST_TEXT = 1000

# An answer as it is kept: 1 … 5 of a scale, the place of an option (from 0), a text; None where nothing was said.
Answer = int | str | None


def is_question(question: Mapping[str, Any]) -> bool:
    """Whether it is a whole question: of a known kind, with words, and a choice with two different options or more."""
    options = question.get("options", [])
    if question.get("kind") not in KINDS or not question.get("text"):
        return False
    if question["kind"] == CHOICE:
        return len(options) >= 2 and len(set(options)) == len(options)
    return not options


def is_answer(question: Mapping[str, Any], answer: Any) -> bool:
    """Whether the question takes this answer; none at all is taken too."""
    if answer is None:
        return True
    if question["kind"] == TEXT:
        return isinstance(answer, str) and 0 < len(answer) <= LONGEST_TEXT
    if type(answer) is not int:
        return False
    if question["kind"] == SCALE:
        return LOWEST <= answer <= HIGHEST
    return 0 <= answer < len(question["options"])


def count_answers(question: Mapping[str, Any], answers: Sequence[Answer]) -> list[int]:
    """How often each step of the scale or each option was chosen, in their order; of a text nothing."""
    if question["kind"] == TEXT:
        return []
    first = LOWEST if question["kind"] == SCALE else 0
    places = HIGHEST if question["kind"] == SCALE else len(question["options"])
    return [sum(answer == first + place for answer in answers) for place in range(places)]


def average_of(counts: Sequence[int]) -> Decimal | None:
    """The mean of a scale to 2 places, from how often each step was chosen; None where nobody answered."""
    total = sum(counts)
    if not total:
        return None
    points = sum(count * step for step, count in enumerate(counts, start=LOWEST))
    return (Decimal(points) / total).quantize(Decimal("0.01"), ROUND_HALF_UP)
