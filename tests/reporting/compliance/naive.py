"""The monthly comparison once more, written from its published definition alone: slow, plain, and on its own.

It shares nothing with the rules: it counts minutes one by one, keeps the calendar and the clocks itself, and tries
every pair. Only the property tests and tests of the database use it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from tests.reporting.compliance.worlds import World, WorldDecision, WorldSlot, WorldVisit

EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - instants are minutes since then, in UTC without saying so
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    over_tolerance: int = 0
    under_threshold: int = 90
    overlap_tolerance: int = 0
    slot_tolerance: int = 30
    late_days: int = 7
    shortest: int = 10
    longest: int = 12 * 60


class Calendar:
    """Poland's clocks and days off, from the law rather than from a library."""

    def local(self, instant: datetime) -> datetime:
        bare = instant.replace(tzinfo=None)
        summer = self.last_sunday(bare.year, 3) <= bare < self.last_sunday(bare.year, 10)
        return bare + timedelta(hours=2 if summer else 1)

    def last_sunday(self, year: int, month: int) -> datetime:
        day = date(year, month, 31)
        while day.isoweekday() != 7:
            day -= DAY
        return datetime.combine(day, time(1, 0))

    def is_holiday(self, day: date) -> bool:
        fixed = [(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)]
        if day.year >= 2025:
            fixed.append((12, 24))
        easter = self.easter(day.year)
        return (day.month, day.day) in fixed or (day - easter).days in (0, 1, 49, 60)

    def easter(self, year: int) -> date:
        """Meeus, Jones and Butcher."""
        a, b, c = year % 19, year // 100, year % 100
        d, e = b // 4, b % 4
        g = (8 * b + 13) // 25
        h = (19 * a + b - d - g + 15) % 30
        i, k = c // 4, c % 4
        m = (32 + 2 * e + 2 * i - h - k) % 7
        n = (a + 11 * h + 22 * m) // 451
        month, day = divmod(h + m - 7 * n + 114, 31)
        return date(year, month, day + 1)


CALENDAR = Calendar()


