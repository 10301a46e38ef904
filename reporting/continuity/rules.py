"""Pure rules of continuity: the next planned visit, and whether a check still quietens a silence."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from reporting.care.grants import Slot, is_due
from reporting.care.rules import Span

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
