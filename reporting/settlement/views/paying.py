"""Invoices of a month, and grant money paid beforehand."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contracting.contracts.models import Contract
from documents.actions import open_file
from documents.uploads import Upload, check_upload
from kernel.doors import Request, tenant_door
from reporting.compliance.queries.kinds import undecided_of
from reporting.compliance.views.pages import contract_of
from reporting.settlement import actions
from reporting.settlement.forms import InvoiceForm, TrancheForm, WithdrawPaymentForm
from reporting.settlement.models import Invoice, Settlement, TranchePayment
from reporting.settlement.permissions import INVOICE, READ_SETTLEMENTS, SETTLE
from reporting.settlement.views.deciding import back
from reporting.settlement.views.pages import shown_month, typed, verbs_of
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.formatting import format_date_short
from ui.refusals import attempt, status_of


@tenant_door(INVOICE)
def invoice(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """Enter an invoice."""
    shown = shown_month(request, contract_pk, month)
    form = InvoiceForm(typed(request), request.FILES or None)

    def verb() -> Invoice:
        return actions.add_invoice(
            shown.contract, shown.month, form.terms(), file=brought(form), actor=request.access.actor
        )

    if request.method == "POST" and form.is_valid() and (entered := attempt(form, verb)) is not None:
        messages.success(request, _("The invoice is entered."))
        warn_of(request, entered, shown.contract)
        return back(shown)
    context = {
        "contract": shown.contract,
        "month": shown.month,
        "account": shown.account,
        "is_its_time": "invoice" in verbs_of(request, shown),
        "form": form,
        "settlement": shown.settlement,
    }
    return render(request, "settlement/invoice.html", context, status=status_of(form))


def brought(form: InvoiceForm) -> Upload | None:
    """The document sent with the form, checked."""
    file = form.cleaned_data["file"]
    return None if file is None else check_upload(file, kinds={"xml", "pdf"}, field="file")


def warn_of(request: Request, entered: Invoice, contract: Contract) -> None:
    """Say what nobody could compare, and what a person should look at."""
    if not contract.organisation.nip:
        messages.warning(request, _not_compared(entered, contract))
    if entered.numbered_otherwise:
        messages.warning(request, _other_day(entered, entered.numbered_otherwise))


def _not_compared(entered: Invoice, contract: Contract) -> str:
    """What nobody could check for want of the organisation's NIP."""
    return _(
        "The NIP of %(organisation)s is not known here: nobody compared the seller of %(number)s with it."
    ) % {
        "organisation": contract.organisation,
        "number": entered.number,
    }


def _other_day(entered: Invoice, day: date) -> str:
    """What a person should look at: the system may take an invoice in later than it was issued."""
    return _(
        "The KSeF number of %(number)s carries the day %(day)s, and the invoice was issued on %(issued)s. Check both "
        "on the invoice; where one is wrong, remove the entry and make it again."
    ) % {
        "number": entered.number,
        "day": format_date_short(day),
        "issued": format_date_short(entered.issued_on),
    }


@tenant_door(INVOICE)
@require_POST
def remove_invoice(request: Request, contract_pk: UUID, month: str, pk: UUID) -> HttpResponse:
    """Take an invoice out."""
    shown = shown_month(request, contract_pk, month)
    known = Invoice.objects.filter(settlement__contract=shown.contract, settlement__month=shown.month.first)
    get_object_or_404(known, pk=pk)
    actions.remove_invoice(shown.contract, shown.month, pk, actor=request.access.actor)
    messages.success(request, _("The invoice is removed."))
    return back(shown)


@tenant_door(READ_SETTLEMENTS)
def invoice_file(request: Request, pk: UUID) -> HttpResponse:
    """The document of an invoice."""
    visible = Contract.objects.visible_to(request.access)
    found: Any = get_object_or_404(
        Invoice.objects.select_related("file"), pk=pk, contract__in=visible.values("pk")
    )
    if found.file is None:
        raise Http404
    with open_file(found.file) as content:
        return download(content.read(), name=found.file.name, content_type=found.file.content_type)


@tenant_door(SETTLE)
def tranches(request: Request, contract_pk: UUID) -> HttpResponse:
    """What of a grant was paid beforehand, by year, and what of it is settled."""
    contract = _grant_of(request, contract_pk)
    yearly = list(contract.tranches.all())
    form = TrancheForm(
        typed(request),
        years=[one.year for one in yearly],
        initial={"seen": actions.tranche_stamp(contract)},
    )
    if request.method == "POST" and form.is_valid():
        terms = {**form.cleaned_data, "seen": form.cleaned_data["seen"] or None}
        made = attempt(
            form,
            lambda: actions.record_tranche_payment(contract, **terms, actor=request.access.actor),
        )
        if made is not None:
            messages.success(request, _("The payment is recorded."))
            return redirect(tenant_url("settlement:tranches", contract.pk))
    payments = list(TranchePayment.objects.filter(contract=contract))
    used = Settlement.objects.filter(contract=contract).aggregate(total=Sum("from_advance"))["total"] or 0
    paid = sum(one.amount for one in payments)
    context = {
        "contract": contract,
        "years": [
            (one, sum(payment.amount for payment in payments if payment.year == one.year)) for one in yearly
        ],
        "payments": payments,
        "serves": not used and bool(undecided_of([contract.pk])),
        "paid": paid,
        "used": used,
        "left": paid - used,
        "form": form,
    }
    return render(request, "settlement/tranches.html", context, status=status_of(form))


@tenant_door(SETTLE)
def withdraw_tranche(request: Request, contract_pk: UUID, pk: UUID) -> HttpResponse:
    """Withdraw a payment that was recorded wrongly, or twice."""
    contract = _grant_of(request, contract_pk)
    payment: TranchePayment = get_object_or_404(TranchePayment, contract=contract, pk=pk)
    form = WithdrawPaymentForm(typed(request))

    def verb() -> TranchePayment:
        reason = form.cleaned_data["reason"]
        return actions.withdraw_tranche_payment(contract, pk, reason=reason, actor=request.access.actor)

    if request.method == "POST" and form.is_valid() and attempt(form, verb) is not None:
        messages.success(request, _("The payment is withdrawn."))
        return redirect(tenant_url("settlement:tranches", contract.pk))
    context = {"contract": contract, "payment": payment, "form": form}
    return render(request, "settlement/withdraw_tranche.html", context, status=status_of(form))


def _grant_of(request: Request, contract_pk: UUID) -> Contract:
    contract = contract_of(request, contract_pk)
    if contract.procured:
        raise Http404
    return contract
