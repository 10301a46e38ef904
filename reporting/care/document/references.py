"""What an import_care document names without holding it: those must be stored already."""

from collections.abc import Iterable, Iterator

from reporting.care.document.faults import DocumentFault
from reporting.care.document.form import shown
from reporting.care.document.records import CareDocument, Reference, ReferenceKind


def unresolved_references(document: CareDocument) -> tuple[Reference, ...]:
    """Every mention of something that is not in the document, in its order; the same thing as often as it is named."""
    held: dict[ReferenceKind, set[str]] = {
        "organisation": {each.name for each in document.organisations},
        "contract": {each.number for each in document.contracts},
        "worker": {each.code for each in document.workers},
        "person": {each.code for each in document.persons},
        "decision": {each.number for each in document.decisions},
        "activity": {each.code for each in document.service.activities},
    }
    return tuple(each for each in _references(document) if each.key not in held[each.kind])


def refuse_references(unknown: Iterable[Reference]) -> list[DocumentFault]:
    """The faults of references that turned out not to be stored either."""
    return [DocumentFault(each.path, shown(each.key), f"unknown_{each.kind}") for each in unknown]


def _references(document: CareDocument) -> Iterator[Reference]:
    for index, contract in enumerate(document.contracts):
        path = f"$.contracts[{index}]"
        yield Reference("organisation", contract.organisation, f"{path}.organisation")
        for at, code in enumerate(contract.named_staff):
            yield Reference("worker", code, f"{path}.named_staff[{at}]")
    for index, worker in enumerate(document.workers):
        yield Reference("organisation", worker.organisation, f"$.workers[{index}].organisation")
    for index, decision in enumerate(document.decisions):
        path = f"$.decisions[{index}]"
        yield Reference("person", decision.person, f"{path}.person")
        yield Reference("contract", decision.contract, f"{path}.contract")
        if decision.amends is not None:
            yield Reference("decision", decision.amends, f"{path}.amends")
        for at, code in enumerate(decision.activities):
            yield Reference("activity", code, f"{path}.activities[{at}]")
