"""Pure rules of continuity: the next planned visit, whether a check quietens a silence, what a person needs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kernel.periods import Month
from reporting.care.grants import Slot, granted_minutes, is_due, last_day_in_force
from reporting.care.rules import Span
from reporting.compliance.rules import DecisionFacts

# Plans repeat every week; a visit that no day of so many brings is not coming.
_AHEAD = 60


@dataclass(frozen=True)
class Found:
    """What a check says: made on a day, quiet up to and including another."""

    made_on: date
    quiet_until: date


def quietens(check: Found, last_visit: date | None, today: date) -> bool:
    """Whether the check still speaks of this silence: not run out, and no visit on a later day."""
    return check.quiet_until >= today and (last_visit is None or last_visit <= check.made_on)


def next_planned(
    slots: Iterable[Slot], rests: Collection[Span], today: date, ends_before: date
) -> tuple[date, Slot] | None:
    """The first planned visit from today on, on a day that the decision holds on; None within sixty days."""
    plan = sorted(slots, key=lambda slot: slot.start)
    for ahead in range(_AHEAD):
        day = today + timedelta(days=ahead)
        if day >= ends_before:
            return None
        if any(rest.holds_on(day) for rest in rests):
            continue
        for slot in plan:
            if slot.weekday == day.isoweekday() and is_due(slot, day):
                return day, slot
    return None


def needed_minutes(decision: DecisionFacts, first: date, last: date) -> int:
    """What the decision grants from one day to another, both inclusive, month by month as the comparison counts."""
    begins, ends = max(decision.valid_from, first), min(last_day_in_force(decision), last)
    if begins > ends:
        return 0
    part = replace(decision, valid_from=begins, valid_to=ends)
    month, total = Month.of(begins), 0
    while month.first <= ends:
        total += granted_minutes(part, month)
        month = month.next()
    return total
