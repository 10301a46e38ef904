"""What the dictionary says of one version of an indicator."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from kernel.periods import Month


@dataclass(frozen=True)
class Words:
    """An indicator in one language; `denominator` is empty where the figure is a count.

    `note` says what a narrow reading of the name leaves out; empty where nothing must be said.
    """

    name: str
    definition: str
    numerator: str
    denominator: str
    note: str = ""


@dataclass(frozen=True)
class Breakdown:
    """A fixed partition of an indicator: its name and the names of its categories, by language."""

    code: str
    names: Mapping[str, str]
    categories: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Bounds:
    """What is plausible for one tenant and period; None where nothing is said.

    `most_persons` bounds the persons behind a figure: no unit helps more of them. `most` bounds the numerator,
    `most_value` the value, `most_per_person` the numerator for each person behind it.
    `jump` is the factor by which a value may differ from the tenant's own median, where either is at least `start`.
    """

    most: Decimal | None = None
    most_value: Decimal | None = None
    most_per_person: Decimal | None = None
    jump: Decimal | None = None
    start: Decimal = Decimal(0)
    most_persons: Decimal = Decimal(100_000)


@dataclass(frozen=True)
class Indicator:
    """One version of an indicator, in force from a month (of the figures, not of their push) to another or for good.

    `edition` is that of the dictionary in which the version came; `base` the population of persons that the figure
    stands on, empty where it stands on none. A figure's value is numerator / denominator × `factor`, or the numerator.
    `over_time` says whether figures of several periods may be added up, `is_share` whether the figure is a number of
    cases among independent ones, so that chance has a say in it. `counts_a_part` says that the numerator counts some of
    the persons of the denominator, or what happened to them; then behind the figure stand the fewer of those whom it
    counts and of the others. `beside` is the indicator of another population that tells a part of the same numbers: the
    figure is hidden wherever that one is. `parts_stand_on_whole` says that each category of the breakdown is told of
    all persons of the whole. `in_minutes` names what of "numerator" and "denominator" is a time, counted in minutes.
    """

    code: str
    version: int
    edition: int
    valid_from: Month
    valid_to: Month | None
    period: str
    topic: str
    unit: str
    factor: Decimal
    base: str
    breakdown: Breakdown | None
    by_service: bool
    health: bool
    business: bool
    over_time: bool
    is_share: bool
    counts_a_part: bool
    parts_stand_on_whole: bool
    beside: str
    in_minutes: frozenset[str]
    words: Mapping[str, Words]
    source_fields: tuple[str, ...]
    sources: tuple[str, ...]
    bounds: Bounds

    @property
    def is_ratio(self) -> bool:
        """Whether the figure has a denominator."""
        return bool(self.words["pl"].denominator)

    def holds_in(self, month: Month) -> bool:
        """Whether this version says what figures of the month mean."""
        return self.valid_from <= month and (self.valid_to is None or month <= self.valid_to)

    def value(self, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
        """The figure in its unit with two decimals, half up; None where there is nothing to divide by."""
        if not self.is_ratio:
            return numerator
        if not denominator:
            return None
        return (numerator * self.factor / denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def words_in(self, language: str) -> Words:
        """The words in a language; Polish where it is not known."""
        return self.words.get(language, self.words["pl"])
