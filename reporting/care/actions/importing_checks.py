"""What only the stored data can show to be wrong in an import_care document."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from contracting.commissioning.models import Activity, Service
from contracting.contracts.models import Contract, Worker
from contracting.contracts.queries import signed_here
from kernel.crypto import blind_index
from reporting.care.document.faults import DocumentFault
from reporting.care.document.form import shown
from reporting.care.document.records import CareDocument, ContractRecord, DecisionRecord
from reporting.care.document.references import refuse_references
from reporting.care.models import Decision, Person
from tenants.models import Organisation


@dataclass(frozen=True)
class Stored:
    """What the tenant holds of all that a document names, by code or number."""

    service: Service | None
    activities: frozenset[str]
    workers: dict[str, Worker]
    contracts: dict[str, Contract]
    persons: dict[str, Person]
    decisions: dict[str, Decision]

    @classmethod
    def read(cls, document: CareDocument) -> "Stored":
        """Everything the document names or refers to, locked until the transaction ends."""
        referred: defaultdict[str, set[str]] = defaultdict(set)
        for reference in document.unresolved:
            referred[reference.kind].add(reference.key)
        service = Service.objects.filter(code=document.service.code).first()
        codes = Activity.objects.filter(service=service).values_list("code", flat=True) if service else ()

        def rows(model: Any, field: str, kind: str, keys: Iterator[str]) -> dict[str, Any]:
            wanted = {*keys, *referred[kind]}
            found = model.objects.select_for_update().filter(**{f"{field}__in": wanted}).order_by("pk")
            return {getattr(row, field): row for row in found}

        decisions = rows(Decision, "number", "decision", (each.number for each in document.decisions))
        # Whom they amended until now may be released by the document.
        earlier = Decision.objects.filter(pk__in=[each.amends_id for each in decisions.values()])
        decisions = {**{each.number: each for each in earlier.select_for_update()}, **decisions}
        return cls(
            service=service,
            activities=frozenset(codes),
            workers=rows(Worker, "code", "worker", (each.code for each in document.workers)),
            contracts=rows(Contract, "number", "contract", (each.number for each in document.contracts)),
            persons=rows(Person, "code", "person", (each.code for each in document.persons)),
            decisions=decisions,
        )


def check_against_stored(
    document: CareDocument, stored: Stored, organisations: Mapping[str, Organisation]
) -> list[DocumentFault]:
    """Every fault of the document that shows only beside what is stored."""
    held: dict[str, Any] = {
        "organisation": organisations,
        "contract": stored.contracts,
        "worker": stored.workers,
        "person": stored.persons,
        "decision": stored.decisions,
        "activity": stored.activities,
    }
    unknown = [each for each in document.unresolved if each.key not in held[each.kind]]
    faults = refuse_references(unknown)
    faults += _check_owners(document, stored, organisations)
    faults += _check_pesels(document)
    faults += _check_decisions(document, stored)
    return faults


def _check_owners(
    document: CareDocument, stored: Stored, organisations: Mapping[str, Organisation]
) -> Iterator[DocumentFault]:
    """Contracts and workers keep their organisation, contracts also their service; staff is the organisation's own."""
    ids = {name: organisation.pk for name, organisation in organisations.items()}
    worker_home: dict[str, UUID | None] = {
        code: worker.organisation_id for code, worker in stored.workers.items()
    }

    def is_other(home: UUID | None, name: str) -> bool:
        """Whether an organisation is known to be another than the one of this name."""
        return home is not None and name in ids and home != ids[name]

    for path, each in document.placed("workers"):
        if is_other(worker_home.get(each.code), each.organisation):
            yield DocumentFault(
                f"{path}.organisation", shown(each.organisation), "worker_of_another_organisation"
            )
        worker_home.setdefault(each.code, ids.get(each.organisation))
    fixed = set(signed_here().filter(number__in=list(stored.contracts)).values_list("pk", flat=True))
    for path, contract in document.placed("contracts"):
        before = stored.contracts.get(contract.number)
        if before is not None and is_other(before.organisation_id, contract.organisation):
            value = shown(contract.organisation)
            yield DocumentFault(f"{path}.organisation", value, "contract_of_another_organisation")
        if before is not None and (stored.service is None or before.service_id != stored.service.pk):
            yield DocumentFault(f"{path}.number", shown(contract.number), "contract_of_another_service")
        if before is not None and before.pk in fixed and _other_terms(before, contract):
            yield DocumentFault(f"{path}.number", shown(contract.number), "contract_signed_here")
        for at, code in enumerate(contract.named_staff):
            if is_other(worker_home.get(code), contract.organisation):
                yield DocumentFault(
                    f"{path}.named_staff[{at}]", shown(code), "worker_of_another_organisation"
                )
    for reference in document.unresolved:
        used = stored.contracts.get(reference.key) if reference.kind == "contract" else None
        if used is not None and (stored.service is None or used.service_id != stored.service.pk):
            yield DocumentFault(reference.path, shown(reference.key), "contract_of_another_service")


