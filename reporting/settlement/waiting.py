"""What the start page says of accepted months that wait to be settled."""

from collections.abc import Iterator
from datetime import date

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import Wait, and_more, first_of
from kernel.access import Access
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import Settlement
from reporting.settlement.permissions import CONFIRM, SETTLE
from reporting.settlement.queries import closing_corrections
from reporting.settlement.queries.paid import invoices_beside_decisions
from tenants.addresses import tenant_url
from ui.formatting import format_month

_NAMED = 4
_State = Settlement.State


def tell_settlements(access: Access, today: date) -> Iterator[Wait]:
    """Accepted months by what waits: to be offered, to be confirmed by the provider, to be settled; and money paid
    beside. Three queries."""
    if not access.may(CONFIRM):
        return
    if access.may(SETTLE):
        yield from _beside_decisions()
    accepted = _accepted(access)
    rows = [*accepted, *_closing(access)]
    waiting, offered, ready = (
        [(month, number) for month, number, found in rows if found == state]
        for state in (_State.DRAFT, _State.OFFERED, _State.CONFIRMED)
    )
    stale = [(month, number) for month, number, found in accepted if found == _State.SETTLED]
    if stale and access.may(SETTLE):
        yield _wait(
            "must",
            ngettext(
                "%(count)s month was accepted after its settlement: the visits are not in it",
                "%(count)s months were accepted after their settlement: the visits are not in it",
                len(stale),
            ),
            stale,
            _("Take the settlement back"),
        )
    if waiting and access.may(SETTLE):
        yield _wait(
            "warn",
            ngettext(
                "%(count)s accepted month waits for its settlement",
                "%(count)s accepted months wait for their settlement",
                len(waiting),
            ),
            waiting,
            _("Check the settlement"),
        )
    if offered and access.organisation_ids is not None:
        yield _wait(
            "warn",
            ngettext(
                "%(count)s settlement waits for your confirmation",
                "%(count)s settlements wait for your confirmation",
                len(offered),
            ),
            offered,
            _("Confirm the settlement"),
        )
    if ready and access.may(SETTLE):
        yield _wait(
            "warn",
            ngettext(
                "%(count)s confirmed settlement waits to be concluded",
                "%(count)s confirmed settlements wait to be concluded",
                len(ready),
            ),
            ready,
            _("Settle the month"),
        )


def _beside_decisions() -> Iterator[Wait]:
    """Invoices paid for a time in which decisions are in force by now; one query."""
    rows = invoices_beside_decisions().select_related("contract__organisation")
    named = first_of(rows.order_by("period_from", "pk"))
    for row in named:
        told = _("Invoice %(number)s is paid, and months of its time are settled too") % {
            "number": row.number
        }
        about = f"{row.contract.number} · {row.contract.organisation}"
        href = tenant_url("settlement:paid", row.contract_id)
        yield Wait("warn", told, about, href, _("See the payments"))
    yield from and_more(
        named, "warn", _("Invoices paid twice perhaps"), tenant_url("settlement:list"), _("Settlements")
    )


def _accepted(access: Access) -> list[tuple[date, str, str]]:
    """Accepted months with the state of their settlements."""
    made = Settlement.objects.filter(contract=OuterRef("contract"), month=OuterRef("month"))
    rows = ContractMonth.objects.visible_to(access).filter(state=ContractMonth.State.ACCEPTED)
    told = rows.annotate(settlement=Coalesce(Subquery(made.values("state")), Value(_State.DRAFT)))
    return list(
        told.order_by("month", "contract__number").values_list("month", "contract__number", "settlement")
    )


def _closing(access: Access) -> list[tuple[date, str, str]]:
    """The same of settlements that close contracts: corrections carried by the month after the last one."""
    made = Settlement.objects.filter(contract=OuterRef("line__contract"), month=OuterRef("carried_in"))
    rows = closing_corrections(access)
    told = rows.annotate(settlement=Coalesce(Subquery(made.values("state")), Value(_State.DRAFT)))
    found = told.values_list("carried_in", "line__contract__number", "settlement").distinct()
    return sorted(one for one in found if one[2] != _State.SETTLED)


def _wait(kind: str, title: str, found: list[tuple[date, str]], verb: str) -> Wait:
    told = [f"{number}, {format_month(Month.of(month))}" for month, number in found[:_NAMED]]
    if len(found) > _NAMED:
        told.append("…")
    href = f"{tenant_url('settlement:list')}?month={found[0][0]:%Y-%m}"
    return Wait(kind, title % {"count": len(found)}, "; ".join(told), href, verb)