class Visit:
    """A visit with the set of minutes that it lasts."""

    def __init__(self, told: WorldVisit, decision: WorldDecision) -> None:
        self.told = told
        self.decision = decision
        self.done = told.state == "done"
        self.worker = told.worker
        self.person = decision.person
        clock = CALENDAR.local(told.starts_at)
        self.day = clock.date()
        self.clock = clock.hour * 60 + clock.minute
        self.minutes = set()
        minute = told.starts_at
        while minute < told.ends_at:
            self.minutes.add((minute.replace(tzinfo=None) - EPOCH) // timedelta(minutes=1))
            minute += timedelta(minutes=1)
        self.entered_on = CALENDAR.local(told.entered_at).date()

    def shown(self) -> dict[str, str]:
        return {"date": str(self.day), "start": clock_text(self.clock), "worker": self.worker}


def clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def finding(code: str, **what: Any) -> dict[str, Any]:
    empty = {"visit": None, "other": None, "slot": None, "activities": None, "minutes": None}
    return {"code": code, **empty, **what}


class NaiveMonth:
    """One world, one month, one set of limits."""

    def __init__(self, world: World, limits: Limits) -> None:
        self.world = world
        self.limits = limits
        self.month = (world.month.year, world.month.month)
        self.decisions = {decision.number: decision for decision in world.decisions}
        self.visits = [Visit(told, self.decisions[told.decision]) for told in world.visits]

    def in_month(self, day: date) -> bool:
        return (day.year, day.month) == self.month

    def days(self) -> list[date]:
        day = date(*self.month, 1)
        found = []
        while self.in_month(day):
            found.append(day)
            day += DAY
        return found

    # Which days a decision holds.

    def valid(self, decision: WorldDecision, day: date) -> bool:
        if day < decision.valid_from or day > decision.valid_to:
            return False
        if decision.revoked_from and day >= decision.revoked_from:
            return False
        return not any(
            later.amends == decision.number and day >= later.valid_from for later in self.world.decisions
        )

    def suspended(self, decision: WorldDecision, day: date) -> bool:
        for first, last in decision.suspensions:
            while first <= last:
                if first == day:
                    return True
                first += DAY
        return False

    def active(self, decision: WorldDecision, day: date) -> bool:
        return self.valid(decision, day) and not self.suspended(decision, day)

    # Hours.

    def granted(self, decision: WorldDecision) -> int:
        days = self.days()
        active = [day for day in days if self.active(decision, day)]
        if decision.per == "month":
            return half_up(Fraction(decision.minutes or 0) * len(active) / len(days))
        if decision.per == "week":
            return half_up(Fraction(decision.minutes or 0) * len(active) / 7)
        total = 0
        for day in active:
            for slot in self.slots(decision, day):
                if slot.on_holidays or not CALENDAR.is_holiday(day):
                    total += slot.minutes
        return total

    def slots(self, decision: WorldDecision, day: date) -> list[WorldSlot]:
        return [slot for slot in decision.plan if slot.weekday == day.isoweekday()]

    def visits_of(self, decision: WorldDecision) -> list[Visit]:
        return [visit for visit in self.visits if visit.decision is decision and self.in_month(visit.day)]

    def done_of(self, decision: WorldDecision) -> list[Visit]:
        return [visit for visit in self.visits_of(decision) if visit.done]

    def hours(self, decision: WorldDecision) -> list[dict[str, Any]]:
        granted, found = self.granted(decision), []
        delivered = sum(len(visit.minutes) for visit in self.done_of(decision))
        if delivered > granted + self.limits.over_tolerance:
            found.append(finding("H1", minutes=delivered - granted))
        if delivered > 0 and Fraction(delivered * 100) < granted * self.limits.under_threshold:
            found.append(finding("H2", minutes=granted - delivered))
        if granted > 0 and delivered == 0:
            found.append(finding("H3", minutes=granted))
        return found

    # Scope.

    def scope(self, decision: WorldDecision) -> list[dict[str, Any]]:
        found = []
        performed: list[str] = []
        for visit in self.done_of(decision):
            performed += visit.told.activities
            foreign = [code for code in visit.told.activities if code not in decision.activities]
            if foreign:
                found.append(finding("S1", visit=visit.shown(), activities=sorted(foreign)))
        idle = [code for code in decision.activities if code not in performed]
        if idle and self.done_of(decision):
            found.append(finding("S2", activities=sorted(idle)))
        return found

    # Dates and plan.

    def dates(self, decision: WorldDecision) -> list[dict[str, Any]]:
        found = []
        for visit in self.done_of(decision):
            if not self.valid(decision, visit.day):
                found.append(finding("D1", visit=visit.shown()))
            if self.suspended(decision, visit.day):
                found.append(finding("D2", visit=visit.shown()))
        return found

    def plan(self, decision: WorldDecision) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for day in self.days() if decision.plan else []:
            slots = self.slots(decision, day)
            visits = [
                visit
                for visit in self.visits_of(decision)
                if visit.day == day and visit.told.state in ("done", "no_show")
            ]
            while (nearest := self.nearest(slots, visits)) is not None:
                slots.remove(nearest[0])
                visits.remove(nearest[1])
            if not self.active(decision, day):
                continue
            found += [finding("D3", visit=visit.shown()) for visit in visits if visit.done]
            for slot in slots:
                if slot.on_holidays or not CALENDAR.is_holiday(day):
                    start = clock_text(slot.start.hour * 60 + slot.start.minute)
                    found.append(finding("D4", slot={"date": str(day), "start": start}))
        return found

    def nearest(self, slots: list[WorldSlot], visits: list[Visit]) -> tuple[WorldSlot, Visit] | None:
        best = None
        for slot in slots:
            for visit in visits:
                start = slot.start.hour * 60 + slot.start.minute
                apart = abs(start - visit.clock)
                rank = (apart, start, visit.clock, visit.worker)
                if apart <= self.limits.slot_tolerance and (best is None or rank < best[0]):
                    best = (rank, slot, visit)
        return None if best is None else best[1:]

    # Staff and entry.

    def staff(self, decision: WorldDecision) -> list[dict[str, Any]]:
        found = []
        contract = next(one for one in self.world.contracts if one.number == decision.contract)
        service = next(one for one in self.world.services if one.code == contract.service)
        for visit in self.done_of(decision):
            worker = next(one for one in self.world.workers if one.code == visit.worker)
            for needed in service.required_qualifications:
                if not any(
                    held.code == needed and held.valid_from <= visit.day <= (held.valid_to or date.max)
                    for held in worker.qualifications
                ):
                    found.append(finding("W1", visit=visit.shown()))
                    break
            named = [
                one
                for one in contract.named_staff
                if one.worker == visit.worker
                and (one.valid_from or date.min) <= visit.day <= (one.valid_to or date.max)
            ]
            if contract.named_staff and not named:
                found.append(finding("W2", visit=visit.shown()))
        return found

    def entry(self, decision: WorldDecision) -> list[dict[str, Any]]:
        found = []
        for visit in self.done_of(decision):
            if visit.entered_on > visit.day + self.limits.late_days * DAY:
                found.append(finding("T1", visit=visit.shown()))
            if len(visit.minutes) < self.limits.shortest or len(visit.minutes) > self.limits.longest:
                found.append(finding("T2", visit=visit.shown()))
        return found

    # Pairs.

    def pairs(self, decision: WorldDecision) -> list[dict[str, Any]]:
        found = []
        done = [visit for visit in self.visits if visit.done]
        for at, one in enumerate(done):
            for two in done[at + 1 :]:
                carrier, other = sorted(
                    (one, two), key=lambda visit: (visit.told.starts_at, visit.worker, visit.decision.number)
                )
                if carrier.decision is not decision or not self.in_month(carrier.day):
                    continue
                pair = {"visit": carrier.shown(), "other": other.shown()}
                shared = len(one.minutes & two.minutes)
                same_person, same_worker = one.person == two.person, one.worker == two.worker
                if same_person and same_worker and one.minutes == two.minutes:
                    found.append(finding("T3", **pair))
                    continue
                if same_worker and shared > self.limits.overlap_tolerance:
                    found.append(finding("O1", **pair, minutes=shared))
                allowed = one.decision.two_workers or two.decision.two_workers
                if same_person and shared > 0 and not allowed:
                    found.append(finding("O2", **pair, minutes=shared))
        return found

    # Everything.

    def appears(self, decision: WorldDecision) -> bool:
        return any(self.valid(decision, day) for day in self.days()) or bool(self.done_of(decision))

    def decision(self, decision: WorldDecision) -> dict[str, Any]:
        granted = self.granted(decision)
        delivered = sum(len(visit.minutes) for visit in self.done_of(decision))
        deviations: list[dict[str, Any]] = []
        for family in (self.hours, self.scope, self.dates, self.plan, self.staff, self.entry, self.pairs):
            deviations += family(decision)
        return {
            "number": decision.number,
            "granted_minutes": granted,
            "delivered_minutes": delivered,
            "fulfilment_percent": half_up(Fraction(delivered * 1000, granted)) / 10 if granted else None,
            "deviations": deviations,
        }

    def contract(self, number: str, cap: int | None) -> dict[str, Any]:
        delivered = total = 0
        for visit in self.visits:
            if visit.done and visit.decision.contract == number:
                if self.in_month(visit.day):
                    delivered += len(visit.minutes)
                if (visit.day.year, visit.day.month) <= self.month:
                    total += len(visit.minutes)
        exceeded = cap is not None and total > cap
        return {
            "number": number,
            "delivered_minutes": delivered,
            "deviations": [finding("C1", minutes=total - (cap or 0))] if exceeded else [],
        }


def naive_compare(world: World, limits: Limits, *, tenant: str = "alfa") -> dict[str, Any]:
    """The document of the month; decisions and contracts by number, deviations in no order (see `settled`)."""
    month = NaiveMonth(world, limits)
    decisions = sorted(world.decisions, key=lambda decision: decision.number)
    contracts = sorted(world.contracts, key=lambda contract: contract.number)
    return {
        "tenant": tenant,
        "month": f"{month.month[0]}-{month.month[1]:02d}",
        "decisions": [month.decision(decision) for decision in decisions if month.appears(decision)],
        "contracts": [month.contract(contract.number, contract.cap_minutes) for contract in contracts],
    }


def settled(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the deviations of each decision in one order, so that two documents can be compared."""
    return {
        **document,
        **{
            part: [
                {
                    **one,
                    "deviations": sorted(one["deviations"], key=lambda found: (found["code"], repr(found))),
                }
                for one in document[part]
            ]
            for part in ("decisions", "contracts")
        },
    }
