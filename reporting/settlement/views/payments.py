"""What persons pay for a month, and on what income and household it rests."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.compliance.views.pages import FROZEN, month_in, names_of
from reporting.settlement import actions
from reporting.settlement.exports.payment_paper import PaymentPaper, payment_paper_of
from reporting.settlement.exports.payments import payments_xlsx as workbook_of
from reporting.settlement.exports.payments_pdf import payments_pdf as document_of
from reporting.settlement.forms import BasisForm, SettlementFilter
from reporting.settlement.models import PaymentBasis
from reporting.settlement.payment_cases import confirmed_without, pay_by, payments_of
from reporting.settlement.permissions import EDIT_BASES, READ_PAYMENTS
from reporting.settlement.queries import closing_corrections
from reporting.settlement.terms import payment_rules
from reporting.settlement.views.pages import typed
from reporting.settlement.warnings import judged_bases, stale_after
from tenants.addresses import tenant_url
from ui.asked import say_instead
from ui.downloads import download
from ui.formatting import format_month
from ui.lists import page_of
from ui.refusals import attempt, status_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@tenant_door(READ_PAYMENTS)
def payments(request: Request) -> HttpResponse:
    """What every person pays for a month, with the way there."""
    final = ContractMonth.objects.visible_to(request.access).filter(state__in=FROZEN)
    accepted = [Month.of(day) for day in final.values_list("month", flat=True).distinct()]
    closing = closing_corrections(request.access).values_list("carried_in", flat=True).distinct()
    months = {*accepted, *map(Month.of, closing)}
    newest = max(accepted, default=Month.of(timezone.localdate()).previous())
    month = month_in(request.GET.get("month", "")) or newest
    say_instead(request, "month", month, format_month(month))
    form = SettlementFilter({"month": str(month)})
    field: Any = form.fields["month"]
    field.offer({*months, month})
    told = payments_of(month, request.access)
    page = page_of(told, request)
    names = names_of(request, [str(one.decision.pk) for one in page], "settlement.payments")
    if not names:
        record_reading(
            "settlement.payments",
            actor=request.access.actor,
            subject_type="person",
            subject_ids={one.decision.person_id for one in page},
        )
    context = {
        "month": month,
        "form": form,
        "page": page,
        "lines": [(one, names.get(one.decision.pk, "")) for one in page],
        "total": sum(one.fee for one in told),
        "counted": any(not one.missing for one in told),
        "missing": sum(bool(one.missing) for one in told),
        "pay_by": pay_by(month),
        "rules": payment_rules(told),
    }
    return render(request, "settlement/payments.html", context)


@tenant_door(READ_PAYMENTS, hands_out_persons=True)
def payments_xlsx(request: Request, month: str) -> HttpResponse:
    """The month's payments to be counted anew."""
    paper = _paper(request, month, "settlement.payments_xlsx")
    return download(workbook_of(paper), name=f"odplatnosc_{paper.month}.xlsx", content_type=_XLSX)


@tenant_door(READ_PAYMENTS, hands_out_persons=True)
def payments_pdf(request: Request, month: str) -> HttpResponse:
    """The month's payments to be read and filed."""
    paper = _paper(request, month, "settlement.payments_pdf")
    return download(document_of(paper), name=f"odplatnosc_{paper.month}.pdf", content_type="application/pdf")


def _paper(request: Request, month: str, page: str) -> PaymentPaper:
    """All payments of the month with their visits; a month that is none is not there (404)."""
    asked = month_in(month)
    if asked is None:
        raise Http404
    told = payments_of(asked, request.access)
    names = names_of(request, [str(one.decision.pk) for one in told], page)
    if not names:
        record_reading(
            page,
            actor=request.access.actor,
            subject_type="person",
            subject_ids={one.decision.person_id for one in told},
        )
    return payment_paper_of(asked, told, names)


def _unchanged(months: list[Month]) -> str:
    """Which payments a new basis leaves as they are."""
    return _(
        "Confirmed with a settlement, and therefore unchanged: the payment for %(months)s. To count it anew, take the "
        "settlement back first."
    ) % {"months": ", ".join(format_month(month) for month in months)}


@tenant_door(READ_PAYMENTS)
def basis(request: Request, decision_pk: UUID) -> HttpResponse:
    """The bases of payment of a decision, and a new one from a day."""
    decision: Decision = get_object_or_404(
        Decision.objects.visible_to(request.access).select_related("person", "service", "contract"),
        pk=decision_pk,
    )
    may_edit = request.access.may(EDIT_BASES)
    form = BasisForm(typed(request)) if may_edit else None
    if form is not None and request.method == "POST" and form.is_valid():
        terms = form.terms()
        if (
            attempt(form, lambda: actions.enter_basis(decision, terms, actor=request.access.actor))
            is not None
        ):
            messages.success(request, _("The basis of payment is entered."))
            if stays := confirmed_without(decision, terms.valid_from):
                messages.warning(request, _unchanged(stays))
            return redirect(tenant_url("settlement:basis", decision.pk))
    names = names_of(request, [str(decision.pk)], "settlement.basis")
    if not names:
        record_reading(
            "settlement.basis",
            actor=request.access.actor,
            subject_type="person",
            subject_ids={decision.person_id},
        )
    bases = list(PaymentBasis.objects.filter(decision=decision))
    context = {
        "decision": decision,
        "name": names.get(decision.pk, ""),
        "rows": judged_bases(bases),
        "stale": stale_after(bases, timezone.localdate()),
        "form": form,
    }
    return render(request, "settlement/basis.html", context, status=200 if form is None else status_of(form))
