"""Workers and contracts as another system tells them: parts of a larger import, in its transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracting.commissioning.actions import name_unknown_qualifications
from contracting.commissioning.models import Service
from contracting.contracts.models import Contract, NamedStaff, Worker, WorkerQualification
from kernel.bulk import BATCH, assign, update_rows
from kernel.tally import Tally

Held = tuple[str, date, date | None]


@dataclass(frozen=True)
class WorkerLine:
    """A worker with the qualifications they hold, each (code, first day, last day or None)."""

    code: str
    surname: str
    given_name: str
    organisation_id: UUID
    qualifications: frozenset[Held]


@dataclass(frozen=True)
class ContractLine:
    """A contract with the codes of the workers it names."""

    number: str
    organisation_id: UUID
    signed_on: date
    valid_from: date
    valid_to: date
    price_per_hour: Decimal
    cap_minutes: int | None
    named_staff: frozenset[str]


def store_workers(lines: Sequence[WorkerLine]) -> tuple[dict[str, Worker], Tally]:
    """Workers by code, made or updated; their qualifications become exactly those given."""
    tally = Tally()
    name_unknown_qualifications({code for line in lines for code, _, _ in line.qualifications})
    known = _by_key(Worker.objects.select_for_update().filter(code__in=[line.code for line in lines]), "code")
    held_before: defaultdict[UUID, set[Held]] = defaultdict(set)
    rows = WorkerQualification.objects.filter(worker__in=[worker.pk for worker in known.values()])
    for worker_id, *held in rows.values_list("worker_id", "code", "valid_from", "valid_to"):
        held_before[worker_id].add((held[0], held[1], held[2]))
    new, updated, rewritten = [], [], []
    found: dict[str, Worker] = {}
    for line in lines:
        worker = known.get(line.code) or Worker(code=line.code)
        values = {name: getattr(line, name) for name in ("surname", "given_name", "organisation_id")}
        changed = assign(worker, values)
        is_new = line.code not in known
        if is_new:
            new.append(worker)
        elif changed:
            updated.append(worker)
        if held_before[worker.pk] != line.qualifications:
            rewritten.append((worker, line.qualifications))
            changed.append("qualifications")
        found[line.code] = worker
        tally.count(line.code, is_new=is_new, changed=changed)
    Worker.objects.bulk_create(new, batch_size=BATCH)
    update_rows(Worker, updated, ["surname", "given_name", "organisation"])
    _rewrite_qualifications(rewritten)
    return found, tally


def _rewrite_qualifications(rewritten: Sequence[tuple[Worker, Collection[Held]]]) -> None:
    WorkerQualification.objects.filter(worker__in=[worker.pk for worker, _ in rewritten]).delete()
    WorkerQualification.objects.bulk_create(
        [
            WorkerQualification(worker=worker, code=code, valid_from=first, valid_to=last)
            for worker, held in rewritten
            for code, first, last in sorted(held, key=lambda each: each[:2])
        ],
        batch_size=BATCH,
    )


def store_contracts(
    lines: Sequence[ContractLine], *, service: Service, workers: dict[str, Worker]
) -> tuple[dict[str, Contract], Tally]:
    """Contracts by number, made or updated; those named in them become exactly those given.

    `workers` holds every worker that a line names. The service and organisation of a stored contract are the caller's
    to check: they never change.
    """
    tally = Tally()
    numbers = [line.number for line in lines]
    known = _by_key(Contract.objects.select_for_update().filter(number__in=numbers), "number")
    named_before: defaultdict[UUID, dict[UUID, NamedStaff]] = defaultdict(dict)
    for named in NamedStaff.objects.filter(contract__in=[contract.pk for contract in known.values()]):
        named_before[named.contract_id][named.worker_id] = named
    new, updated = [], []
    added: list[NamedStaff] = []
    removed: list[UUID] = []
    found: dict[str, Contract] = {}
    for line in lines:
        is_new = line.number not in known
        contract = known.get(line.number) or Contract(
            number=line.number, service=service, organisation_id=line.organisation_id
        )
        terms = ("signed_on", "valid_from", "valid_to", "price_per_hour", "cap_minutes")
        changed = assign(contract, {name: getattr(line, name) for name in terms})
        if is_new:
            new.append(contract)
        elif changed:
            updated.append(contract)
        wanted = {workers[code].pk for code in line.named_staff}
        before = named_before[contract.pk]
        if wanted != set(before):
            changed.append("named_staff")
            added += [NamedStaff(contract=contract, worker_id=pk) for pk in sorted(wanted - set(before))]
            removed += [before[pk].pk for pk in set(before) - wanted]
        found[line.number] = contract
        tally.count(line.number, is_new=is_new, changed=changed)
    Contract.objects.bulk_create(new, batch_size=BATCH)
    update_rows(Contract, updated, ["signed_on", "valid_from", "valid_to", "price_per_hour", "cap_minutes"])
    NamedStaff.objects.filter(pk__in=removed).delete()
    NamedStaff.objects.bulk_create(added, batch_size=BATCH)
    return found, tally


def _by_key(rows: Iterable[Any], field: str) -> dict[str, Any]:
    return {getattr(row, field): row for row in rows}
