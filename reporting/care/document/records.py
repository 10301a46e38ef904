"""What an import_care document says, in types: ready to be stored, references still by number, code or name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any, Literal

from reporting.care.contacts import Contact
from reporting.care.document.faults import DocumentFault

Per = Literal["month", "week", "plan"]
ReferenceKind = Literal["organisation", "contract", "worker", "person", "decision", "activity"]


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """An activity of the service."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """The service of the whole document, with its standard; qualifications are None where the document says nothing."""

    code: str
    name: str
    required_qualifications: tuple[str, ...] | None
    activities: tuple[ActivityRecord, ...]


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """A provider."""

    name: str
    krs: str | None


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """A contract; `price_per_hour` in PLN with two places, `organisation` a name, `named_staff` worker codes."""

    number: str
    organisation: str
    signed: date
    valid_from: date
    valid_to: date
    price_per_hour: Decimal
    cap_minutes: int | None
    named_staff: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QualificationRecord:
    """A qualification held from a day to a day, both included; None: it does not expire."""

    code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A worker; `organisation` is a name."""

    code: str
    surname: str
    given_name: str
    organisation: str
    qualifications: tuple[QualificationRecord, ...]


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person in care; a PESEL whose checksum is wrong comes with `pesel_override_reason`.

    `contact` is None where the document says nothing of it, empty where it is to be removed.
    """

    code: str
    surname: str
    given_name: str
    pesel: str | None
    pesel_override_reason: str
    birth_year: int | None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class PlanSlotRecord:
    """A visit of the weekly plan: weekday 1 (Monday) to 7, local start, minutes."""

    weekday: int
    start: time
    minutes: int
    on_holidays: bool


@dataclass(frozen=True, slots=True)
class SuspensionRecord:
    """Days, both included, on which a decision rests."""

    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision; `person`, `contract` and `amends` are the code and the numbers of what they refer to."""

    number: str
    person: str
    contract: str
    issued: date
    valid_from: date
    valid_to: date
    revoked_from: date | None
    amends: str | None
    per: Per
    minutes: int | None
    plan: tuple[PlanSlotRecord, ...]
    activities: tuple[str, ...]
    two_workers: bool
    suspensions: tuple[SuspensionRecord, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """Something named at `path` that the document itself does not hold: it must be stored already."""

    kind: ReferenceKind
    key: str
    path: str


@dataclass(frozen=True, slots=True)
class CareDocument:
    """The sound part of a document, the faults of the rest, and what it names that must be stored already.

    `places` are the indices of the sound records in the lists of the document; `unsound_decisions` the numbers of
    the decisions with a fault of form and of those that they amend.
    """

    service: ServiceRecord
    organisations: tuple[OrganisationRecord, ...]
    contracts: tuple[ContractRecord, ...]
    workers: tuple[WorkerRecord, ...]
    persons: tuple[PersonRecord, ...]
    decisions: tuple[DecisionRecord, ...]
    places: Mapping[str, tuple[int, ...]]
    unresolved: tuple[Reference, ...] = ()
    faults: tuple[DocumentFault, ...] = ()
    unsound_decisions: frozenset[str] = field(default=frozenset())

    def placed(self, section: str) -> Iterator[tuple[str, Any]]:
        """The records of a section with their paths, as $.decisions[3]."""
        for index, record in zip(self.places[section], getattr(self, section), strict=True):
            yield f"$.{section}[{index}]", record
