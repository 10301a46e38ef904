"""What the address of the grid asks for, as far as the person may see it: contract, month, worker, rows, page."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils import timezone

from contracting.contracts.models import Contract, Worker
from kernel.access import Access
from kernel.periods import Month
from reporting.delivery.files.cells import FIRST_YEAR, LAST_YEAR
from reporting.delivery.grid import Choice

MOST_ADDED = 20


@dataclass(frozen=True)
class GridChoice:
    """The grid asked for; `contract` is None where the person has no contract to see."""

    contract: Contract | None
    contracts: list[Contract]
    month: Month
    rows: Choice
    page: int


def read_choice(query: QueryDict, access: Access) -> GridChoice:
    """The choice in the query: `month=2026-10`, `contract=`, `worker=`, `add=` (numbers of decisions), `page=`.

    Without a contract it is the first that holds in the month; what cannot be read counts as not given. A contract or
    worker that the person may not see is 404.
    """
    month = _month(query.get("month"))
    worker = _worker(query.get("worker"), access)
    contracts = list(Contract.objects.visible_to(access).select_related("service").order_by("number"))
    wanted = _uuid(query.get("contract"))
    if wanted is not None:
        contract = next((each for each in contracts if each.pk == wanted), None)
        if contract is None:
            raise Http404
    else:
        contract = _first(contracts, month, worker)
    if worker is not None and contract is not None and worker.organisation_id != contract.organisation_id:
        # Another contract was chosen beside a worker of the one before: the choice of the worker falls away.
        worker = None
    added = tuple(
        number.strip() for number in query.getlist("add")[:MOST_ADDED] if number.strip().isprintable()
    )
    page = query.get("page", "1")
    return GridChoice(contract, contracts, month, Choice(worker, added), int(page) if page.isdecimal() else 1)


def _first(contracts: list[Contract], month: Month, worker: Worker | None) -> Contract | None:
    """The contract shown first: one that holds in the month, of the worker's organisation."""
    fitting = [each for each in contracts if worker is None or each.organisation_id == worker.organisation_id]
    holding = [each for each in fitting if each.valid_from <= month.last and each.valid_to >= month.first]
    return next(iter(holding or fitting), None)


def _month(text: str | None) -> Month:
    if not text:
        return Month.of(timezone.localdate())
    try:
        month = Month.parse(text)
    except ValueError:
        return Month.of(timezone.localdate())
    return month if FIRST_YEAR <= month.year <= LAST_YEAR else Month.of(timezone.localdate())


def _worker(text: str | None, access: Access) -> Worker | None:
    pk = _uuid(text)
    if pk is None:
        return None
    worker: Worker | None = Worker.objects.visible_to(access).filter(pk=pk).first()
    if worker is None:
        raise Http404
    return worker


def _uuid(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
