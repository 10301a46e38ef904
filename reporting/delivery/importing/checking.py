"""The rows of a diary file against what is stored: decisions, workers, activities, closed months, visits."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract, Worker
from reporting.care.models import Decision
from reporting.delivery.files import DiaryFile, DiaryRow, FaultyRow, RowRefusal, refuse_equal_rows
from reporting.delivery.files.diary import describe
from reporting.delivery.models import FrozenMonth, Visit
from reporting.delivery.rules import HAPPENED

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
    """What a file would do: visits to add, rows already stored, rows of visits still to come, every refusal."""

    new: list[NewVisit] = field(default_factory=list)
    present: int = 0
    ahead: int = 0
    refusals: list[RowRefusal] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """How many rows were refused, however many things are wrong in each."""
        return len({refusal.row_number for refusal in self.refusals})


def check_rows(
    diary: DiaryFile, contract: Contract, progress: Callable[[int], None] | None = None
) -> CheckedRows:
    """Everything of the file held against the contract's diary: a fixed number of statements.

    `progress` is told how many rows were looked at, every few thousand.
    """
    checked = CheckedRows(refusals=list(diary.refusals))
    known = _Known(contract)
    known.refuse_faulty(diary.faulty, checked.refusals)
    resolved = known.resolve(diary.rows, checked.refusals, progress)
    resolved = _without_equal(resolved, checked.refusals)
    stored = _stored_identities(resolved)
    now = timezone.now()
    for row, visit in resolved:
        if visit[:4] in stored:
            checked.present += 1
        elif known.is_closed(visit.decision_id, row.date):
            checked.refusals.append(_closed(row.row_number, row.date))
        elif gone := known.gone(visit.worker_id, row):
            checked.refusals.append(gone)
        else:
            checked.new.append(visit)
            checked.ahead += visit.state in HAPPENED and visit.starts_at > now
    checked.refusals.sort(key=lambda refusal: refusal.row_number or 0)
    return checked


class _Known:
    """What the contract's diary knows, read once: a dictionary for each column that names something."""

    def __init__(self, contract: Contract) -> None:
        decisions = Decision.objects.filter(contract=contract).values_list("number", "pk", "service_id")
        self._decisions = {number: (pk, service_id) for number, pk, service_id in decisions}
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

    def is_closed(self, decision_id: UUID, day: date) -> bool:
        """Whether the day lies in a month that was handed in."""
        if not self._frozen:
            return False
        month = day.replace(day=1)
        return month in self._frozen and decision_id not in self._frozen[month]

    def gone(self, worker_id: UUID, row: DiaryRow) -> RowRefusal | None:
        """The refusal of a visit after the worker's last day of work."""
        last = self._last_days.get(worker_id)
        if last is None or row.date <= last:
            return None
        return RowRefusal(row.row_number, "worker", row.worker, "worker_gone", {"day": f"{last:%d.%m.%Y}"})

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
                self._refuse(row, refusals)
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

    def refuse_faulty(self, rows: Iterable[FaultyRow], refusals: list[RowRefusal]) -> None:
        """What else is wrong in rows that the file itself has refused, so that one sees it all at once."""
        for row in rows:
            self._refuse(row, refusals)
            decision = self._decisions.get(row.decision_number or "")
            if decision is not None and row.date is not None and self.is_closed(decision[0], row.date):
                refusals.append(_closed(row.row_number, row.date))

    def _refuse(self, row: DiaryRow | FaultyRow, refusals: list[RowRefusal]) -> None:
        decision = None
        if row.decision_number is not None:
            decision = self._decisions.get(row.decision_number)
            if decision is None:
                refusals.append(
                    RowRefusal(row.row_number, "decision_number", row.decision_number, "unknown_decision")
                )
        worker = None if row.worker is None else self.worker(row.worker)
        if isinstance(worker, RowRefusal):
            refusals.append(
                RowRefusal(row.row_number, worker.column, worker.value, worker.code, worker.details)
            )
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


def _closed(row_number: int, day: date) -> RowRefusal:
    return RowRefusal(row_number, "date", day.isoformat(), "month_closed", {"month": f"{day:%m.%Y}"})


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
