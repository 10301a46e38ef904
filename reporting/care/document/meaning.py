"""What the parts of an import_care document mean: numbers and codes named once, periods in order, PESEL."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from stdnum.pl import pesel

from reporting.care.document.faults import DocumentFault
from reporting.care.document.form import shown
from reporting.care.document.records import (
    ContractRecord,
    OrganisationRecord,
    PersonRecord,
    ServiceRecord,
    WorkerRecord,
)

Record = TypeVar("Record")
# Records with their index in the list of the document.
Placed = Sequence[tuple[int, Record]]


def check_service(service: ServiceRecord) -> Iterator[DocumentFault]:
    codes = (
        (f"$.service.activities[{index}].code", each.code) for index, each in enumerate(service.activities)
    )
    yield from repeated(codes)


def check_organisations(organisations: Placed[OrganisationRecord]) -> Iterator[DocumentFault]:
    yield from repeated((f"$.organisations[{index}].name", each.name) for index, each in organisations)
    yield from repeated(
        (f"$.organisations[{index}].krs", each.krs) for index, each in organisations if each.krs
    )


def check_contracts(contracts: Placed[ContractRecord]) -> Iterator[DocumentFault]:
    yield from repeated((f"$.contracts[{index}].number", each.number) for index, each in contracts)
    for index, contract in contracts:
        yield from period_fault(f"$.contracts[{index}].valid_to", contract.valid_from, contract.valid_to)


def check_workers(workers: Placed[WorkerRecord]) -> Iterator[DocumentFault]:
    yield from repeated((f"$.workers[{index}].code", each.code) for index, each in workers)
    for index, worker in workers:
        place = f"$.workers[{index}].qualifications"
        held = list(enumerate(worker.qualifications))
        yield from repeated((f"{place}[{number}]", f"{each.code} {each.valid_from}") for number, each in held)
        for number, each in held:
            if each.valid_to is not None:
                yield from period_fault(f"{place}[{number}].valid_to", each.valid_from, each.valid_to)


def check_persons(persons: Placed[PersonRecord]) -> Iterator[DocumentFault]:
    yield from repeated((f"$.persons[{index}].code", each.code) for index, each in persons)
    yield from repeated((f"$.persons[{index}].pesel", each.pesel) for index, each in persons if each.pesel)
    for index, person in persons:
        if person.pesel and not person.pesel_override_reason and not pesel.is_valid(person.pesel):
            yield DocumentFault(f"$.persons[{index}].pesel", shown(person.pesel), "pesel_checksum")


def repeated(keys: Iterable[tuple[str, str]]) -> Iterator[DocumentFault]:
    """A fault for each (path, key) whose key stands at an earlier path already."""
    first_paths: dict[str, str] = {}
    for path, key in keys:
        first = first_paths.setdefault(key, path)
        if first != path:
            yield DocumentFault(path, shown(key), "repeated_key", {"other": first})


def period_fault(path: str, first: date, last: date) -> Iterator[DocumentFault]:
    """A fault where a period, both days included, ends before it begins."""
    if last < first:
        details = {"first": first.isoformat(), "last": last.isoformat()}
        yield DocumentFault(path, shown(last.isoformat()), "ends_before_it_begins", details)
