"""The account of a month as a file: PDF and XLSX."""

import re
from uuid import UUID

from django.http import HttpResponse

from kernel.doors import Request, tenant_door
from reporting.compliance.views.pages import names_of
from reporting.settlement.exports.paper import Paper, paper_of
from reporting.settlement.exports.pdf import paper_pdf
from reporting.settlement.exports.xlsx import paper_xlsx
from reporting.settlement.permissions import READ_SETTLEMENTS
from reporting.settlement.views.pages import accepted_month, corrections_of
from ui.downloads import download

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@tenant_door(READ_SETTLEMENTS, hands_out_persons=True)
def settlement_pdf(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """The account to be read, signed and filed."""
    paper = _paper(request, contract_pk, month, "settlement_pdf")
    return download(paper_pdf(paper), name=f"{_stem(paper)}.pdf", content_type="application/pdf")


@tenant_door(READ_SETTLEMENTS, hands_out_persons=True)
def settlement_xlsx(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """The account to be counted anew."""
    paper = _paper(request, contract_pk, month, "settlement_xlsx")
    return download(paper_xlsx(paper), name=f"{_stem(paper)}.xlsx", content_type=_XLSX)


def _paper(request: Request, contract_pk: UUID, month: str, page: str) -> Paper:
    shown, account = accepted_month(request, contract_pk, month)
    names = names_of(request, [str(pk) for pk in account.numbers], page)
    made = corrections_of(account)
    return paper_of(shown.contract, shown.month, shown.settlement, account, names, made)


def _stem(paper: Paper) -> str:
    number = re.sub(r"[^0-9A-Za-z]+", "-", paper.contract.number).strip("-")
    return f"rozliczenie_{paper.month}_{number}"
