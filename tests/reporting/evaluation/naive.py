"""Continuity and replacement worked out a second time, the long way, straight from their sentences."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import Any

from kernel.periods import is_public_holiday, resolve_wall_time


def shares_of_main_carer(visits: Any) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    """Of visits (decision, person, worker, minutes): share by visits, share by minutes, carers a person; in percent."""
    if not visits:
        return None, None, None
    main_visits = main_minutes = carers = 0
    people = {visit.person for visit in visits}
    for person in people:
        theirs = [visit for visit in visits if visit.person == person]
        counted = Counter(visit.worker for visit in theirs)
        minutes: Counter[str] = Counter()
        for visit in theirs:
            minutes[visit.worker] += visit.minutes
        main_visits += counted.most_common(1)[0][1]
        main_minutes += minutes.most_common(1)[0][1]
        carers += len(counted)
    return (
        Fraction(100 * main_visits, len(visits)),
        Fraction(100 * main_minutes, sum(visit.minutes for visit in visits)),
        Fraction(carers, len(people)),
    )


def replacements(decision: Any, visits: Any, days: Any, *, tolerance: int, within: int) -> list[int | None]:
    """Minutes waited for each missed slot of a decision with at most one slot a day; None where nobody came."""
    slot_on = {slot.weekday: slot for slot in decision.plan}
    answered, missed = set(), []
    for day in days:
        slot = slot_on.get(day.isoweekday())
        if slot is None or not decision.valid_from <= day <= decision.valid_to:
            continue
        due = slot.start.hour * 60 + slot.start.minute
        near = [
            (abs(visit.start.hour * 60 + visit.start.minute - due), visit.start, visit.worker, visit.id)
            for visit in visits
            if visit.date == day and abs(visit.start.hour * 60 + visit.start.minute - due) <= tolerance
        ]
        if near:
            answered.add(min(near)[3])
        elif not is_public_holiday(day):
            missed.append(resolve_wall_time(day, slot.start))
    free = sorted(
        (visit for visit in visits if visit.id not in answered),
        key=lambda visit: (visit.starts_at, visit.worker),
    )
    waited: list[int | None] = []
    for at in missed:
        for visit in free:
            same_day = visit.date == at.astimezone(visit.zone).date()
            if same_day or at <= visit.starts_at <= at + timedelta(hours=within):
                waited.append(max(0, int((visit.starts_at - at).total_seconds()) // 60))
                free.remove(visit)
                break
        else:
            waited.append(None)
    return waited
