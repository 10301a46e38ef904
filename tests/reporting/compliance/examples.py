"""Facts of one ordinary decision, contract and worker, to be changed in one respect by each example."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from kernel.periods import Month, elapsed_minutes, local_datetime, resolve_wall_time
from reporting.compliance.rules import (
    Amount,
    AmountPer,
    ContractFacts,
    DecisionComparison,
    DecisionFacts,
    Deviation,
    MonthComparison,
    MonthFacts,
    Qualification,
    Slot,
    Thresholds,
    VisitFacts,
    VisitState,
    WorkerFacts,
    compare,
)

OCTOBER = Month(2026, 10)

DECISION = DecisionFacts(
    key="d1",
    number="D/001/2026",
    person="p1",
    contract="u1",
    valid_from=date(2026, 1, 5),
    valid_to=date(2026, 12, 31),
    amount=Amount(AmountPer.MONTH, 120),
    scope=frozenset({"cooking"}),
    required_qualifications=frozenset({"carer_course"}),
)
CONTRACT = ContractFacts(key="u1", number="U/1/2026")
WORKERS = tuple(
    WorkerFacts(code, (Qualification("carer_course", date(2020, 1, 1)),)) for code in ("W01", "W02", "W03")
)


def per_month(minutes: int) -> Amount:
    return Amount(AmountPer.MONTH, minutes)


def per_week(minutes: int) -> Amount:
    return Amount(AmountPer.WEEK, minutes)


def slot(weekday: int, start: str, minutes: int = 60, *, on_holidays: bool = False) -> Slot:
    return Slot(weekday, time.fromisoformat(start), minutes, on_holidays)


def a_decision(**changes: Any) -> DecisionFacts:
    return replace(DECISION, **changes)


def a_visit(start: str, end: str | int, **changes: Any) -> VisitFacts:
    """A visit from a local `2026-10-05 08:00` to a local time, or lasting some minutes; entered the same day."""
    begin = datetime.fromisoformat(start)
    starts_at = resolve_wall_time(begin.date(), begin.time())
    if isinstance(end, int):
        ends_at = starts_at + timedelta(minutes=end)
    else:
        finish = datetime.fromisoformat(end)
        ends_at = resolve_wall_time(finish.date(), finish.time())
    return visit_between(starts_at, ends_at, **changes)


def visit_between(starts_at: datetime, ends_at: datetime, **changes: Any) -> VisitFacts:
    """A visit between two UTC instants, with what follows from them."""
    local = local_datetime(starts_at)
    visit = VisitFacts(
        id=f"{starts_at.isoformat()} {ends_at.isoformat()}",
        decision=DECISION.key,
        person=DECISION.person,
        worker="W01",
        date=local.date(),
        start=local.time().replace(fold=0),
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=elapsed_minutes(starts_at, ends_at),
        entered_on=local.date(),
        state=VisitState.DONE,
        activities=frozenset({"cooking"}),
    )
    return replace(visit, **changes)


def compared(
    visits: Sequence[VisitFacts] = (),
    *,
    decisions: Sequence[DecisionFacts] = (DECISION,),
    contract: ContractFacts = CONTRACT,
    workers: Sequence[WorkerFacts] = WORKERS,
    month: Month = OCTOBER,
    thresholds: Thresholds | None = None,
    **facts: Any,
) -> MonthComparison:
    told = MonthFacts(decisions=decisions, contracts=[contract], workers=workers, visits=visits, **facts)
    return compare(month, told, thresholds or Thresholds())


def outcome(visits: Sequence[VisitFacts] = (), **facts: Any) -> DecisionComparison:
    """The comparison of the only decision."""
    (decision,) = compared(visits, **facts).decisions
    return decision


def found(code: str, visits: Sequence[VisitFacts] = (), **facts: Any) -> list[Deviation]:
    """The deviations of one code, in their order."""
    return [deviation for deviation in compared(visits, **facts).deviations() if deviation.code == code]


def starts(deviations: Sequence[Deviation]) -> list[str]:
    """`05 08:00 W01` for each: day of the month, start and worker of the visit, or day and start of the slot."""
    shown = []
    for deviation in deviations:
        if deviation.visit is not None:
            visit = deviation.visit
            shown.append(f"{visit.date:%d} {visit.start:%H:%M} {visit.worker}")
        elif deviation.slot is not None:
            shown.append(f"{deviation.slot.date:%d} {deviation.slot.start:%H:%M}")
    return shown
