"""The account of a month as a workbook: lines, the visits behind them, corrections, sums; real numbers and dates."""

from django.utils.translation import gettext as _

from documents.workbook import Column, Link, Rows, write_workbook
from reporting.settlement.exports.paper import Paper
from reporting.settlement.rules.billing import Charge
from reporting.settlement.terms import cap_rule, rounding_rule, sums_of, visit_rule


def paper_xlsx(paper: Paper) -> bytes:
    """The workbook in the active language; the same account gives the same bytes.

    Minutes are whole numbers, so that minutes × price / 60 can be counted anew.
    """
    rules = [
        (_("How it is counted"), rule)
        for rule in (rounding_rule(), visit_rule(), cap_rule(paper.account))
        if rule
    ]
    sums = sums_of(paper.account, procured=paper.contract.procured)
    return write_workbook(
        f"{paper.contract.number} {paper.month}",
        company=paper.unit_name,
        made_for=paper.month.first,
        sheets=[
            (_("Accepted care"), *_care(paper)),
            (_("Visits"), *_visits(paper)),
            (_("Corrections"), *_corrections(paper)),
            (
                _("What is due"),
                [(_("What"), 44), (_("Value, amounts in zł"), 60)],
                [*paper.head(), *sums, *rules],
            ),
        ],
    )


def _care(paper: Paper) -> tuple[list[Column], Rows]:
    columns = [
        *_of_whom(paper),
        (_("From"), 12),
        (_("To"), 12),
        (_("Accepted, min"), 14),
        *_money(),
        (_("In the application"), 18),
    ]
    rows = [
        [
            *_named(paper, one),
            one.first,
            one.last,
            *_counted(one),
            Link(paper.charge_page(one), _("Open the visits")),
        ]
        for one in paper.in_order(paper.account.care)
    ]
    return columns, rows


def _corrections(paper: Paper) -> tuple[list[Column], Rows]:
    columns = [
        *_of_whom(paper),
        (_("Visit corrected"), 16),
        (_("Start"), 8),
        (_("Worker's code"), 14),
        (_("Correction, min"), 14),
        *_money(),
        (_("In the application"), 18),
    ]
    rows = [
        [
            *_named(paper, one),
            line.date,
            line.start,
            line.worker,
            *_counted(one),
            Link(paper.charge_page(one), _("Open the visit")),
        ]
        for one in paper.in_order(paper.account.corrections)
        if (line := paper.corrected(one)) is not None
    ]
    return columns, rows


def _of_whom(paper: Paper) -> list[Column]:
    return [(_("Decision"), 16), *([(_("Person"), 26)] if paper.names else [])]


def _named(paper: Paper, one: Charge) -> list[object]:
    number = paper.number_of(one.decision)
    return [number, paper.names.get(one.decision, "")] if paper.names else [number]


def _money() -> list[Column]:
    return [
        (_("Above the cap, min"), 14),
        (_("Paid, min"), 12),
        (_("Price of an hour, zł"), 14),
        (_("Amount, zł"), 14),
    ]


def _counted(one: Charge) -> list[object]:
    return [one.accepted, one.over_cap, one.paid, one.price, one.amount]


def _visits(paper: Paper) -> tuple[list[Column], Rows]:
    care = enumerate(paper.in_order(paper.account.care), start=2)
    row_of, amounts = {(one.decision, one.price): row for row, one in care}, paper.account.amounts
    columns = [
        (_("Decision"), 16),
        (_("Date"), 12),
        (_("Start"), 8),
        (_("Worker's code"), 14),
        (_("Length, min"), 12),
        (_("Refused, min"), 12),
        (_("Above the cap, min"), 14),
        (_("Paid, min"), 12),
        (_("Price of an hour, zł"), 14),
        (_("Amount, zł"), 14),
        (_("Row of the sheet “Accepted care”"), 14),
        (_("In the application"), 18),
    ]
    rows = [
        [
            paper.number_of(one.line.decision),
            one.line.date,
            one.line.start,
            one.line.worker,
            one.line.minutes,
            one.line.refused,
            one.over_cap,
            one.paid,
            one.price,
            amounts[one.line.visit],
            row_of[one.line.decision, one.price],
            Link(paper.visits_page(one.line.decision, one.line.visit), _("Open the visit")),
        ]
        for one in paper.visits_in_order()
    ]
    return columns, rows
