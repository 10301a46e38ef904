"""The rows of a file of advice against what is stored: advisers, contract, persons, topics, appointments."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Min, Q
from django.utils import timezone

from contracting.contracts.models import Contract, Worker
from kernel.periods import local_datetime
from reporting.advice.files import IDENTITY_COLUMNS, AdviceParts, AdviceRefusal, AdviceRow, AdviceTable
from reporting.advice.models import Appointment, Topic
from reporting.advice.models.wording import Place
from reporting.advice.terms import bounds_today
from reporting.care.models import Decision, Person

CHUNK = 2_000

_OPEN = frozenset({"planned", "confirmed"})
_HAPPENED = frozenset({"done", "no_show"})

Identity = tuple[UUID, datetime, str, UUID | None, str]


class NewAdvice(NamedTuple):
    """An appointment to be written; the first five name it."""

    adviser_id: UUID
    starts_at: datetime
    kind: str
    person_id: UUID | None
    alias: str
    ends_at: datetime
    place: str
    depth: str
    state: str
    topic_id: UUID | None
    topic_words: str
    contract_id: UUID | None
    booked_on: object = None
    first_home_visit: bool = False

    @property
    def identity(self) -> Identity:
        """What makes two rows the same advice."""
        return self[:5]


@dataclass(frozen=True)
class Scope:
    """Whose advisers and persons rows may name (None: everybody's), and under which contract they are recorded."""

    organisation_ids: frozenset[UUID] | None
    contract: Contract | None = None


@dataclass
class CheckedAdvice:
    """What rows would do: advice to add, rows already stored, every refusal, and what ought to be looked into."""

    new: list[NewAdvice] = field(default_factory=list)
    present: int = 0
    refusals: list[AdviceRefusal] = field(default_factory=list)
    remarks: list[AdviceRefusal] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """How many rows were refused, however many things are wrong in each."""
        return len({refusal.row_number for refusal in self.refusals})


def check_rows(
    table: AdviceTable, scope: Scope, progress: Callable[[int], None] | None = None
) -> CheckedAdvice:
    """Every row held against what is stored: a fixed number of statements, however many rows.

    `progress` is told how many rows were looked at, every few thousand.
    """
    checked = CheckedAdvice(refusals=list(table.refusals))
    known = _Known(scope)
    for parts in table.faulty:
        checked.refusals.extend(known.faults(parts))
    resolved: list[tuple[AdviceRow, NewAdvice]] = []
    for count, row in enumerate(table.rows, start=1):
        if progress is not None and count % CHUNK == 0:
            progress(count)
        made = known.resolve(row, checked.refusals)
        if made is not None:
            resolved.append((row, made))
    resolved = _without_equal(resolved, checked.refusals)
    stored = _stored_states([made for _, made in resolved])
    firsts = _first_at_home([made for _, made in resolved], known)
    for row, made in resolved:
        states = stored.get(made.identity, set())
        if made.state in states or states & _HAPPENED:
            checked.present += 1
        elif states & _OPEN:
            checked.refusals.append(
                AdviceRefusal(row.row_number, IDENTITY_COLUMNS, _shown(row), "still_planned")
            )
        elif row.person in known.gone:
            told = {"code": row.person}
            checked.refusals.append(
                AdviceRefusal(row.row_number, "person", row.person, "person_anonymised", told)
            )
        else:
            is_first = made.identity in firsts
            checked.new.append(made._replace(first_home_visit=is_first))
            if is_first:
                checked.remarks.append(AdviceRefusal(row.row_number, "place", "home", "first_at_home_alone"))
    checked.refusals.sort(key=lambda refusal: refusal.row_number or 0)
    return checked


class _Known:
    """What the tenant knows, read once: a dictionary for each column that names something."""

    def __init__(self, scope: Scope) -> None:
        self._contract = scope.contract
        workers = Worker.objects.all()
        persons = Person.objects.all()
        if scope.organisation_ids is not None:
            workers = workers.filter(organisation_id__in=scope.organisation_ids)
            entrusted = Decision.objects.filter(contract__organisation_id__in=scope.organisation_ids)
            persons = persons.filter(pk__in=entrusted.values("person_id"))
        self._workers: dict[UUID, Worker] = {worker.pk: worker for worker in workers}
        self._codes = {worker.code.casefold(): worker.pk for worker in self._workers.values()}
        self._names: defaultdict[str, list[Worker]] = defaultdict(list)
        for worker in self._workers.values():
            self._names[_plain(f"{worker.surname} {worker.given_name}")].append(worker)
        self._persons: dict[str, UUID] = {}
        # Who is anonymised has a code still, by which nobody may write about them.
        self.gone: set[str] = set()
        for code, pk, anonymised_at in persons.order_by().values_list("code", "pk", "anonymised_at"):
            self._persons[code] = pk
            if anonymised_at is not None:
                self.gone.add(code)
        self._topics: dict[str, UUID] = {}
        for pk, code, name in Topic.objects.order_by("-active").values_list("pk", "code", "name"):
            self._topics.setdefault(_plain(code), pk)
            self._topics.setdefault(_plain(name), pk)
        self._found: dict[str, UUID | AdviceRefusal] = {}
        self._now = timezone.now()
        self._bounds = bounds_today()

    def organisation_of(self, adviser_id: UUID) -> UUID:
        """Whose adviser it is."""
        organisation: UUID = self._workers[adviser_id].organisation_id
        return organisation

    def resolve(self, row: AdviceRow, refusals: list[AdviceRefusal]) -> NewAdvice | None:
        """The row as advice; None where it is refused, with every reason told."""
        parts = AdviceParts(row.row_number, row.date, row.starts_at, row.adviser, row.minutes, row.status)
        found = list(self.faults(parts))
        refusals.extend(found)
        adviser = self._adviser(row.adviser)
        if found or isinstance(adviser, AdviceRefusal):
            return None
        person_id = self._persons.get(row.person) if row.person else None
        topic_id = self._topics.get(_plain(row.topic)) if row.topic else None
        return NewAdvice(
            adviser,
            row.starts_at,
            row.kind,
            person_id,
            "" if person_id else row.person,
            row.starts_at + timedelta(minutes=row.minutes),
            row.place,
            row.depth,
            row.status,
            topic_id,
            "" if topic_id else row.topic,
            self._contract.pk if self._contract else None,
        )

    def faults(self, row: AdviceParts) -> Iterator[AdviceRefusal]:
        """What is wrong with a row beside what is stored, as far as it could be read."""
        if row.adviser is not None:
            adviser = self._adviser(row.adviser)
            if isinstance(adviser, AdviceRefusal):
                yield replace(adviser, row_number=row.row_number)
            else:
                yield from self._unfit(row, row.adviser, self._workers[adviser])
        yield from self._out_of_bounds(row)
        if row.status in _HAPPENED and row.date and row.starts_at is not None and row.starts_at > self._now:
            when = f"{local_datetime(row.starts_at):%d.%m.%Y, %H:%M}"
            yield AdviceRefusal(row.row_number, "date", row.date.isoformat(), "not_begun", {"when": when})

    def _unfit(self, row: AdviceParts, named: str, worker: Worker) -> Iterator[AdviceRefusal]:
        """The adviser has left by then, or is of another organisation than the contract."""
        if worker.ended_on is not None and row.date is not None and row.date > worker.ended_on:
            day = {"day": f"{worker.ended_on:%d.%m.%Y}"}
            yield AdviceRefusal(row.row_number, "adviser", named, "adviser_gone", day)
        contract = self._contract
        if contract is not None and worker.organisation_id != contract.organisation_id:
            told = {"contract": contract.number}
            yield AdviceRefusal(row.row_number, "adviser", named, "not_of_contract", told)

    def _out_of_bounds(self, row: AdviceParts) -> Iterator[AdviceRefusal]:
        """The day or the length is none that the unit takes, or the day lies outside the contract."""
        bounds, contract = self._bounds, self._contract
        limits = {
            "first": f"{bounds.first:%d.%m.%Y}",
            "last": f"{bounds.last:%d.%m.%Y}",
            "limit": str(bounds.longest),
        }
        if row.minutes is not None and row.minutes > bounds.longest:
            yield AdviceRefusal(row.row_number, "minutes", str(row.minutes), "too_long", limits)
        if row.date is None:
            return
        for code in bounds.breaks(row.date, 0):
            yield AdviceRefusal(row.row_number, "date", row.date.isoformat(), code, limits)
        if contract is not None and not contract.valid_from <= row.date <= contract.valid_to:
            told = {
                "contract": contract.number,
                "first": f"{contract.valid_from:%d.%m.%Y}",
                "last": f"{contract.valid_to:%d.%m.%Y}",
            }
            yield AdviceRefusal(row.row_number, "date", row.date.isoformat(), "outside_contract", told)

    def _adviser(self, text: str) -> UUID | AdviceRefusal:
        """The worker of this code or name; else the refusal, still without its row."""
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> UUID | AdviceRefusal:
        by_code = self._codes.get(text.casefold())
        if by_code is not None:
            return by_code
        named = self._names.get(_plain(text), [])
        if len(named) == 1:
            return named[0].pk
        if not named:
            return AdviceRefusal(None, "adviser", text, "unknown_adviser")
        codes = ", ".join(sorted(worker.code for worker in named))
        return AdviceRefusal(None, "adviser", text, "ambiguous_adviser", {"codes": codes})


def _without_equal(
    resolved: list[tuple[AdviceRow, NewAdvice]], refusals: list[AdviceRefusal]
) -> list[tuple[AdviceRow, NewAdvice]]:
    """Refuse rows that say the same advice, also where one names the adviser by code and one by name."""
    rows_of: defaultdict[Identity, list[AdviceRow]] = defaultdict(list)
    for row, made in resolved:
        rows_of[made.identity].append(row)
    for rows in rows_of.values():
        if len(rows) > 1:
            numbers = {"rows": ", ".join(str(row.row_number) for row in rows)}
            refusals += [
                AdviceRefusal(row.row_number, IDENTITY_COLUMNS, _shown(row), "duplicated_row", numbers)
                for row in rows
            ]
    return [(row, made) for row, made in resolved if len(rows_of[made.identity]) == 1]


def _stored_states(rows: Sequence[NewAdvice]) -> dict[Identity, set[str]]:
    """The states in which each of these stands already."""
    if not rows:
        return {}
    starts = [row.starts_at for row in rows]
    stored: defaultdict[Identity, set[str]] = defaultdict(set)
    found = Appointment.objects.order_by().filter(
        adviser_id__in={row.adviser_id for row in rows}, starts_at__range=(min(starts), max(starts))
    )
    for *identity, state in found.values_list(
        "adviser_id", "starts_at", "kind", "person_id", "alias", "state"
    ):
        stored[(identity[0], identity[1], identity[2], identity[3], identity[4])].add(state)
    return stored


def _first_at_home(rows: Sequence[NewAdvice], known: _Known) -> set[Identity]:
    """Visits that were the first at the person's home (S-103), by the clock, among these rows and what is stored.

    Who is the same person, is decided as where appointments are booked: an alias within one organisation only, and
    of somebody anonymous every visit counts as the first. One query.
    """

    def client_of(made: NewAdvice) -> tuple[object, ...]:
        if made.person_id is not None:
            return (made.person_id,)
        return (made.alias, known.organisation_of(made.adviser_id))

    at_home = [made for made in rows if made.place == Place.HOME and made.state in _HAPPENED]
    if not at_home:
        return set()
    same = Q(person__in={made.person_id for made in at_home if made.person_id}) | Q(
        person__isnull=True, alias__in={made.alias for made in at_home if made.alias}
    )
    met = (
        Appointment.objects.order_by()
        .filter(same, place=Place.HOME, state=Appointment.State.DONE)
        .values_list("person_id", "alias", "adviser__organisation_id")
        .annotate(first=Min("starts_at"))
    )
    begun: dict[tuple[object, ...], datetime] = {
        (person,) if person else (alias, organisation): first for person, alias, organisation, first in met
    }
    firsts: set[Identity] = set()
    for made in sorted(at_home, key=lambda each: each.starts_at):
        is_known = made.person_id is not None or made.alias != ""
        earlier = begun.get(client_of(made)) if is_known else None
        if earlier is None or earlier >= made.starts_at:
            firsts.add(made.identity)
        if is_known and made.state == Appointment.State.DONE:
            begun[client_of(made)] = min(earlier or made.starts_at, made.starts_at)
    return firsts


def _shown(row: AdviceRow) -> str:
    return f"{row.date} {row.time:%H:%M}, {row.adviser}, {row.kind}"


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
