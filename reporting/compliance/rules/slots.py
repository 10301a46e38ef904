"""Visits against the weekly plan: greedy matching of slots, off plan D3, missed D4."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from kernel.periods import Month
from reporting.compliance.rules.deviations import Code, Deviation, PlannedSlot
from reporting.compliance.rules.facts import (
    ContractFacts,
    DecisionFacts,
    Slot,
    Thresholds,
    VisitFacts,
    VisitState,
)
from reporting.compliance.rules.grants import active_dates, is_due

_ANSWERING = frozenset({VisitState.DONE, VisitState.NO_SHOW})


@dataclass(frozen=True, slots=True)
class SlotMatching:
    """Who answers what on one date: matched pairs, then slots and visits left over, each in given order."""

    pairs: tuple[tuple[Slot, VisitFacts], ...]
    missed: tuple[Slot, ...]
    off_plan: tuple[VisitFacts, ...]


def match_slots(slots: Sequence[Slot], visits: Sequence[VisitFacts], tolerance_minutes: int) -> SlotMatching:
    """Match the slots and visits (done or no_show) of one decision on one local date, each at most once.

    Pairs whose starts differ on the clock by at most the tolerance are taken greedily by difference, slot
    start, visit start, worker code. Where all of these are equal a slot due on holidays and a visit that was
    done come first, so that an absence never turns a delivered visit into one off plan.
    """
    arrivals = [_minute_of(visit.start) for visit in visits]
    candidates = []
    for slot_at, slot in enumerate(slots):
        due_at = _minute_of(slot.start)
        for visit_at, came_at in enumerate(arrivals):
            difference = abs(due_at - came_at)
            if difference <= tolerance_minutes:
                order = _slot_order(slot), _visit_order(visits[visit_at])
                candidates.append((difference, *order, slot_at, visit_at))
    candidates.sort()
    visit_of: dict[int, int] = {}
    answered: set[int] = set()
    for _, _, _, slot_at, visit_at in candidates:
        if slot_at not in visit_of and visit_at not in answered:
            visit_of[slot_at] = visit_at
            answered.add(visit_at)
    return SlotMatching(
        pairs=tuple((slots[slot_at], visits[visit_at]) for slot_at, visit_at in sorted(visit_of.items())),
        missed=tuple(slot for slot_at, slot in enumerate(slots) if slot_at not in visit_of),
        off_plan=tuple(visit for visit_at, visit in enumerate(visits) if visit_at not in answered),
    )


def plan_deviations(
    decision: DecisionFacts,
    contract: ContractFacts,
    month: Month,
    visits: Sequence[VisitFacts],
    clean_days: frozenset[date],
    thresholds: Thresholds,
) -> list[Deviation]:
    """D3 and D4 of one decision with a plan; `visits` are its named visits, `clean_days` are passed over.

    Every slot of the weekday takes part in the matching, so that a visit at its usual time on a public
    holiday is not off plan; whether the slot was due decides only whether it can be missed. On days on which
    the decision is not active nothing can be missed, and visits have D1 or D2 instead.
    """
    if not decision.plan:
        return []
    active = active_dates(decision, month)
    if clean_days.issuperset(active):
        return []
    slots_of: dict[int, list[Slot]] = defaultdict(list)
    for slot in decision.plan:
        slots_of[slot.weekday].append(slot)
    visits_on: dict[date, list[VisitFacts]] = defaultdict(list)
    for visit in visits:
        if visit.state in _ANSWERING:
            visits_on[visit.date].append(visit)
    found = []
    for day in active:
        if day in clean_days:
            continue
        slots, answers = slots_of.get(day.isoweekday(), []), visits_on.get(day, [])
        if not slots and not answers:
            continue
        matching = match_slots(slots, answers, thresholds.slot_tolerance_minutes)
        found += [
            Deviation(Code.OFF_PLAN, contract.number, decision.number, visit)
            for visit in matching.off_plan
            if visit.state is VisitState.DONE
        ]
        found += [
            Deviation(Code.MISSED, contract.number, decision.number, slot=slot)
            for slot in missed_on(day, matching)
        ]
    return found


def missed_on(day: date, matching: SlotMatching) -> list[PlannedSlot]:
    """The slots of a matching that were due on its date and that no visit answers."""
    places: Counter[time] = Counter()
    missed = []
    for slot in matching.missed:
        if is_due(slot, day):
            places[slot.start] += 1
            missed.append(PlannedSlot(day, slot.start, slot.minutes, places[slot.start]))
    return missed


def _minute_of(at: time) -> int:
    return at.hour * 60 + at.minute


def _slot_order(slot: Slot) -> tuple[time, bool, int]:
    return slot.start, not slot.on_holidays, slot.minutes


def _visit_order(visit: VisitFacts) -> tuple[object, ...]:
    done = visit.state is VisitState.DONE
    return visit.start, visit.worker, not done, visit.starts_at, visit.ends_at, visit.id
