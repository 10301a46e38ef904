"""Money of contracts of which no month need be settled: what was agreed, what was paid, what an hour of it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from reporting.compliance.queries.kinds import undecided_of
from reporting.compliance.views.pages import contract_of
from reporting.settlement import actions
from reporting.settlement.forms import PaidInvoiceForm, WithdrawPaymentForm
from reporting.settlement.models import Invoice, Settlement, TranchePayment
from reporting.settlement.permissions import READ_SETTLEMENTS, SETTLE
from reporting.settlement.queries.paid import Cost, costs_by_year, invoices_beside_decisions, told_beside
from reporting.settlement.views.pages import typed
from reporting.settlement.views.paying import brought, warn_of
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@dataclass(frozen=True)
class YearPaid:
    """A year of the contract: its tranche (PLN, None where it has none), and what it cost so far."""

    year: int
    agreed: Decimal | None
    cost: Cost


@tenant_door(READ_SETTLEMENTS)
def paid(request: Request, contract_pk: UUID) -> HttpResponse:
    """Payments under a contract for advice or crisis intervention, to both sides."""
    contract = contract_of(request, contract_pk)
    tranches = list(TranchePayment.objects.filter(contract=contract))
    invoices = list(Invoice.objects.filter(contract=contract, settlement=None).select_related("file"))
    months = Settlement.objects.filter(contract=contract, state=Settlement.State.SETTLED)
    settled = list(months.annotate(invoiced=Sum("invoices__amount")))
    days = [one.period_from for one in invoices] + [one.month for one in settled]
    paid_for = [one.year for one in tranches] + [day.year for day in days]
    years = _years(contract, timezone.localdate(), paid_for) if undecided_of([contract.pk]) else []
    context: dict[str, Any] = {
        "contract": contract,
        "serves": bool(years),
        "years": years,
        "whole": sum((one.cost for one in years), Cost()),
        "left": None,
        "tranche_payments": tranches,
        "invoices": invoices,
        "settled": settled,
        "beside": told_beside(invoices_beside_decisions([contract.pk])),
        "may_record": request.access.may(SETTLE),
    }
    if contract.amount is not None:
        context["left"] = contract.amount - (context["whole"].paid or 0)
    return render(request, "settlement/paid.html", context)


def _years(contract: Contract, today: date, paid_for: Sequence[int]) -> list[YearPaid]:
    """The years of the contract that have begun or are paid for already; ten queries, however many."""
    agreed = dict(contract.tranches.values_list("year", "amount"))
    last = max(min(contract.valid_to.year, today.year), contract.valid_from.year, *paid_for)
    first = contract.valid_from.year
    told = costs_by_year(contract.pk, first, last)
    return [YearPaid(year, agreed.get(year), told.get(year, Cost())) for year in range(first, last + 1)]


@tenant_door(SETTLE)
def paid_invoice(request: Request, contract_pk: UUID) -> HttpResponse:
    """Record an invoice that was paid."""
    contract = contract_of(request, contract_pk)
    form = PaidInvoiceForm(typed(request), request.FILES or None)

    def verb() -> Invoice:
        terms, of = form.terms(), form.paid_for()
        return actions.record_paid_invoice(
            contract, terms, of, file=brought(form), actor=request.access.actor
        )

    if request.method == "POST" and form.is_valid() and (entered := attempt(form, verb)) is not None:
        messages.success(request, _("The invoice is recorded as paid."))
        warn_of(request, entered, contract)
        return redirect(tenant_url("settlement:paid", contract.pk))
    is_its_place = contract.procured and bool(undecided_of([contract.pk]))
    context = {"contract": contract, "form": form, "is_its_place": is_its_place}
    return render(request, "settlement/paid_invoice.html", context, status=status_of(form))


@tenant_door(SETTLE)
def withdraw_paid_invoice(request: Request, contract_pk: UUID, pk: UUID) -> HttpResponse:
    """Withdraw an invoice that was recorded wrongly."""
    contract = contract_of(request, contract_pk)
    invoice: Invoice = get_object_or_404(Invoice, contract=contract, settlement=None, pk=pk)
    form = WithdrawPaymentForm(typed(request))

    def verb() -> Any:
        reason = form.cleaned_data["reason"]
        return actions.withdraw_paid_invoice(contract, pk, reason=reason, actor=request.access.actor)

    if request.method == "POST" and form.is_valid() and attempt(form, verb) is not None:
        messages.success(request, _("The payment is withdrawn."))
        return redirect(tenant_url("settlement:paid", contract.pk))
    context = {"contract": contract, "payment": invoice, "form": form}
    return render(request, "settlement/withdraw_tranche.html", context, status=status_of(form))
