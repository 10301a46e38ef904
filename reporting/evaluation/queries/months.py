"""A contract's commitments month by month: kept where the month is accepted, measured from records elsewhere."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracting.contracts.models import Commitment, Contract
from kernel.periods import Month, local_date
from reporting.compliance.models import ContractMonth
from reporting.evaluation.models import Measurement, StatedValue
from reporting.evaluation.queries.diary import Diary, conditions_at_hand, read_diary
from reporting.evaluation.queries.promises import Promise, PromisesOf
from reporting.evaluation.queries.services import Services, read_services
from reporting.evaluation.rules.measures import (
    RULES,
    Asked,
    Behind,
    Reading,
    Reason,
    is_kept,
    is_met,
    measure,
)
from reporting.evaluation.rules.services import MEASURED, SERVICE_RULES, SHARES, ServiceAsked
from reporting.evaluation.rules.work import Conditions

ACCEPTED = (ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED)


class Outcome(StrEnum):
    """What a month says of a promise; `running` where the month is not over, so that nothing can be said yet."""

    MET = "met"
    NOT_MET = "not_met"
    UNMEASURED = "unmeasured"
    RUNNING = "running"


@dataclass(frozen=True)
class Cell:
    """A promise in a month: value, whence it is, what it says; `stated` what somebody stated of it by hand."""

    promise: Promise
    month: Month
    outcome: Outcome
    value: Decimal | None = None
    part: int | None = None
    whole: int | None = None
    reason: str = ""
    is_frozen: bool = False
    stated: StatedValue | None = None
    side: str = ""
    behind: tuple[Behind, ...] = ()
    aside: int = 0

    @property
    def is_share(self) -> bool:
        return self.promise.measure in SHARES

    @property
    def counts(self) -> bool:
        """Whether the outcome counts: what an organisation says of itself does not, until the unit confirms it."""
        return self.outcome in (Outcome.MET, Outcome.NOT_MET) and self.side != Measurement.Side.STATED

    @property
    def waits_for_confirmation(self) -> bool:
        """Whether it is a value that only the organisation stands behind."""
        return self.stated is not None and self.stated.stands_by == Measurement.Side.STATED

    @property
    def takes_statement(self) -> bool:
        """Whether the value is one that people state, and none was kept on acceptance."""
        return self.promise.measure not in MEASURED and not (
            self.is_frozen and self.outcome is not Outcome.UNMEASURED
        )


@dataclass(frozen=True)
class MonthOfPromises:
    """One month of a contract: its cells by key of the promise, and whether it is accepted."""

    month: Month
    cells: dict[str, Cell] = field(default_factory=dict)
    is_frozen: bool = False

    def count(self, outcome: Outcome) -> int:
        """How many promises ended so in the month."""
        return sum(cell.outcome is outcome for cell in self.cells.values())


def months_of(contract: Contract, wanted: Sequence[Month], *, now: datetime) -> list[MonthOfPromises]:
    """The promises of the contract in these months (in order); a constant number of queries.

    Months that are accepted stand as they were measured then; records are read for the others only.
    """
    if not wanted:
        return []
    first, last = wanted[0].first, wanted[-1].last
    promises = PromisesOf(contract)
    frozen = _kept(contract, wanted)
    stated = {
        (row.month, row.key): row
        for row in StatedValue.objects.filter(contract=contract, month__gte=first, month__lte=last)
    }
    open_months = [month for month in wanted if month not in frozen]
    records = None
    if open_months:
        kinds = {one.measure for month in open_months for one in promises.in_month(month)}
        records = read_records(contract, open_months[0], open_months[-1], conditions_at_hand(), kinds)
    found = []
    for month in wanted:
        if month in frozen:
            rows = frozen[month]
            cells = [_cell_of(row, month, stated.get((month.first, row.key))) for row in rows]
            found.append(MonthOfPromises(month, {cell.promise.key: cell for cell in cells}, is_frozen=True))
        elif records is not None:
            told = {key: row for (day, key), row in stated.items() if day == month.first}
            cells = measured(promises.in_month(month), month, records, told, now=now)
            found.append(MonthOfPromises(month, {cell.promise.key: cell for cell in cells}))
    return found


def _kept(contract: Contract, wanted: Sequence[Month]) -> dict[Month, list[Measurement]]:
    found: dict[Month, list[Measurement]] = {}
    for row in Measurement.objects.filter(
        contract=contract, month__gte=wanted[0].first, month__lte=wanted[-1].last
    ).order_by("month", "position"):
        found.setdefault(Month.of(row.month), []).append(row)
    return found


@dataclass(frozen=True)
class Records:
    """What promises are measured from: the diary where any asks for it, advice and crisis intervention, conditions."""

    conditions: Conditions
    diary: Diary | None
    services: Services


def read_records(
    contract: Contract, first: Month, last: Month, conditions: Conditions, measures: Collection[str]
) -> Records:
    """What these measures need of first..last (both inclusive); a constant number of queries."""
    wanted = frozenset(measures)
    diary = read_diary(contract, first.first, last.last, conditions) if wanted & frozenset(RULES) else None
    return Records(conditions, diary, read_services(contract, first, last, wanted))


def _readings(month: Month, records: Records, now: datetime) -> Callable[[Promise], Reading]:
    """How a promise reads in the month."""
    diary, conditions = records.diary, records.conditions
    work = None if diary is None else diary.work_in(month, local_date(now))
    services = records.services.in_month(month, now)

    def read(promise: Promise) -> Reading:
        if promise.measure in SERVICE_RULES:
            asked = ServiceAsked(promise.promised, conditions.first_advice_days)
            return SERVICE_RULES[promise.measure](services, asked)
        if diary is None or work is None:
            raise ValueError("the diary is read wherever a promise is measured from it")
        return measure(promise.measure, work, Asked(promise.promised, conditions, diary.staffing, now))

    return read


def measured(
    promises: Iterable[Promise],
    month: Month,
    records: Records,
    stated: dict[str, StatedValue],
    *,
    now: datetime,
) -> list[Cell]:
    """The cells of a month from the records and from what was stated by key of the promise."""
    today = local_date(now)
    read = _readings(month, records, now)
    cells = []
    for promise in promises:
        said = stated.get(promise.key)
        if promise.measure not in MEASURED:
            told = _stated_cell(promise, month, said)
            cells.append(replace(told, outcome=Outcome.RUNNING) if today <= month.last else told)
            continue
        reading = read(promise)
        outcome = Outcome.UNMEASURED
        if reading.value is not None:
            kept = is_kept(promise.measure, promise.direction, promise.promised, reading)
            outcome = Outcome.MET if kept else Outcome.NOT_MET
        cells.append(
            Cell(
                promise,
                month,
                Outcome.RUNNING if today <= month.last else outcome,
                reading.rounded,
                reading.part,
                reading.whole,
                reading.reason or "",
                side=Measurement.Side.MEASURED,
                behind=reading.behind,
                aside=reading.aside,
            )
        )
    return cells


def _stated_cell(promise: Promise, month: Month, said: StatedValue | None) -> Cell:
    if said is None:
        return Cell(promise, month, Outcome.UNMEASURED, reason=Reason.NO_RULE)
    met = is_met(promise.direction, promise.promised, Fraction(said.value))
    outcome = Outcome.MET if met else Outcome.NOT_MET
    return Cell(promise, month, outcome, said.value, stated=said, side=said.stands_by)


def promise_of(row: Measurement) -> Promise:
    """The promise as it was kept with the month."""
    return Promise(row.position, row.indicator, row.direction, row.promised, row.unit, row.measure)


def _cell_of(row: Measurement, month: Month, said: StatedValue | None) -> Cell:
    promise = promise_of(row)
    return Cell(
        promise,
        month,
        Outcome(row.outcome),
        row.value,
        row.part,
        row.whole,
        row.reason,
        is_frozen=True,
        stated=None if promise.measure in MEASURED else said,
        side=row.side,
    )


def months_to_show(contract: Contract, year: int, today: Any) -> list[Month]:
    """The months of a year in which the contract held, up to the present one."""
    last = min(contract.valid_to, today)
    months = [Month(year, number) for number in range(1, 13)]
    return [month for month in months if month.first <= last and month.last >= contract.valid_from]


def unit_of(promise: Promise) -> str:
    """What the values of a promise are counted in."""
    if promise.measure in SHARES:
        return "%"
    if promise.measure in ("replacement_hours", "evening_hours"):
        return "h"
    if promise.measure == Commitment.Measure.CARERS_PER_PERSON:
        return _("carers")
    if promise.measure == Commitment.Measure.ADVICE_WAIT_DAYS:
        return pgettext("unit", "days")
    return promise.unit
