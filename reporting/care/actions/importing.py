"""Bringing an import_care document in: everything is checked first, then stored whole or not at all."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.actions import store_service
from contracting.contracts.actions import ContractLine, WorkerLine, store_contracts, store_workers
from contracting.contracts.models import Contract, Worker
from kernel.access import Actor
from kernel.errors import Conflict
from kernel.locks import hold
from kernel.tally import Tally
from kernel.tenancy import require_tenant
from reporting.care.actions.importing_checks import Stored, check_against_stored
from reporting.care.actions.importing_decisions import store_decisions
from reporting.care.actions.importing_moves import Moves, hold_moves
from reporting.care.actions.importing_persons import store_persons
from reporting.care.document.faults import DocumentFault, DocumentRefusal
from reporting.care.document.form import shown
from reporting.care.document.records import CareDocument
from tenants.actions.importing import AmbiguousOrganisation, match_organisation, store_partners
from tenants.models import Organisation


@dataclass(frozen=True)
class Imported:
    """What an import came to, by kind in the order of the document."""

    tallies: dict[str, Tally]

    def as_json(self) -> dict[str, dict[str, int]]:
        return {kind: tally.as_counts() for kind, tally in self.tallies.items()}


def import_care(document: CareDocument, *, actor: Actor) -> Imported:
    """Store a document in the tenant at hand: found by number or code, made where missing, updated where different.

    What the document does not name stays as it is; a decision's plan and suspensions, a worker's qualifications and a
    contract's named staff become exactly what it says. One transaction, one audit line.
    Raises DocumentRefusal with every fault, those of the document and those that only the stored data show;
    Conflict where somebody stores a decision in the same moment.
    """
    try:
        with transaction.atomic():
            _one_at_a_time()
            moves = hold_moves(document)
            tallies = _store(document, moves, actor)
            _check_now()
            changed = {kind: tally.changed for kind, tally in tallies.items() if tally.changed}
            record(
                "import_care",
                actor=actor,
                subject_type="service",
                subject_id=document.service.code,
                payload={"counts": Imported(tallies).as_json(), "changed": changed},
            )
    except IntegrityError as error:
        raise Conflict(
            "changed_meanwhile",
            _(
                "Somebody saved data that this document overlaps while it was being imported. Import it again."
            ),
        ) from error
    return Imported(tallies)


def _store(document: CareDocument, moves: Moves, actor: Actor) -> dict[str, Tally]:
    stored = Stored.read(document)
    organisations, faults = _known_organisations(document)
    faults += check_against_stored(document, stored, organisations)
    faults += moves.check(document, stored)
    if faults or document.faults:
        raise DocumentRefusal([*document.faults, *faults])
    partners, partner_tally = store_partners(
        require_tenant(), [(each.name, each.krs) for each in document.organisations], actor=actor
    )
    organisations |= partners
    service, service_tally = store_service(
        code=document.service.code,
        name=document.service.name,
        activities=[(activity.code, activity.name) for activity in document.service.activities],
        required_qualifications=document.service.required_qualifications,
    )
    workers, worker_tally = store_workers(_worker_lines(document, organisations))
    all_workers: dict[str, Worker] = {**stored.workers, **workers}
    contracts, contract_tally = store_contracts(
        _contract_lines(document, organisations), service=service, workers=all_workers
    )
    persons, person_tally = store_persons(document.persons, stored.persons)
    all_contracts: dict[str, Contract] = {**stored.contracts, **contracts}
    decision_tally = store_decisions(
        document.decisions,
        stored=stored.decisions,
        service=service,
        persons={**stored.persons, **persons},
        contracts=all_contracts,
    )
    return {
        "services": service_tally,
        "organisations": partner_tally,
        "contracts": contract_tally,
        "workers": worker_tally,
        "persons": person_tally,
        "decisions": decision_tally,
    }


def _known_organisations(document: CareDocument) -> tuple[dict[str, Organisation], list[DocumentFault]]:
    """Organisations by their name in the document, also those it only refers to; the name of several is a fault."""
    tenant = require_tenant()
    faults = []
    referred = {each.key for each in document.unresolved if each.kind == "organisation"}
    partners = Organisation.objects.filter(partnerships__tenant=tenant, name__in=referred)
    found = {partner.name: partner for partner in partners}
    for path, each in document.placed("organisations"):
        try:
            known = match_organisation(tenant, each.name, each.krs)
        except AmbiguousOrganisation:
            faults.append(DocumentFault(f"{path}.krs", shown(each.name), "ambiguous_organisation"))
        else:
            found[each.name] = known or Organisation(name=each.name, krs=each.krs)
    return found, faults


def _worker_lines(document: CareDocument, organisations: dict[str, Organisation]) -> list[WorkerLine]:
    return [
        WorkerLine(
            code=each.code,
            surname=each.surname,
            given_name=each.given_name,
            organisation_id=organisations[each.organisation].pk,
            qualifications=frozenset(
                (held.code, held.valid_from, held.valid_to) for held in each.qualifications
            ),
        )
        for each in document.workers
    ]


def _contract_lines(document: CareDocument, organisations: dict[str, Organisation]) -> list[ContractLine]:
    return [
        ContractLine(
            number=each.number,
            organisation_id=organisations[each.organisation].pk,
            signed_on=each.signed,
            valid_from=each.valid_from,
            valid_to=each.valid_to,
            price_per_hour=each.price_per_hour,
            cap_minutes=each.cap_minutes,
            named_staff=frozenset(each.named_staff),
        )
        for each in document.contracts
    ]


def _one_at_a_time() -> None:
    """Imports of one tenant wait for each other; periods may move freely until `_check_now`."""
    hold("import of care")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def as_problems(refusal: DocumentRefusal | Conflict) -> dict[str, Any]:
    """The JSON of a refused import: every fault with its place, value, code and reason."""
    if isinstance(refusal, DocumentRefusal):
        return {"problems": [fault.as_json() for fault in refusal.faults]}
    return {"problems": [{"path": "$", "value": "", "code": refusal.code, "reason": str(refusal.message)}]}
