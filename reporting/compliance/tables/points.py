"""Deviations as points to answer, in groups of one decision and one code, urgent ones first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from reporting.compliance.answers import Answered
from reporting.compliance.terms import CODE_NAMES, describe

MOST_GROUPS = 120
MOST_POINTS = 60


@dataclass(frozen=True, slots=True)
class Point:
    """One deviation: what it is about, the day it opens, its answer; `beyond`: the other visit is not ours to see."""

    answered: Answered
    about: str
    day: date | None
    beyond: bool

    @property
    def anchor(self) -> str:
        """An id for its element, and for the address after an answer."""
        return f"p-{self.answered.code}-{self.answered.subject.rpartition('#')[2]}"


@dataclass(frozen=True, slots=True)
class Group:
    """The points of one decision (or of the contract, without `decision_pk`) with one code."""

    decision_pk: UUID | None
    number: str
    name: str
    code: str
    title: str
    is_must: bool
    points: tuple[Point, ...]

    @property
    def open_count(self) -> int:
        return sum(point.answered.is_open for point in self.points)

    @property
    def shown(self) -> tuple[Point, ...]:
        """The points to show; a page with thousands of late entries would help nobody."""
        return self.points[:MOST_POINTS]

    @property
    def left_out(self) -> int:
        return max(0, len(self.points) - MOST_POINTS)

    @property
    def anchor(self) -> str:
        return f"g-{self.code}-{self.decision_pk or 'contract'}"


def point_of(
    one: Answered, activity_names: Mapping[str, str], workers: Collection[str] | None = None
) -> Point:
    """A point; with `workers` (codes) the other visit of a pair is told only where it is theirs."""
    deviation = one.deviation
    beyond = workers is not None and deviation.other is not None and deviation.other.worker not in workers
    about = describe(replace(deviation, other=None) if beyond else deviation, activity_names)
    day = deviation.visit.date if deviation.visit else deviation.slot.date if deviation.slot else None
    return Point(one, about, day, beyond)


def groups_of(
    answered: Iterable[Answered],
    names: Mapping[UUID, str],
    activity_names: Mapping[str, str],
    *,
    workers: Collection[str] | None,
    is_must: bool,
) -> list[Group]:
    """The groups of one severity: those with open points first, then by number and code."""
    kept: dict[tuple[str, str], list[Answered]] = {}
    for one in answered:
        if one.is_must is is_must:
            kept.setdefault((one.deviation.decision or "", one.code), []).append(one)
    groups = [
        _group(points, names, activity_names, workers)
        for _, points in sorted(kept.items(), key=lambda x: x[0])
    ]
    return sorted(groups, key=lambda group: not group.open_count)


def _group(
    points: Sequence[Answered],
    names: Mapping[UUID, str],
    activity_names: Mapping[str, str],
    workers: Collection[str] | None,
) -> Group:
    first = points[0]
    decision_pk = first.decision_id
    return Group(
        decision_pk=decision_pk,
        number=first.deviation.decision or first.deviation.contract,
        name=names.get(decision_pk, "") if decision_pk else "",
        code=first.code,
        title=str(CODE_NAMES[first.deviation.code]),
        is_must=first.is_must,
        points=tuple(point_of(one, activity_names, workers) for one in points),
    )
