"""Pages of the ledger: one decision by months, and a whole contract by decisions."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record_reading
from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from reporting.care.models import Decision
from reporting.compliance.permissions import READ_MONTHS
from reporting.settlement.exports.ledger import contract_xlsx, decision_xlsx
from reporting.settlement.ledger import (
    ContractLedger,
    DecisionLedger,
    Limit,
    contract_ledger,
    contract_use,
    ledgers_of,
)
from reporting.settlement.picture import ledger_chart
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.lists import page_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _decision_ledger(request: Request, pk: UUID, page: str) -> DecisionLedger:
    decisions = Decision.objects.visible_to(request.access).select_related(
        "person", "service", "contract__organisation"
    )
    decision: Decision = get_object_or_404(decisions, pk=pk)
    actor = request.access.actor
    record_reading(page, actor=actor, subject_type="person", subject_ids=[decision.person_id])
    return ledgers_of([decision], timezone.localdate())[0]


def _contract_ledger(request: Request, pk: UUID, page: str) -> ContractLedger:
    contracts = Contract.objects.visible_to(request.access).select_related("organisation", "service")
    contract: Contract = get_object_or_404(contracts, pk=pk)
    ledger = contract_ledger(contract, timezone.localdate())
    persons = {one.decision.person_id for one in ledger.ledgers}
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=persons)
    return ledger


@tenant_door(READ_MONTHS)
def decision_ledger(request: Request, decision_pk: UUID) -> HttpResponse:
    ledger, today = _decision_ledger(request, decision_pk, "settlement.ledger"), timezone.localdate()
    context = {
        "ledger": ledger,
        "decision": ledger.decision,
        "today": today,
        "chart": ledger_chart(ledger.months, ledger.rate, today, whole=ledger.limit),
    }
    return render(request, "settlement/decision_ledger.html", context)


@tenant_door(READ_MONTHS)
def decision_ledger_xlsx(request: Request, decision_pk: UUID) -> HttpResponse:
    ledger = _decision_ledger(request, decision_pk, "settlement.ledger_xlsx")
    return _file(decision_xlsx(ledger), ledger.decision.number)


@tenant_door(READ_MONTHS)
def contract_forecast(request: Request, contract_pk: UUID) -> HttpResponse:
    """Until when a contract lasts: a part of its own page, which knows nothing of visits itself. No person is in it.

    Opened as a page it sends on to the whole ledger of the contract.
    """
    contract: Contract = get_object_or_404(Contract.objects.visible_to(request.access), pk=contract_pk)
    if not request.headers.get("HX-Request"):
        return redirect(tenant_url("settlement:contract_ledger", contract.pk))
    return render(request, "settlement/_forecast.html", _forecast(contract))


def _forecast(contract: Contract) -> dict[str, Any]:
    """The limits of the contract, and the picture of how it is used."""
    today = timezone.localdate()
    use = contract_use(contract, today)
    return {
        "contract": contract,
        "limits": [
            *_told(_("hours"), use.minutes),
            *_told(_("money"), use.money, is_money=True),
            *_told(_("paid of the amount"), use.paid, is_money=True, is_paid=True),
        ],
        "has_money": use.money is not None,
        "has_paid": use.paid is not None,
        "chart": ledger_chart(use.months, use.rate, today, whole=use.most_minutes),
    }


@tenant_door(READ_MONTHS)
def whole_ledger(request: Request, contract_pk: UUID) -> HttpResponse:
    """The decisions of a contract with their totals, and until when the contract lasts."""
    ledger = _contract_ledger(request, contract_pk, "settlement.ledger")
    context = {"ledger": ledger, "page": page_of(ledger.ledgers, request), **_forecast(ledger.contract)}
    return render(request, "settlement/contract_ledger.html", context)


def _told(
    name: str, limit: Limit | None, *, is_money: bool = False, is_paid: bool = False
) -> list[dict[str, Any]]:
    """A limit as a row of the table of forecasts, money in PLN."""
    if limit is None:
        return []

    def shown(value: int) -> Any:
        return Decimal(value) / 100 if is_money else value

    return [
        {
            "name": name,
            "is_money": is_money,
            "is_paid": is_paid,
            "limit": limit,
            "whole": shown(limit.whole),
            "used": shown(limit.used),
            "left": shown(limit.left),
        }
    ]


@tenant_door(READ_MONTHS, hands_out_persons=True)
def whole_ledger_xlsx(request: Request, contract_pk: UUID) -> HttpResponse:
    ledger = _contract_ledger(request, contract_pk, "settlement.ledger_xlsx")
    return _file(contract_xlsx(ledger, timezone.localdate()), ledger.contract.number)


def _file(content: bytes, number: str) -> HttpResponse:
    stem = re.sub(r"[^0-9A-Za-z]+", "-", number).strip("-")
    return download(content, name=f"{stem}_ledger.xlsx", content_type=_XLSX)
