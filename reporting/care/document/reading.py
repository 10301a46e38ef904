"""Reading an import_care document: the file, its form, its meaning, and what it refers to."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, TypeVar

from reporting.care.document.building import (
    build_contract,
    build_decision,
    build_organisation,
    build_person,
    build_service,
    build_worker,
)
from reporting.care.document.decisions import check_decisions
from reporting.care.document.faults import DocumentFault, DocumentRefusal
from reporting.care.document.form import Location, check_form, parse_json
from reporting.care.document.meaning import (
    check_contracts,
    check_organisations,
    check_persons,
    check_service,
    check_workers,
)
from reporting.care.document.records import CareDocument, ServiceRecord
from reporting.care.document.references import unresolved_references

MEGABYTE = 1_000_000
MAX_BYTES = 20 * MEGABYTE

Record = TypeVar("Record")


def read_care_document(stream: BinaryIO, max_bytes: int = MAX_BYTES) -> CareDocument:
    """The records of a document, with the references that must be stored already.

    Raises DocumentRefusal that lists everything wrong with it, as far as that can be known without the database.
    """
    return check_care_document(parse_json(_read_at_most(stream, max_bytes)))


def check_care_document(document: Any) -> CareDocument:
    """The records of a document that is parsed already. Raises DocumentRefusal as `read_care_document`."""
    wrong_form = list(check_form(document))
    sound = _Sound(document, [location for location, _ in wrong_form])
    service = sound.service()
    organisations = sound.records("organisations", build_organisation)
    contracts = sound.records("contracts", build_contract)
    workers = sound.records("workers", build_worker)
    persons = sound.records("persons", build_person)
    decisions = sound.records("decisions", build_decision)
    faults = [
        *(fault for _, fault in wrong_form),
        *(check_service(service) if service else ()),
        *check_organisations(organisations),
        *check_contracts(contracts),
        *check_workers(workers),
        *check_persons(persons),
        *check_decisions(decisions),
    ]
    if faults or service is None:
        raise DocumentRefusal(sorted(faults, key=lambda fault: _natural(fault.path)))
    records = CareDocument(
        service=service,
        organisations=tuple(each for _, each in organisations),
        contracts=tuple(each for _, each in contracts),
        workers=tuple(each for _, each in workers),
        persons=tuple(each for _, each in persons),
        decisions=tuple(each for _, each in decisions),
        unresolved=(),
    )
    return replace(records, unresolved=unresolved_references(records))


class _Sound:
    """The parts of a document whose form is right, so that a wrong date here does not hide an overlap there."""

    def __init__(self, document: Any, wrong: Sequence[Location]) -> None:
        self._document: dict[str, Any] = document if isinstance(document, dict) else {}
        # The first two steps tell the item; a fault of a whole list or of the service takes all of it.
        self._wrong = {location[:2] for location in wrong}
        self._service_wrong = any(location[:1] == ("service",) for location in wrong)

    def service(self) -> ServiceRecord | None:
        if self._service_wrong or "service" not in self._document:
            return None
        return build_service(self._document["service"])

    def records(self, section: str, build: Callable[[Any], Record]) -> list[tuple[int, Record]]:
        if (section,) in self._wrong:
            return []
        items = enumerate(self._document.get(section, ()))
        return [(index, build(item)) for index, item in items if (section, index) not in self._wrong]


def _natural(path: str) -> list[str | int]:
    """Sorts $.persons[10] after $.persons[9]."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", path)]


def _read_at_most(stream: BinaryIO, max_bytes: int) -> bytes:
    if stream.seekable():
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        _refuse_too_large(size, max_bytes)
    content = stream.read(max_bytes + 1)
    _refuse_too_large(len(content), max_bytes)
    return content


def _refuse_too_large(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        details = {"size": f"{size / MEGABYTE:.0f}", "limit": max_bytes // MEGABYTE}
        raise DocumentRefusal([DocumentFault("$", "", "too_large", details)])
