"""The rows of a diary file against what is stored: decisions, workers, activities, closed months, visits."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract, Worker
from kernel.periods import elapsed_minutes
from reporting.care.models import Decision
from reporting.delivery.files import DiaryFile, DiaryRow, FaultyRow, RowRefusal, refuse_equal_rows
from reporting.delivery.files.diary import describe
from reporting.delivery.limits import entry_limits
from reporting.delivery.models import FrozenMonth, Visit
from reporting.delivery.rules import DONE, HAPPENED
from ui.formatting import format_minutes_text

CHUNK = 5_000

Identity = tuple[UUID, UUID, datetime, datetime]


class NewVisit(NamedTuple):
    """A visit that the diary does not have yet."""

    decision_id: UUID
    worker_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: str
    activities: list[str]
    note: str


@dataclass
class CheckedRows:
    """What a file would do: visits to add, rows already stored, every refusal.

    What `ahead` and `remarks` tell of is added all the same.
    """

    new: list[NewVisit] = field(default_factory=list)
    present: int = 0
    refusals: list[RowRefusal] = field(default_factory=list)
    ahead: list[RowRefusal] = field(default_factory=list)
    remarks: list[RowRefusal] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """How many rows were refused, however many things are wrong in each."""
        return len({refusal.row_number for refusal in self.refusals})


def check_rows(
    diary: DiaryFile,
    contract: Contract,
    progress: Callable[[int], None] | None = None,
    *,
    takes_future: bool = False,
) -> CheckedRows:
    """Everything of the file held against the contract's diary: a fixed number of statements.

    `progress` is told how many rows were looked at, every few thousand. With `takes_future` visits that have not begun
    by the clock of this machine are not refused but listed under `ahead`.
    """
    checked = CheckedRows(refusals=list(diary.refusals))
    known = _Known(contract, takes_future=takes_future)
    for faulty in diary.faulty:
        checked.refusals += known.refusals_of(faulty)
    resolved = known.resolve(diary.rows, checked.refusals, progress)
    resolved = _without_equal(resolved, checked.refusals)
    stored = _stored_identities(resolved)
    longest = entry_limits().long_visit_minutes
    for row, visit in resolved:
        if visit[:4] in stored:
            checked.present += 1
        elif refused := [
            *known.anonymised(row, visit.decision_id),
            *known.untimely(row, visit.decision_id, visit.worker_id),
        ]:
            checked.refusals += refused
        else:
            checked.new.append(visit)
            checked.remarks += _remarks(row, longest)
    checked.ahead = known.ahead
    for listed in (checked.refusals, checked.ahead):
        listed.sort(key=lambda refusal: refusal.row_number or 0)
    return checked


def read_one(diary: DiaryFile, contract: Contract) -> tuple[NewVisit | None, list[RowRefusal]]:
    """The only row of a table as a visit, also where it stands in the diary already; or all that is wrong with it."""
    refusals = list(diary.refusals)
    known = _Known(contract, takes_future=False)
    for faulty in diary.faulty:
        refusals += known.refusals_of(faulty)
    for row, visit in known.resolve(diary.rows, refusals, None):
        refusals += known.untimely(row, visit.decision_id, visit.worker_id)
        if not refusals:
            return visit, []
    return None, refusals


class _Known:
    """What the contract's diary knows, read once: a dictionary for each column that names something."""

    def __init__(self, contract: Contract, *, takes_future: bool) -> None:
        self._takes_future = takes_future
        self.ahead: list[RowRefusal] = []
        self._decisions: dict[str, tuple[UUID, UUID]] = {}
        # Codes of anonymised persons by their decision.
        self._gone: dict[UUID, str] = {}
        decisions = Decision.objects.filter(contract=contract).values_list(
            "number", "pk", "service_id", "person__code", "person__anonymised_at"
        )
        for number, pk, service_id, code, anonymised_at in decisions:
            self._decisions[number] = (pk, service_id)
            if anonymised_at is not None:
                self._gone[pk] = code
        workers = Worker.objects.filter(organisation_id=contract.organisation_id).values_list(
            "pk", "code", "surname", "given_name", "ended_on"
        )
        self._codes: dict[str, UUID] = {}
        self._names: defaultdict[str, list[tuple[UUID, str]]] = defaultdict(list)
        self._last_days: dict[UUID, date] = {}
        for pk, code, surname, given_name, ended_on in workers:
            if ended_on is not None:
                self._last_days[pk] = ended_on
            self._codes[code.casefold()] = pk
            self._names[_plain(f"{surname} {given_name}")].append((pk, code))
        self._activities: defaultdict[UUID, set[str]] = defaultdict(set)
        services = {service_id for _, service_id in self._decisions.values()}
        for service_id, code in Activity.objects.filter(service_id__in=services).values_list(
            "service_id", "code"
        ):
            self._activities[service_id].add(code)
        self._frozen = dict(
            FrozenMonth.objects.filter(contract=contract).values_list("month", "open_decisions")
        )
        self._workers: dict[str, UUID | RowRefusal] = {}
        self._now = timezone.now()
        self._today = timezone.localdate(self._now)

    def anonymised(self, row: DiaryRow, decision_id: UUID) -> Iterator[RowRefusal]:
        """Why nothing may be written about the decision's person any more."""
        if code := self._gone.get(decision_id):
            told = {"code": code}
            yield RowRefusal(
                row.row_number, "decision_number", row.decision_number, "person_anonymised", told
            )

    def untimely(
        self, row: DiaryRow | FaultyRow, decision_id: UUID | None, worker_id: UUID | None
    ) -> list[RowRefusal]:
        """Why a visit may not be on its day: the month was handed in, the worker has left, it has not begun."""
        refusals: list[RowRefusal] = []
        day = row.date
        if day is None:
            return refusals
        month = day.replace(day=1)
        if decision_id is not None and month in self._frozen and decision_id not in self._frozen[month]:
            shown = {"month": f"{day:%m.%Y}"}
            refusals.append(RowRefusal(row.row_number, "date", day.isoformat(), "month_closed", shown))
        last = None if worker_id is None else self._last_days.get(worker_id)
        if last is not None and day > last:
            shown = {"day": f"{last:%d.%m.%Y}"}
            refusals.append(RowRefusal(row.row_number, "worker", row.worker or "", "worker_gone", shown))
        if day >= self._today and row.status in HAPPENED:
            (self.ahead if self._takes_future else refusals).extend(self._ahead(row, day))
        return refusals

    def _ahead(self, row: DiaryRow | FaultyRow, day: date) -> Iterator[RowRefusal]:
        if day > self._today:
            yield RowRefusal(
                row.row_number, "date", day.isoformat(), "not_begun", {"when": f"{day:%d.%m.%Y}"}
            )
        elif isinstance(row, DiaryRow) and row.starts_at > self._now:
            when = f"{day:%d.%m.%Y}, {row.start:%H:%M}"
            yield RowRefusal(row.row_number, "start", f"{row.start:%H:%M}", "not_begun", {"when": when})

    def worker(self, text: str) -> UUID | RowRefusal:
        """The worker of this code or name; else the refusal, still without its row."""
        if text not in self._workers:
            self._workers[text] = self._find_worker(text)
        return self._workers[text]

    def _find_worker(self, text: str) -> UUID | RowRefusal:
        pk = self._codes.get(text.casefold())
        if pk is not None:
            return pk
        named = self._names.get(_plain(text), [])
        if len(named) == 1:
            return named[0][0]
        if not named:
            return RowRefusal(None, "worker", text, "unknown_worker")
        codes = ", ".join(sorted(code for _, code in named))
        return RowRefusal(None, "worker", text, "ambiguous_worker", {"codes": codes})

    def resolve(
        self,
        rows: Sequence[DiaryRow],
        refusals: list[RowRefusal],
        progress: Callable[[int], None] | None,
    ) -> list[tuple[DiaryRow, NewVisit]]:
        """The rows that name what exists, as visits; the others are refused."""
        resolved = []
        sorted_codes: dict[tuple[str, ...], list[str]] = {}
        for at, row in enumerate(rows):
            if progress is not None and at % CHUNK == 0:
                progress(at)
            decision = self._decisions.get(row.decision_number)
            worker = self.worker(row.worker)
            if (
                decision is None
                or isinstance(worker, RowRefusal)
                or not self._activities[decision[1]].issuperset(row.activities)
            ):
                refusals += self.refusals_of(row)
                continue
            codes = sorted_codes.get(row.activities)
            if codes is None:
                codes = sorted_codes[row.activities] = sorted(row.activities)
            resolved.append(
                (
                    row,
                    NewVisit(decision[0], worker, row.starts_at, row.ends_at, row.status, codes, row.note),
                )
            )
        if progress is not None:
            progress(len(rows))
        return resolved

    def refusals_of(self, row: DiaryRow | FaultyRow) -> list[RowRefusal]:
        """All that is wrong with what a row names, also where the file itself has refused it: one sees it at once."""
        refusals: list[RowRefusal] = []
        decision = self._decisions.get(row.decision_number or "")
        if decision is None and row.decision_number is not None:
            refusals.append(
                RowRefusal(row.row_number, "decision_number", row.decision_number, "unknown_decision")
            )
        worker = None if row.worker is None else self.worker(row.worker)
        if isinstance(worker, RowRefusal):
            refusals.append(replace(worker, row_number=row.row_number))
            worker = None
        if decision is not None and row.activities is not None:
            known = self._activities[decision[1]]
            shown = {"known": ", ".join(sorted(known))}
            refusals += [
                RowRefusal(
                    row.row_number, "activities", code, "unknown_activity", {"activity": code, **shown}
                )
                for code in row.activities
                if code not in known
            ]
        return refusals + self.untimely(row, decision and decision[0], worker)


