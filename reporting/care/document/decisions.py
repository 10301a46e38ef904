"""What the decisions of an import_care document mean: amounts, plans, suspensions, amendments, no overlaps."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, time, timedelta
from itertools import pairwise

from reporting.care.document.faults import DocumentFault
from reporting.care.document.form import shown
from reporting.care.document.meaning import Placed, period_fault, repeated
from reporting.care.document.records import DecisionRecord, SuspensionRecord

_ONE_DAY = timedelta(days=1)
# Two workers around the clock, in the longest month and in a week.
_MOST_MINUTES = {"month": 2 * 31 * 24 * 60, "week": 2 * 7 * 24 * 60}


def check_decisions(
    decisions: Placed[DecisionRecord], unsound: Collection[str] = ()
) -> Iterator[DocumentFault]:
    """Every fault of the decisions alone and among each other; when the `unsound` ones hold is not known."""
    yield from repeated((f"$.decisions[{index}].number", each.number) for index, each in decisions)
    for index, decision in decisions:
        path = f"$.decisions[{index}]"
        yield from _check_periods(path, decision)
        yield from _check_amount(path, decision)
        yield from _check_plan(path, decision)
        yield from _check_suspensions(path, decision)
    yield from _check_amendments(decisions)
    yield from _check_overlaps([placed for placed in decisions if placed[1].number not in unsound])


def _check_periods(path: str, decision: DecisionRecord) -> Iterator[DocumentFault]:
    yield from period_fault(f"{path}.valid_to", decision.valid_from, decision.valid_to)
    if decision.revoked_from is not None and decision.revoked_from < decision.valid_from:
        value = shown(decision.revoked_from.isoformat())
        details = {"first": decision.valid_from.isoformat()}
        yield DocumentFault(f"{path}.revoked_from", value, "revoked_before_it_begins", details)


def _check_amount(path: str, decision: DecisionRecord) -> Iterator[DocumentFault]:
    minutes_path = f"{path}.amount.minutes"
    if decision.per == "plan":
        if decision.minutes is not None:
            yield DocumentFault(minutes_path, shown(decision.minutes), "minutes_with_plan")
        if not decision.plan:
            yield DocumentFault(f"{path}.plan", shown([]), "plan_missing")
    elif decision.minutes is None:
        yield DocumentFault(minutes_path, shown(None), "minutes_missing")
    elif decision.minutes > _MOST_MINUTES[decision.per]:
        details = {"limit": _MOST_MINUTES[decision.per]}
        yield DocumentFault(minutes_path, shown(decision.minutes), "minutes_beyond_period", details)


def _check_plan(path: str, decision: DecisionRecord) -> Iterator[DocumentFault]:
    """Visits that begin together need two workers, and three never do.

    Visits of one plan that overlap otherwise are taken as they come: other systems hold such plans, and the
    comparison says what is amiss. Whoever corrects the decision here is asked to mend them.
    """
    most, code = (2, "plan_crowded") if decision.two_workers else (1, "plan_clash")
    met: dict[tuple[int, time], list[int]] = {}
    for at, slot in enumerate(decision.plan):
        same = met.setdefault((slot.weekday, slot.start), [])
        if len(same) >= most:
            value = shown(f"{slot.weekday} {slot.start:%H:%M}")
            other = f"{path}.plan[{same[0]}]"
            yield DocumentFault(f"{path}.plan[{at}]", value, code, {"other": other})
        else:
            same.append(at)


def _check_suspensions(path: str, decision: DecisionRecord) -> Iterator[DocumentFault]:
    sound: list[tuple[str, SuspensionRecord]] = []
    for at, suspension in enumerate(decision.suspensions):
        place = f"{path}.suspensions[{at}]"
        wrong = list(period_fault(f"{place}.to", suspension.first_day, suspension.last_day))
        if wrong:
            yield from wrong
            continue
        if suspension.last_day < decision.valid_from or suspension.first_day > decision.valid_to:
            details = {"first": decision.valid_from.isoformat(), "last": decision.valid_to.isoformat()}
            yield DocumentFault(place, shown(suspension.first_day.isoformat()), "suspension_outside", details)
        sound.append((place, suspension))
    sound.sort(key=lambda placed: placed[1].first_day)
    for (earlier_place, earlier), (place, later) in pairwise(sound):
        if later.first_day <= earlier.last_day:
            value = shown(later.first_day.isoformat())
            yield DocumentFault(place, value, "suspensions_overlap", {"other": earlier_place})


def _check_amendments(decisions: Placed[DecisionRecord]) -> Iterator[DocumentFault]:
    by_number = {decision.number: decision for _, decision in decisions}
    amended_at: dict[str, str] = {}
    for index, decision in decisions:
        if decision.amends is None:
            continue
        path = f"$.decisions[{index}].amends"
        value = shown(decision.amends)
        if decision.amends == decision.number:
            yield DocumentFault(path, value, "amends_itself")
            continue
        first_path = amended_at.setdefault(decision.amends, path)
        if first_path != path:
            yield DocumentFault(path, value, "amended_twice", {"other": first_path})
        earlier = by_number.get(decision.amends)
        if earlier is None:
            continue
        if _amends_in_a_circle(decision, by_number):
            yield DocumentFault(path, value, "amended_in_a_circle")
        if earlier.person != decision.person:
            yield DocumentFault(path, value, "amends_another_person")
        elif decision.valid_from < earlier.valid_from:
            details = {
                "first": decision.valid_from.isoformat(),
                "other_first": earlier.valid_from.isoformat(),
            }
            yield DocumentFault(path, value, "amends_before_it_begins", details)


def _amends_in_a_circle(decision: DecisionRecord, by_number: Mapping[str, DecisionRecord]) -> bool:
    visited: set[str] = set()
    at: DecisionRecord | None = decision
    while at is not None and at.amends is not None and at.number not in visited:
        visited.add(at.number)
        at = by_number.get(at.amends)
    return at is not None and at is decision and at.number in visited


def _check_overlaps(decisions: Placed[DecisionRecord]) -> Iterator[DocumentFault]:
    """Two decisions of a person must not hold on one day, once revocations and amendments have shortened them."""
    amended_from = {
        each.amends: each.valid_from for _, each in decisions if each.amends not in (None, each.number)
    }
    of_person: defaultdict[str, list[tuple[date, date, int, DecisionRecord]]] = defaultdict(list)
    for index, decision in decisions:
        last = decision.valid_to
        for ended in (decision.revoked_from, amended_from.get(decision.number)):
            if ended is not None:
                last = min(last, ended - _ONE_DAY)
        if decision.valid_from <= last:
            of_person[decision.person].append((decision.valid_from, last, index, decision))
    for held in of_person.values():
        held.sort(key=lambda each: each[:3])
        latest_first, latest_last, _, latest = held[0]
        for first, last, index, decision in held[1:]:
            if first <= latest_last and decision.number != latest.number:
                details = {
                    "first": first.isoformat(),
                    "other_first": latest_first.isoformat(),
                    "other_last": latest_last.isoformat(),
                }
                path = f"$.decisions[{index}].valid_from"
                yield DocumentFault(path, shown(latest.number), "decisions_overlap", details)
            if last > latest_last:
                latest_first, latest_last, latest = first, last, decision
