"""What a month still waits for, of all contracts in one list: each point with one owner and one next step."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.contracts.models import Contract
from kernel.access import Access
from kernel.periods import Month
from reporting.compliance.answers import Answered, answered_month
from reporting.compliance.models import ContractMonth, ReturnedLine
from reporting.compliance.permissions import ACCEPT_MONTH, RESOLVE_DEVIATIONS, SUBMIT_MONTH
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.handing_in import lines_returned_in, unhanded
from reporting.compliance.tables.points import Group, groups_of
from tenants.addresses import tenant_url

State = ContractMonth.State
# Deviations by contract; lines that came back by month.
Answers = dict[UUID, list[Answered]]
Lines = dict[UUID, list[ReturnedLine]]


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """One point: of which contract and decision (its number, or ""), what, and whose turn it is to do what where.

    `code` is that of a deviation, or "". `of_unit` says whether the social unit owns it, else the organisation.
    """

    contract: Contract
    number: str
    code: str
    what: str
    of_unit: bool
    step: str
    href: str
    is_must: bool = True

    @property
    def owner(self) -> str:
        """Whose turn it is: the organisation by its name, "" for the unit of the tenant."""
        return "" if self.of_unit else str(self.contract.organisation)


def owns(point: OpenPoint, access: Access) -> bool:
    """Whether the next step is the person's own to take."""
    if point.of_unit:
        return access.may(RESOLVE_DEVIATIONS) or access.may(ACCEPT_MONTH)
    return access.may(SUBMIT_MONTH)


def open_points(contracts: Sequence[Contract], month: Month, today: date) -> list[OpenPoint]:
    """All open points of these contracts' month, by contract, what must be done first; a constant number of queries."""
    by_id = {contract.pk: contract for contract in contracts}
    rows = {
        row.contract_id: row
        for row in ContractMonth.objects.filter(contract__in=by_id, month=month.first).defer("snapshot")
    }
    submitted = [pk for pk, row in rows.items() if row.state == State.SUBMITTED]
    returned = [row for row in rows.values() if row.state == State.RETURNED]
    sent_back = {row.contract_id for row in returned}
    # A month that is answered or corrected before it is handed in has a row of its own, and is still unhanded.
    unsent = {pk: contract for pk, contract in by_id.items() if pk not in sent_back}
    waiting = set(unhanded(month).filter(pk__in=unsent).values_list("pk", flat=True))
    waiting = waiting if today > month.last else set()
    lines = lines_returned_in(returned)
    answers = _open_answers(month, [*submitted, *waiting, *sent_back])
    found = [
        *_not_handed_in(by_id, waiting, month),
        *_returned(by_id, returned, lines, month),
        *_to_check(
            by_id, waiting | {row.contract_id for row in returned if row.pk not in lines}, answers, month
        ),
        *_beside_lines(by_id, [row for row in returned if row.pk in lines], lines, answers, month),
        *_to_answer(by_id, submitted, answers, month),
    ]
    return sorted(found, key=lambda point: (point.contract.number, not point.is_must))


def _page(contract: Contract, month: Month) -> str:
    return tenant_url("compliance:month", contract.pk, str(month))


def _open_answers(month: Month, contracts: Sequence[UUID]) -> Answers:
    """Deviations without an answer, by contract; two contracts or two hundred are compared at once."""
    found: Answers = {pk: [] for pk in contracts}
    for one in answered_month(compare_month(month, contracts=contracts)) if contracts else ():
        if one.is_open:
            found[one.contract_id].append(one)
    return found


def _not_handed_in(
    contracts: dict[UUID, Contract], waiting: Iterable[UUID], month: Month
) -> Iterator[OpenPoint]:
    for pk in waiting:
        contract = contracts[pk]
        href = tenant_url("compliance:submit", pk, str(month))
        yield OpenPoint(contract, "", "", _("The month is not handed in"), False, _("Hand it in"), href)


def _returned(
    contracts: dict[UUID, Contract], rows: Sequence[ContractMonth], lines: Lines, month: Month
) -> Iterator[OpenPoint]:
    for row in rows:
        contract, own = contracts[row.contract_id], lines.get(row.pk, [])
        diary = tenant_url("delivery:grid") + f"?month={month}&contract={contract.pk}"
        step = _("Correct it in the diary and hand in again")
        if not own:
            what = _("The whole month came back: %(reason)s") % {"reason": row.return_reason}
            yield OpenPoint(contract, "", "", what, False, step, diary)
        for line in own:
            what = str(line.get_reason_display())
            what = f"{what} – {line.note}" if line.note else what
            yield OpenPoint(contract, line.decision.number, "", what, False, step, diary)


def _to_check(
    contracts: dict[UUID, Contract], unsent: Iterable[UUID], answers: Answers, month: Month
) -> Iterator[OpenPoint]:
    """What the organisation can still correct, or let the unit judge: its own diary before it is handed in."""
    for pk in unsent:
        contract, page = contracts[pk], _page(contracts[pk], month)
        for group in groups_of(answers[pk], {}, {}, workers=None, is_must=True):
            step = _("Check it in the diary before handing in")
            yield replace(_to_explain(contract, group, page), of_unit=False, step=step, is_must=False)


def _beside_lines(
    contracts: dict[UUID, Contract],
    rows: Iterable[ContractMonth],
    lines: Lines,
    answers: Answers,
    month: Month,
) -> Iterator[OpenPoint]:
    """Of a month of which some lines came back, what stands in the others: those are closed to the organisation."""
    for row in rows:
        contract, returned = contracts[row.contract_id], {line.decision_id for line in lines[row.pk]}
        others = [one for one in answers[row.contract_id] if one.decision_id not in returned]
        for group in groups_of(others, {}, {}, workers=None, is_must=True):
            yield _to_explain(contract, group, _page(contract, month))


def _to_answer(
    contracts: dict[UUID, Contract], submitted: Sequence[UUID], answers: Answers, month: Month
) -> Iterator[OpenPoint]:
    for pk in submitted:
        contract, points = contracts[pk], answers[pk]
        page = _page(contract, month)
        groups = groups_of(points, {}, {}, workers=None, is_must=True)
        yield from (_to_explain(contract, group, page) for group in groups)
        if notes := sum(not one.is_must for one in points):
            what = ngettext(
                "%(count)s note that nobody has taken notice of",
                "%(count)s notes that nobody has taken notice of",
                notes,
            )
            said = what % {"count": notes}
            yield OpenPoint(
                contract, "", "", said, True, _("Take notice of them"), f"{page}#to-note", is_must=False
            )
        if not groups:
            accept = tenant_url("compliance:accept", pk, str(month))
            yield OpenPoint(
                contract, "", "", _("Nothing stands in the way any more"), True, _("Accept the month"), accept
            )


def _to_explain(contract: Contract, group: Group, page: str) -> OpenPoint:
    number = group.number if group.decision_pk else ""
    what = group.title if group.open_count == 1 else f"{group.title} ×{group.open_count}"
    return OpenPoint(
        contract, number, group.code, what, True, _("Explain, refuse or return"), f"{page}#{group.anchor}"
    )


def of_person(points: Iterable[OpenPoint], access: Access) -> list[OpenPoint]:
    """Those whose next step is the person's own."""
    return [point for point in points if owns(point, access)]
