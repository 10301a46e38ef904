"""The list of months: every contract in one month, how it went and how far its close is."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.periods import Month, local_date
from reporting.compliance.forms.months import MonthsFilter
from reporting.compliance.models import ContractMonth
from reporting.compliance.permissions import ACCEPT_MONTH, CONFIGURE, READ_MONTHS
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.kinds import without_close
from reporting.compliance.tables.months import months_table
from reporting.compliance.views.pages import answers_of, month_in
from ui.asked import say_instead
from ui.formatting import format_month

# Older months are still reached by their address and step by step.
_YEARS_BACK = 10


@tenant_door(READ_MONTHS)
def months(request: Request) -> HttpResponse:
    today = timezone.localdate()
    # What is looked at is, as a rule, the month that ended.
    month = month_in(request.GET.get("month", "")) or Month.of(today).previous()
    say_instead(request, "month", month, format_month(month))
    visible = Contract.objects.visible_to(request.access).select_related("organisation", "service")
    handed_in = ContractMonth.objects.filter(contract=OuterRef("pk"), month=month.first)
    holding = visible.filter(Q(valid_from__lte=month.last, valid_to__gte=month.first) | Exists(handed_in))
    told = holding.annotate(is_handed_in=Exists(handed_in.exclude(state=ContractMonth.State.OPEN)))
    undecided = set(without_close(month).values_list("pk", flat=True))
    contracts: list[Contract] = []
    by_dossier: list[Contract] = []
    for contract in told.order_by("number"):
        in_list = contract.is_handed_in or contract.pk not in undecided
        (contracts if in_list else by_dossier).append(contract)
    ids = [contract.pk for contract in contracts]
    every = request.access.sees_all_organisations
    comparison = compare_month(month, contracts=None if every else ids).so_far(today)
    rows = ContractMonth.objects.filter(contract__in=ids, month=month.first)
    closes: dict[UUID, Any] = {row.contract_id: row for row in rows}
    due, grace = due_and_grace_of([month])[month]
    context = {
        "month": month,
        "form": MonthsFilter(month, _offered(request, month)),
        "previous": month.previous(),
        "next": month.next(),
        "table": months_table(contracts, comparison, answers_of(comparison), closes),
        "by_dossier": by_dossier,
        "deadline": due,
        "grace": grace,
        "late": {
            pk for pk, row in closes.items() if row.submitted_at and local_date(row.submitted_at) > grace
        },
        "today": today,
        "may_configure": request.access.may(CONFIGURE),
        "handed_in": _handed_in(closes.values()) if request.access.may(ACCEPT_MONTH) else 0,
    }
    return render(request, "compliance/months.html", context)


def _handed_in(closes: Iterable[ContractMonth]) -> int:
    return sum(close.state == ContractMonth.State.SUBMITTED for close in closes)


def _offered(request: Request, chosen: Month) -> Iterator[Month]:
    """Months to choose from: since the first contract that the person may see up to the present one."""
    since = Contract.objects.visible_to(request.access).aggregate(first=Min("valid_from"))["first"]
    present = Month.of(timezone.localdate())
    month = min(Month.of(since), chosen) if since else chosen
    month = max(month, Month(present.year - _YEARS_BACK, 1))
    yield chosen
    while month <= present:
        yield month
        month = month.next()
