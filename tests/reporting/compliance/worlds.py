"""Small invented worlds, dense with deviations, that rules, naive rules and database are compared on.

A world is plain data as an office would have it on paper; nothing in it is derived, so that each implementation
derives for itself. `random_world` keeps every constraint of the tables (with `storable=True`, the default).
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from kernel.periods import Month

WARSAW = ZoneInfo("Europe/Warsaw")
MONTHS = tuple(
    Month.parse(text)
    for text in ("2026-10", "2026-03", "2025-12", "2024-02", "2026-05", "2027-01", "2025-11", "2026-02")
)


@dataclass(frozen=True)
class WorldService:
    code: str
    activities: tuple[str, ...]
    required_qualifications: tuple[str, ...]


@dataclass(frozen=True)
class WorldQualification:
    code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class WorldWorker:
    code: str
    qualifications: tuple[WorldQualification, ...]


@dataclass(frozen=True)
class WorldNamed:
    worker: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class WorldContract:
    number: str
    service: str
    cap_minutes: int | None
    named_staff: tuple[WorldNamed, ...]


@dataclass(frozen=True)
class WorldSlot:
    weekday: int
    start: time
    minutes: int
    on_holidays: bool


@dataclass(frozen=True)
class WorldDecision:
    """`amends` is the number of the decision that this one replaces from its own first day."""

    number: str
    person: str
    contract: str
    valid_from: date
    valid_to: date
    revoked_from: date | None
    amends: str | None
    per: str
    minutes: int | None
    plan: tuple[WorldSlot, ...]
    activities: tuple[str, ...]
    two_workers: bool
    suspensions: tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class WorldVisit:
    """Instants are UTC, on whole minutes."""

    id: str
    decision: str
    worker: str
    starts_at: datetime
    ends_at: datetime
    entered_at: datetime
    state: str
    activities: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """Visits reach a few days into the months before and after the month of interest."""

    month: Month
    services: tuple[WorldService, ...]
    workers: tuple[WorldWorker, ...]
    contracts: tuple[WorldContract, ...]
    persons: tuple[str, ...]
    decisions: tuple[WorldDecision, ...]
    visits: tuple[WorldVisit, ...]


SERVICES = (
    WorldService("care", ("cleaning", "cooking", "shopping", "washing"), ("carer_course",)),
    WorldService("therapy", ("exercise", "speech", "walk"), ("first_aid", "therapist")),
)
STARTS = (
    time(0, 10),
    time(2, 30),
    time(7, 45),
    time(8, 0),
    time(8, 20),
    time(8, 40),
    time(12, 0),
    time(23, 40),
)
DURATIONS = (5, 9, 10, 20, 45, 60, 60, 90, 120, 180, 720, 721, 1440)
JITTERS = (-31, -30, -20, -10, 0, 0, 0, 10, 15, 20, 30, 31)


def random_world(rng: Random, month: Month | None = None, *, storable: bool = True) -> World:
    """A world of one to three persons; without `storable` equal visits under one decision may occur.

    Some worlds are orderly and some are not, so that clean visits are found among the others.
    """
    month = month or rng.choice(MONTHS)
    disorder = rng.choice((0.02, 0.1, 0.5, 1.0))
    workers = tuple(
        _random_worker(rng, month, f"W{number}", disorder) for number in range(1, rng.randint(2, 5))
    )
    codes = [worker.code for worker in workers]
    contracts = tuple(
        _random_contract(rng, month, f"U/{number}", service.code, codes)
        for number, service in enumerate(SERVICES, start=1)
    )
    persons = tuple(f"P{number}" for number in range(1, rng.randint(2, 4)))
    decisions: list[WorldDecision] = []
    for person in persons:
        for contract in contracts if rng.random() < 0.6 else contracts[:1]:
            decisions += _random_decisions(rng, month, person, contract, len(decisions))
    busy = _busy_days(rng, month)
    visits: list[WorldVisit] = []
    for decision in decisions:
        for _ in range(rng.randint(0, 7)):
            visits.append(_random_visit(rng, decision, busy, codes, len(visits), disorder))
    for _ in range(rng.randint(0, 5)):
        if visits and rng.random() < max(disorder, 0.2):
            visits.append(_echo_of(rng, rng.choice(visits), decisions, codes, len(visits)))
    return World(
        month, SERVICES, workers, contracts, persons, tuple(decisions), _told_apart(visits, storable)
    )


def _random_worker(rng: Random, month: Month, code: str, disorder: float) -> WorldWorker:
    held = []
    for needed in ("carer_course", "first_aid", "therapist"):
        if rng.random() < 1 - disorder * 0.2:
            begin = month.first - timedelta(days=400)
            if rng.random() < disorder * 0.2:
                begin = _near(rng, month)
            end = max(begin, _near(rng, month)) if rng.random() < disorder * 0.2 else None
            held.append(WorldQualification(needed, begin, end))
    return WorldWorker(code, tuple(held))


def _random_contract(rng: Random, month: Month, number: str, service: str, codes: list[str]) -> WorldContract:
    named = []
    if rng.random() < 0.5:
        for code in codes:
            if rng.random() < 0.7:
                begin = _near(rng, month) if rng.random() < 0.3 else None
                end = _near(rng, month) if rng.random() < 0.3 else None
                if begin and end and end < begin:
                    begin, end = end, begin
                named.append(WorldNamed(code, begin, end))
    cap = rng.randint(0, 3000) if rng.random() < 0.5 else None
    return WorldContract(number, service, cap, tuple(named))


def _random_decisions(
    rng: Random, month: Month, person: str, contract: WorldContract, made: int
) -> list[WorldDecision]:
    """One decision, or one that ends early (revoked or amended) and one that follows."""
    first = _random_decision(rng, month, person, contract, f"D/{made + 1:03d}")
    fate = rng.choice(("alone", "alone", "revoked", "amended", "renewed"))
    if fate == "alone":
        return [first]
    turn = max(first.valid_from, _near(rng, month))
    if fate == "revoked":
        return [replace(first, revoked_from=turn)]
    # Numbers do not follow time, so that ties by number are not ties by age.
    second = _random_decision(rng, month, person, contract, f"D/{900 - made:03d}")
    second = replace(second, valid_from=turn, valid_to=turn + timedelta(days=rng.randint(0, 60)))
    if fate == "amended":
        return [first, replace(second, amends=first.number)]
    return [replace(first, revoked_from=turn), second]


def _random_decision(
    rng: Random, month: Month, person: str, contract: WorldContract, number: str
) -> WorldDecision:
    begin = month.first - timedelta(days=40) if rng.random() < 0.6 else _near(rng, month)
    end = month.last + timedelta(days=40) if rng.random() < 0.6 else max(begin, _near(rng, month))
    plan: dict[tuple[int, time], WorldSlot] = {}
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        slot = WorldSlot(rng.randint(1, 7), rng.choice(STARTS), rng.choice((30, 60, 120)), rng.random() < 0.4)
        plan[slot.weekday, slot.start] = slot
    per = rng.choice(("month", "week", "plan"))
    granted = None if per == "plan" else rng.choice((1, 7, 59, 100, 240, 600, 1500))
    service = next(service for service in SERVICES if service.code == contract.service)
    scope = tuple(code for code in service.activities if rng.random() < 0.7)
    two_workers = rng.random() < 0.2
    # Two workers come together on some weekdays.
    twice = tuple(slot for slot in plan.values() if two_workers and slot.weekday % 2)
    return WorldDecision(
        number=number,
        person=person,
        contract=contract.number,
        valid_from=begin,
        valid_to=end,
        revoked_from=None,
        amends=None,
        per=per,
        minutes=granted,
        plan=(*plan.values(), *twice),
        activities=scope,
        two_workers=two_workers,
        suspensions=_random_suspensions(rng, month),
    )


def _random_suspensions(rng: Random, month: Month) -> tuple[tuple[date, date], ...]:
    suspensions: list[tuple[date, date]] = []
    after = _near(rng, month)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        last = after + timedelta(days=rng.randint(0, 6))
        suspensions.append((after, last))
        after = last + timedelta(days=rng.randint(1, 5))
    return tuple(suspensions)


def _busy_days(rng: Random, month: Month) -> list[date]:
    """The days on which most visits fall: both ends of the month, clock changes, holidays, and a few others."""
    days = [
        month.first - timedelta(days=1),
        month.first,
        month.last,
        month.last,
        month.last + timedelta(days=1),
    ]
    days += [
        day
        for day in month.days()
        if (day.month in (3, 10) and day.weekday() == 6 and day.day > 24)
        or (day.month, day.day) in ((12, 24), (12, 25), (5, 1), (1, 6), (11, 11), (2, 29))
    ]
    return days + [rng.choice(month.days()) for _ in range(4)]


def _near(rng: Random, month: Month) -> date:
    """A date in the month, or up to two days beside it."""
    return month.first + timedelta(days=rng.randint(-2, len(month.days()) + 1))


def _random_visit(
    rng: Random, decision: WorldDecision, busy: list[date], codes: list[str], made: int, disorder: float
) -> WorldVisit:
    day = rng.choice(busy)
    slots = [slot for slot in decision.plan if slot.weekday == day.isoweekday()]
    if decision.plan and rng.random() < 0.7:
        slot = rng.choice(slots or list(decision.plan))
        day += timedelta(days=(slot.weekday - day.isoweekday()) % 7)
        clock = datetime.combine(day, slot.start) + timedelta(minutes=rng.choice(JITTERS))
    else:
        clock = datetime.combine(day, rng.choice(STARTS)) + timedelta(minutes=rng.choice(JITTERS))
    # fold=1 reaches the second occurrence of the doubled hour, which the tables can hold too.
    starts_at = clock.replace(tzinfo=WARSAW, fold=rng.randint(0, 1)).astimezone(UTC)
    offered, minutes, days_late = list(decision.activities), rng.choice((45, 60, 120)), rng.choice((0, 1, 7))
    if rng.random() < disorder:
        minutes = rng.choice(DURATIONS)
    if rng.random() < disorder:
        days_late = rng.choice((6, 7, 8, 20))
    if rng.random() < disorder:
        offered = sorted({*offered, "cooking", "walk"})
    return WorldVisit(
        id=f"visit-{made:03d}",
        decision=decision.number,
        worker=rng.choice(codes),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        entered_at=starts_at + timedelta(hours=24 * days_late + rng.randint(0, 23)),
        state=rng.choice(("done", "done", "done", "done", "done", "no_show", "cancelled", "draft")),
        activities=tuple(code for code in offered if rng.random() < 0.4),
    )


def _echo_of(
    rng: Random, visit: WorldVisit, decisions: list[WorldDecision], codes: list[str], made: int
) -> WorldVisit:
    """The visit once more: entered under another decision, by another worker, or shifted."""
    echo = replace(visit, id=f"visit-{made:03d}")
    person = next(decision.person for decision in decisions if decision.number == visit.decision)
    kind = rng.choice(("decision", "decision", "decision", "worker", "shifted", "follows", "anything"))
    if kind == "decision":
        siblings = [one.number for one in decisions if one.person == person]
        others = [number for number in siblings if number != visit.decision]
        return replace(echo, decision=rng.choice(others or siblings))
    if kind == "worker":
        return replace(echo, worker=rng.choice(codes))
    if kind == "shifted":
        shift = timedelta(minutes=rng.choice((-60, -5, -1, 1, 5, 60)))
        return replace(echo, starts_at=visit.starts_at + shift, ends_at=visit.ends_at + shift)
    if kind == "follows":
        return replace(echo, starts_at=visit.ends_at, ends_at=visit.ends_at + timedelta(minutes=45))
    return replace(echo, decision=rng.choice(decisions).number, worker=rng.choice(codes))


def _told_apart(visits: list[WorldVisit], storable: bool) -> tuple[WorldVisit, ...]:
    """Leave out what the tables refuse, and absences that nothing told tells from a done visit.

    Which of a done visit and a no_show with the same decision, wall-clock start and worker answers a slot is not
    defined by the comparison's published rules (ours prefer the done one: see test_rules.py).
    """
    kept: dict[str, WorldVisit] = {}
    stored = set()
    answers: dict[tuple[str, datetime, str], str] = {}
    for visit in visits:
        row = (visit.decision, visit.worker, visit.starts_at, visit.ends_at)
        if storable and row in stored:
            continue
        if visit.state in ("done", "no_show"):
            clock = visit.starts_at.astimezone(WARSAW).replace(tzinfo=None, fold=0)
            if answers.setdefault((visit.decision, clock, visit.worker), visit.state) != visit.state:
                continue
        stored.add(row)
        kept[visit.id] = visit
    return tuple(kept.values())
