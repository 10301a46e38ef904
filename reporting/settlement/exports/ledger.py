"""The ledger as a workbook: of one decision by months, of a contract by decisions and by months."""

from collections import Counter
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

# A name, its minutes, and what of them lapsed.
_Row = tuple[str, Minutes, int]


def decision_xlsx(ledger: DecisionLedger) -> bytes:
    """The months of one decision with their sum; the same ledger gives the same bytes."""
    number = ledger.decision.number
    return write_workbook(
        _("Ledger of %(number)s") % {"number": number},
        company=require_tenant().unit_name,
        made_for=ledger.decision.valid_from,
        sheets=[(_("Months"), *_by_month(ledger.months, ledger.total, ledger.lapsed))],
    )


def contract_xlsx(ledger: ContractLedger, today: date) -> bytes:
    """The decisions of a contract with their sums, and the contract by months."""
    lapsed = Counter[Month]()
    for one in ledger.ledgers:
        lapsed.update(one.lapsed)
    decisions = [(one.decision.number, one.total, one.lapsed_total) for one in ledger.ledgers]
    whole = (_("in all"), ledger.total, lapsed.total())
    return write_workbook(
        _("Ledger of %(number)s") % {"number": ledger.contract.number},
        company=require_tenant().unit_name,
        made_for=today,
        sheets=[
            (_("Decisions"), *_sheet(_("Decision"), [*decisions, whole])),
            (_("Months"), *_by_month(ledger.months, ledger.total, lapsed)),
        ],
    )


def _by_month(
    months: Mapping[Month, Minutes], total: Minutes, lapsed: Mapping[Month, int]
) -> tuple[list[Column], Rows]:
    rows = [(format_month_short(month), one, lapsed.get(month, 0)) for month, one in months.items()]
    return _sheet(_("Month"), [*rows, (_("in all"), total, sum(lapsed.values()))])


def _sheet(head: str, rows: Iterable[_Row]) -> tuple[list[Column], Rows]:
    columns = [
        (head, 16),
        (_("granted, h"), 12),
        (_("planned, h"), 12),
        (_("delivered, h"), 12),
        (_("suspended, h"), 12),
        (_("refused, h"), 12),
        (_("adjusted, min"), 12),
        (_("left, min"), 12),
        (_("lapsed, h"), 12),
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
            Hours(lapsed),
        ]
        for name, one, lapsed in rows
    ]
    return columns, told
