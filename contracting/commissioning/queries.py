"""What is read of a cycle in a constant number of questions: its needs with what answers them."""

from dataclasses import dataclass
from uuid import UUID

from contracting.commissioning.models import Cycle, CycleResource, Need, ScopeItem
from contracting.commissioning.rules.minutes import Gap, minutes_a_month, spread, total_gap


@dataclass(frozen=True)
class NeedLine:
    """A need with what resources give it, its part of what they give to all included, and what the scope plans for it.

    In minutes a month.
    """

    need: Need
    gap: Gap
    planned: int

    @property
    def unmet(self) -> int:
        """What neither resources nor the scope answer, never below 0."""
        return max(self.gap.open_minutes - self.planned, 0)


@dataclass(frozen=True)
class NeedsTable:
    """All needs of a cycle, and what is given to the whole of it, which the lines share out among themselves."""

    lines: list[NeedLine]
    given_to_all: int

    @property
    def total(self) -> Gap:
        return total_gap([line.gap for line in self.lines], 0)


def needs_table(cycle: Cycle) -> NeedsTable:
    """The needs of the cycle in the order in which they were entered; three queries."""
    needs = list(Need.objects.filter(cycle=cycle).select_related("group", "activity"))
    given: dict[UUID | None, int] = {}
    for need_id, minutes in CycleResource.objects.filter(cycle=cycle).values_list("need_id", "minutes_month"):
        given[need_id] = given.get(need_id, 0) + minutes
    planned = planned_by_need(cycle)
    own = [Gap(need.minutes_month, given.get(need.pk, 0)) for need in needs]
    shared = spread(given.get(None, 0), [gap.open_minutes for gap in own])
    return NeedsTable(
        lines=[
            NeedLine(need, Gap(gap.needed, gap.given + part), planned.get(need.pk, 0))
            for need, gap, part in zip(needs, own, shared, strict=True)
        ],
        given_to_all=given.get(None, 0),
    )


def planned_by_need(cycle: Cycle) -> dict[UUID | None, int]:
    """Minutes a month that the scope plans, by need; under None those for no diagnosed need; one query."""
    planned: dict[UUID | None, int] = {}
    rows = ScopeItem.objects.filter(cycle=cycle).values_list(
        "need_id", "times_week", "minutes_each", "persons"
    )
    for need_id, times, minutes, persons in rows:
        planned[need_id] = planned.get(need_id, 0) + minutes_a_month(times, minutes, persons)
    return planned


def unmet_needs(cycle: Cycle) -> list[UUID]:
    """Ids of the needs that neither resources nor the scope answer in full."""
    return [line.need.pk for line in needs_table(cycle).lines if line.unmet]