def _remarks(row: DiaryRow, longest: int) -> Iterator[RowRefusal]:
    """What whoever saves the file is told of a visit that can be saved."""
    minutes = elapsed_minutes(row.starts_at, row.ends_at)
    if row.status == DONE and minutes > longest:
        shown = {"length": format_minutes_text(minutes), "limit": format_minutes_text(longest)}
        times = f"{row.start:%H:%M}–{row.end:%H:%M}"
        yield RowRefusal(row.row_number, "start, end", times, "unusually_long", shown)


def _without_equal(
    resolved: list[tuple[DiaryRow, NewVisit]], refusals: list[RowRefusal]
) -> list[tuple[DiaryRow, NewVisit]]:
    """Refuse rows that say the same visit in two ways, such as a worker once by code and once by name."""
    if len({visit[:4] for _, visit in resolved}) == len(resolved):
        return resolved
    equal = refuse_equal_rows((row.row_number, describe(row), visit[:4]) for row, visit in resolved)
    numbers = {refusal.row_number for refusal in equal}
    refusals += equal
    return [(row, visit) for row, visit in resolved if row.row_number not in numbers]


def _stored_identities(resolved: list[tuple[DiaryRow, NewVisit]]) -> set[Identity]:
    if not resolved:
        return set()
    starts = [visit.starts_at for _, visit in resolved]
    decisions = {visit.decision_id for _, visit in resolved}
    return set(
        Visit.objects.order_by()
        .filter(decision_id__in=decisions, starts_at__range=(min(starts), max(starts)))
        .values_list("decision_id", "worker_id", "starts_at", "ends_at")
    )


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