def _other_terms(stored: Contract, record: ContractRecord) -> bool:
    """Whether a document says something else of the dates, the price or the cap than the stored contract."""
    before = (stored.signed_on, stored.valid_from, stored.valid_to, stored.price_per_hour, stored.cap_minutes)
    terms = (record.signed, record.valid_from, record.valid_to, record.price_per_hour, record.cap_minutes)
    return before != terms


def _check_pesels(document: CareDocument) -> Iterator[DocumentFault]:
    """A PESEL of the document must not belong to a stored person with another code."""
    by_index = {blind_index(each.pesel): path for path, each in document.placed("persons") if each.pesel}
    own = {each.code for each in document.persons}
    holders = Person.objects.filter(pesel_index__in=by_index).exclude(code__in=own)
    for fingerprint, code in holders.order_by("code").values_list("pesel_index", "code"):
        yield DocumentFault(f"{by_index[fingerprint]}.pesel", shown(code), "pesel_of_another_person")


def _check_decisions(document: CareDocument, stored: Stored) -> Iterator[DocumentFault]:
    """Stored decisions keep their person; those that the document does not name must not overlap its own."""
    person_ids: dict[str, UUID | None] = {code: person.pk for code, person in stored.persons.items()}
    for person in document.persons:
        person_ids.setdefault(person.code, None)
    for path, each in document.placed("decisions"):
        # Whom an unknown or unsound code means is not known, and that is told already.
        if each.person not in person_ids:
            continue
        before = stored.decisions.get(each.number)
        if before is not None and before.person_id != person_ids[each.person]:
            yield DocumentFault(f"{path}.person", shown(each.person), "decision_of_another_person")
        earlier = stored.decisions.get(each.amends or "")
        if earlier is not None and earlier.person_id != person_ids[each.person]:
            yield DocumentFault(f"{path}.amends", shown(each.amends), "amends_another_person")
    yield from _overlaps_with_stored(document, stored)


def _overlaps_with_stored(document: CareDocument, stored: Stored) -> Iterator[DocumentFault]:
    if stored.service is None:
        return
    amended_from = {each.amends: each.valid_from for each in document.decisions if each.amends}
    others = (
        Decision.objects.filter(service=stored.service, person__in=stored.persons.values())
        .exclude(number__in=document.unsound_decisions.union(each.number for each in document.decisions))
        .order_by("valid_from")
        .values_list("person_id", "number", "valid_from", "ends_before")
    )
    periods: defaultdict[UUID, list[tuple[str, date, date]]] = defaultdict(list)
    for person_id, number, first, ends_before in others:
        ends = min(ends_before, amended_from.get(number, ends_before))
        if ends > first:
            periods[person_id].append((number, first, ends))
    for path, each in document.placed("decisions"):
        person = stored.persons.get(each.person)
        if person is None or each.number in document.unsound_decisions:
            continue
        first, ends = period_of(each, amended_from.get(each.number))
        for number, other_first, other_ends in periods[person.pk]:
            if first < other_ends and other_first < ends:
                details = {
                    "first": each.valid_from.isoformat(),
                    "other_first": other_first.isoformat(),
                    "other_last": date.fromordinal(other_ends.toordinal() - 1).isoformat(),
                }
                yield DocumentFault(f"{path}.valid_from", shown(number), "decisions_overlap", details)


def period_of(each: DecisionRecord, amended_from: date | None) -> tuple[date, date]:
    """The first day of a decision and the first day after it, whatever ends it."""
    ends = [date.fromordinal(each.valid_to.toordinal() + 1)]
    ends += [day for day in (each.revoked_from, amended_from) if day is not None]
    return each.valid_from, max(each.valid_from, min(ends))
