"""Reading an import_care document: the file, its form, its meaning, and what it refers to."""

import os
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
from reporting.care.document.records import CareDocument, ReferenceKind, ServiceRecord
from reporting.care.document.references import unresolved_references

MEGABYTE = 1_000_000
MAX_BYTES = 20 * MEGABYTE

Record = TypeVar("Record")


def read_care_document(stream: BinaryIO, max_bytes: int = MAX_BYTES) -> CareDocument:
    """The sound records of a document with its faults, as far as they can be known without the database.

    Raises DocumentRefusal where it cannot be read at all, or its service not.
    """
    return check_care_document(parse_json(_read_at_most(stream, max_bytes)))


def check_care_document(document: Any) -> CareDocument:
    """The same of a document that is parsed already. Raises DocumentRefusal as `read_care_document`."""
    wrong_form = list(check_form(document))
    sound = _Sound(document, [location for location, _ in wrong_form])
    service = sound.service()
    organisations = sound.records("organisations", build_organisation)
    contracts = sound.records("contracts", build_contract)
    workers = sound.records("workers", build_worker)
    persons = sound.records("persons", build_person)
    decisions = sound.records("decisions", build_decision)
    unsound = sound.unsound_decisions()
    faults = [
        *(fault for _, fault in wrong_form),
        *(check_service(service) if service else ()),
        *check_organisations(organisations),
        *check_contracts(contracts),
        *check_workers(workers),
        *check_persons(persons),
        *check_decisions(decisions, unsound),
    ]
    if service is None:
        raise DocumentRefusal(faults)
    records = CareDocument(
        service=service,
        organisations=tuple(each for _, each in organisations),
        contracts=tuple(each for _, each in contracts),
        workers=tuple(each for _, each in workers),
        persons=tuple(each for _, each in persons),
        decisions=tuple(each for _, each in decisions),
        places={
            "organisations": tuple(index for index, _ in organisations),
            "contracts": tuple(index for index, _ in contracts),
            "workers": tuple(index for index, _ in workers),
            "persons": tuple(index for index, _ in persons),
            "decisions": tuple(index for index, _ in decisions),
        },
        faults=tuple(faults),
        unsound_decisions=unsound,
    )
    return replace(records, unresolved=unresolved_references(records, sound.keys(service)))


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

    def keys(self, service: ServiceRecord) -> dict[ReferenceKind, set[str]]:
        """What the document holds, sound or not: a wrong date in a contract does not make its number unknown."""
        return {
            "organisation": self._texts("organisations", "name"),
            "contract": self._texts("contracts", "number"),
            "worker": self._texts("workers", "code"),
            "person": self._texts("persons", "code"),
            "decision": self._texts("decisions", "number"),
            "activity": {each.code for each in service.activities},
        }

    def unsound_decisions(self) -> frozenset[str]:
        """The numbers of decisions whose form is wrong and of those they amend: when these hold is not known."""
        unsound: set[str] = set()
        for index, item in enumerate(self._items("decisions")):
            if ("decisions", index) in self._wrong:
                unsound |= {text for name in ("number", "amends") if isinstance(text := item.get(name), str)}
        return frozenset(unsound)

    def _texts(self, section: str, name: str) -> set[str]:
        return {text for item in self._items(section) if isinstance(text := item.get(name), str)}

    def _items(self, section: str) -> list[dict[str, Any]]:
        """The items in their places, an empty one for each that is no object."""
        items = self._document.get(section)
        return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []


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
