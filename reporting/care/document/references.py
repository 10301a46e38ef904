"""What an import_care document names without holding it: those must be stored already."""

from collections.abc import Iterable, Iterator, Mapping

from reporting.care.document.faults import DocumentFault
from reporting.care.document.form import shown
from reporting.care.document.records import CareDocument, Reference, ReferenceKind


def unresolved_references(
    document: CareDocument, held: Mapping[ReferenceKind, set[str]]
) -> tuple[Reference, ...]:
    """Every mention of something that the document does not hold, in its order; the same as often as it is named."""
    return tuple(each for each in _references(document) if each.key not in held[each.kind])


def refuse_references(unknown: Iterable[Reference]) -> list[DocumentFault]:
    """The faults of references that turned out not to be stored either."""
    return [DocumentFault(each.path, shown(each.key), f"unknown_{each.kind}") for each in unknown]


def _references(document: CareDocument) -> Iterator[Reference]:
    for path, contract in document.placed("contracts"):
        yield Reference("organisation", contract.organisation, f"{path}.organisation")
        for at, code in enumerate(contract.named_staff):
            yield Reference("worker", code, f"{path}.named_staff[{at}]")
    for path, worker in document.placed("workers"):
        yield Reference("organisation", worker.organisation, f"{path}.organisation")
    for path, decision in document.placed("decisions"):
        yield Reference("person", decision.person, f"{path}.person")
        yield Reference("contract", decision.contract, f"{path}.contract")
        if decision.amends is not None:
            yield Reference("decision", decision.amends, f"{path}.amends")
        for at, code in enumerate(decision.activities):
            yield Reference("activity", code, f"{path}.activities[{at}]")
