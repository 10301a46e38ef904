"""A contract's month as a file: PDF and XLSX."""

import re
from uuid import UUID

from django.http import HttpResponse

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from reporting.compliance.actions.closing import require_close
from reporting.compliance.exports import MonthReport, report_of
from reporting.compliance.exports import month_pdf as pdf_of
from reporting.compliance.exports import month_xlsx as xlsx_of
from reporting.compliance.models import ContractMonth
from reporting.compliance.permissions import READ_MONTHS
from reporting.compliance.views.pages import close_of, contract_of, month_of
from ui.downloads import download

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@tenant_door(READ_MONTHS, hands_out_persons=True)
def month_pdf(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    report = _report(request, contract_pk, month, "month_pdf")
    return download(pdf_of(report), name=f"{_stem(report)}.pdf", content_type="application/pdf")


@tenant_door(READ_MONTHS, hands_out_persons=True)
def month_xlsx(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    report = _report(request, contract_pk, month, "month_xlsx")
    return download(xlsx_of(report), name=f"{_stem(report)}.xlsx", content_type=_XLSX)


def _report(request: Request, contract_pk: UUID, month: str, page: str) -> MonthReport:
    """The report of a contract that the person may see; notes whose names leave the product.

    Raises DomainError `no_month` where the page shows no figures either.
    """
    contract, of = contract_of(request, contract_pk), month_of(month)
    if close_of(contract, of).state == ContractMonth.State.OPEN:
        require_close(contract, of)
    report = report_of(contract, of, request.access)
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=report.person_ids)
    return report


def _stem(report: MonthReport) -> str:
    number = re.sub(r"[^0-9A-Za-z]+", "-", report.contract.number).strip("-")
    return f"{report.month}_{number}"
