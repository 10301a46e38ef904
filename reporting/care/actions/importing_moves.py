"""Stored decisions that an import_care document moves to another contract: a part of the import."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from kernel.errors import Conflict
from reporting.care.actions.importing_checks import Stored
from reporting.care.document.faults import DocumentFault
from reporting.care.document.form import shown
from reporting.care.document.records import CareDocument
from reporting.care.models import Decision
from reporting.care.moving import hold_diaries


@dataclass(frozen=True)
class Moves:
    """The decisions that were seen to move while their diaries were held, and those of them that have visits."""

    from_contracts: dict[UUID, str]
    visited: set[UUID]

    def check(self, document: CareDocument, stored: Stored) -> list[DocumentFault]:
        """A fault for every move of a decision with visits. Raises Conflict for a move that nobody saw come."""
        faults = []
        known = {*stored.contracts, *(contract.number for contract in document.contracts)}
        for path, each in document.placed("decisions"):
            before = stored.decisions.get(each.number)
            chosen = stored.contracts.get(each.contract)
            if before is None or (chosen is not None and chosen.pk == before.contract_id):
                continue
            # Which contract an unknown or unsound number means is not known, and that is told already.
            if each.contract not in known:
                continue
            if before.pk not in self.from_contracts:
                raise Conflict(
                    "changed_meanwhile",
                    _("Somebody changed a decision while this document was being imported. Import it again."),
                )
            if before.pk in self.visited:
                details = {"other": self.from_contracts[before.pk]}
                faults.append(
                    DocumentFault(f"{path}.contract", shown(each.contract), "contract_has_visits", details)
                )
        return faults


def hold_moves(document: CareDocument) -> Moves:
    """Hold the diaries from and to which decisions move, before any row is locked."""
    wanted = {each.number: each.contract for each in document.decisions}
    rows = Decision.objects.filter(number__in=wanted).values_list(
        "pk", "number", "contract_id", "contract__number"
    )
    moving = [row for row in rows if row[3] != wanted[row[1]]]
    if not moving:
        return Moves({}, set())
    reached = Contract.objects.filter(number__in={wanted[number] for _pk, number, _id, _from in moving})
    contracts = {*reached.values_list("pk", flat=True), *(row[2] for row in moving)}
    return Moves({row[0]: row[3] for row in moving}, hold_diaries(contracts, {row[0] for row in moving}))
