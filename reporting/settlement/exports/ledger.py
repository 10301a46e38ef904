"""The ledger as a workbook: of one decision by months, of a contract by decisions and by months."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from documents.workbook import Column, Rows, write_workbook
from documents.workbook import Minutes as Hours
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.settlement.ledger import ContractLedger, DecisionLedger
from reporting.settlement.rules.ledger import Minutes
from ui.formatting import format_month_short


def decision_xlsx(ledger: DecisionLedger) -> bytes:
    """The months of one decision with their sum; the same ledger gives the same bytes."""
    number = ledger.decision.number
    return write_workbook(
        _("Ledger of %(number)s") % {"number": number},
        company=require_tenant().unit_name,
        made_for=ledger.decision.valid_from,
        sheets=[(_("Months"), *_by_month(ledger.months, ledger.total))],
    )


def contract_xlsx(ledger: ContractLedger, today: date) -> bytes:
    """The decisions of a contract with their sums, and the contract by months."""
    decisions = [(one.decision.number, one.total) for one in ledger.ledgers]
    return write_workbook(
        _("Ledger of %(number)s") % {"number": ledger.contract.number},
        company=require_tenant().unit_name,
        made_for=today,
        sheets=[
            (_("Decisions"), *_sheet(_("Decision"), [*decisions, (_("in all"), ledger.total)])),
            (_("Months"), *_by_month(ledger.months, ledger.total)),
        ],
    )


def _by_month(months: Mapping[Month, Minutes], total: Minutes) -> tuple[list[Column], Rows]:
    rows = [(format_month_short(month), minutes) for month, minutes in months.items()]
    return _sheet(_("Month"), [*rows, (_("in all"), total)])


def _sheet(head: str, rows: Iterable[tuple[str, Minutes]]) -> tuple[list[Column], Rows]:
    columns = [
        (head, 16),
        (_("granted, h"), 12),
        (_("planned, h"), 12),
        (_("delivered, h"), 12),
        (_("suspended, h"), 12),
        (_("refused, h"), 12),
        (_("adjusted, min"), 12),
        (_("left, min"), 12),
    ]
    told: Rows = [
        [
            name,
            Hours(one.granted),
            Hours(one.planned),
            Hours(one.delivered),
            Hours(one.suspended),
            Hours(one.refused),
            # A spreadsheet shows no time below zero: what may be negative is written in minutes.
            one.adjusted,
            one.left,
        ]
        for name, one in rows
    ]
    return columns, told
