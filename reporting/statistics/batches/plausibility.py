"""Which numbers of a batch are doubtful: no numbers, negative, beyond the dictionary's bounds, or a sudden jump."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from reporting.statistics.batches.figures import Figure
from reporting.statistics.dictionary import Indicator

# A jump is judged against so many earlier periods at least.
ENOUGH_HISTORY = 3
# The columns hold no more.
_LARGEST = Decimal(10) ** 13
_MOST_PERSONS = 2**31


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a figure waits for a look: a code, and the bound that it crossed, in words of numbers."""

    reason: str
    bound: str = ""


def doubt_of(figure: Figure, indicator: Indicator, history: Sequence[Decimal] = ()) -> Doubt | None:
    """What is wrong with a figure, or None. `history` are the tenant's earlier values of it, in any order."""
    numbers = [figure.numerator, *([] if figure.denominator is None else [figure.denominator])]
    numbers += [part.value for part in figure.parts]
    if not all(number.is_finite() for number in numbers):
        return Doubt("not_a_number")
    if any(number < 0 for number in numbers) or (figure.persons or 0) < 0:
        return Doubt("negative")
    return _beyond(figure, indicator) or _jump(figure, indicator, history)


def fits(figure: Figure) -> bool:
    """Whether the columns can hold the figure; what they cannot is right in no case."""
    numbers = (figure.numerator, figure.denominator or Decimal(0), *(part.value for part in figure.parts))
    return max(numbers) < _LARGEST and (figure.persons or 0) < _MOST_PERSONS


def _beyond(figure: Figure, indicator: Indicator) -> Doubt | None:
    bounds = indicator.bounds
    if not fits(figure):
        return Doubt("too_much", _words(_LARGEST))
    if figure.persons is not None and figure.persons > bounds.most_persons:
        return Doubt("too_much", _words(bounds.most_persons))
    if bounds.most is not None and figure.numerator > bounds.most:
        return Doubt("too_much", _words(bounds.most))
    if bounds.most_per_person is not None and figure.persons is not None:
        most = bounds.most_per_person * figure.persons
        if figure.numerator > most:
            return Doubt("too_much", _words(most))
    value = indicator.value(figure.numerator, figure.denominator)
    if bounds.most_value is not None and value is not None and value > bounds.most_value:
        return Doubt("too_much", _words(bounds.most_value))
    return None


def _jump(figure: Figure, indicator: Indicator, history: Sequence[Decimal]) -> Doubt | None:
    bounds = indicator.bounds
    value = indicator.value(figure.numerator, figure.denominator)
    if bounds.jump is None or value is None or len(history) < ENOUGH_HISTORY:
        return None
    usual = median(history)
    if max(value, usual) < bounds.start or not usual:
        return None
    if value > usual * bounds.jump or value * bounds.jump < usual:
        return Doubt("jump", _words(usual))
    return None


def _words(number: Decimal) -> str:
    return format(number.normalize(), "f")[:30]
