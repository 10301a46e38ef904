"""What persons pay for a month as a workbook for the accountant: the parts of payments, their sum, and the visits."""

from decimal import Decimal

from django.utils.translation import gettext as _

from documents.workbook import Column, Link, Minutes, Rows, write_workbook
from reporting.settlement.exports.payment_paper import PaymentPaper
from reporting.settlement.terms import payment_rules, payment_visit_rule


def payments_xlsx(paper: PaymentPaper) -> bytes:
    """The workbook in the active language; the same payments give the same bytes.

    What is due for a decision stands once, in its last row, so that the column adds up to the total.
    """
    return write_workbook(
        paper.title,
        company=paper.unit_name,
        made_for=paper.month.first,
        sheets=[(_("Payments"), *_payments(paper)), (_("Visits"), *_visits(paper)), *_rules(paper)],
    )


def _payments(paper: PaymentPaper) -> tuple[list[Column], Rows]:
    columns: list[Column] = [
        (_("Decision"), 16),
        (_("Person"), 26),
        (_("From"), 12),
        (_("To"), 12),
        (_("Accepted, h"), 12),
        (_("Price of an hour, zł"), 14),
        (_("Percent of the price"), 12),
        (_("Counted, zł"), 14),
        (_("To be paid, zł"), 14),
        (_("Remarks"), 50),
        (_("In the application"), 18),
    ]
    rows: list[list[object]] = []
    for line in paper.lines:
        first, last = line.days or (None, None)
        rate = line.part.rate if line.part else None
        rows.append(
            [
                line.number,
                line.name,
                first,
                last,
                Minutes(line.minutes),
                rate.price if rate else None,
                Decimal(rate.percent) if rate else None,
                line.part.fee if line.part else None,
                line.due,
                line.remark,
                Link(line.page, _("Open the visits")),
            ]
        )
    total = [_("Together"), None, None, None, Minutes(paper.minutes), None, None, None, paper.due, None, None]
    return columns, [*rows, total]


def _visits(paper: PaymentPaper) -> tuple[list[Column], Rows]:
    """Every visit with what it adds to the payment; those of a row of the first sheet add up to it."""
    columns: list[Column] = [
        (_("Decision"), 16),
        (_("Date"), 12),
        (_("Start"), 8),
        (_("Worker's code"), 14),
        (_("Accepted, min"), 14),
        (_("Correction, min"), 14),
        (_("Counted, zł"), 14),
        (_("Row of the sheet “Payments”"), 14),
        (_("In the application"), 18),
    ]
    rows = [
        [
            line.decision.number,
            one.date,
            one.start,
            one.worker,
            None if one.is_correction else one.minutes,
            one.minutes if one.is_correction else None,
            one.amount,
            row,
            Link(line.visit_page(one), _("Open the visit")),
        ]
        for row, line in enumerate(paper.lines, start=2)
        for one in line.visits
    ]
    return columns, rows


def _rules(paper: PaymentPaper) -> list[tuple[str, list[Column], Rows]]:
    """How amounts are rounded, on a sheet of its own: the first one adds up."""
    rules = payment_rules(paper.payments)
    if not rules:
        return []
    return [(_("How it is counted"), [(_("Rule"), 100)], [[rule] for rule in (*rules, payment_visit_rule())])]
