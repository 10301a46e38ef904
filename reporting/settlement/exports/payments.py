"""What persons pay for a month as a workbook for the accountant: a row for each part of a payment, and the sum."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from documents.workbook import Column, Minutes, Rows, write_workbook
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.settlement.payment_shapes import PersonPayment
from reporting.settlement.rules.billing import ZERO
from reporting.settlement.terms import payment_rules
from ui.formatting import format_money, format_month


def payments_xlsx(month: Month, payments: Sequence[PersonPayment], names: Mapping[UUID, str]) -> bytes:
    """The workbook in the active language; the same payments give the same bytes.

    What is due for a decision stands once, in its last row, so that the column adds up to the total.
    """
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
    ]
    rows = [row for one in payments for row in _rows(one, month, names.get(one.decision.pk, ""))]
    minutes, due = sum(one.minutes for one in payments), sum((one.fee for one in payments), ZERO)
    total = [_("Together"), None, None, None, Minutes(minutes), None, None, None, due, None]
    title = _("Payments of persons, %(month)s") % {"month": format_month(month)}
    return write_workbook(
        title,
        company=require_tenant().unit_name,
        made_for=month.first,
        sheets=[(_("Payments"), columns, [*rows, total]), *_rules(payments)],
    )


def _rules(payments: Sequence[PersonPayment]) -> list[tuple[str, list[Column], Rows]]:
    """How amounts are rounded, on a sheet of its own: the first one adds up."""
    rules = payment_rules(payments)
    return [(_("How it is counted"), [(_("Rule"), 100)], [[rule] for rule in rules])] if rules else []


def _rows(one: PersonPayment, month: Month, name: str) -> Iterator[list[object]]:
    number = ", ".join(decision.number for decision in one.decisions)
    if one.missing:
        yield [number, name, None, None, Minutes(one.minutes), None, None, None, None, _why(one.missing)]
        return
    last = len(one.parts) - 1
    for at, part in enumerate(one.parts):
        price, percent = (part.rate.price, part.rate.percent) if part.rate else (None, None)
        remark = "" if part.rate else _("exempt from payment")
        if at == last and one.uncollected and one.least is not None:
            remark = _("below %(least)s: not collected") % {"least": format_money(one.least)}
        if at == last and one.before is not None:
            told = {"before": format_money(one.before), "after": format_money(one.owed.fee)}
            if one.delivered == month:
                change = _("Confirmed under another contract: %(before)s, together %(after)s") % told
            else:
                change = _(
                    "Correction of %(month)s: owed before %(before)s, with the correction %(after)s"
                ) % {
                    "month": format_month(one.delivered),
                    **told,
                }
            remark = f"{change}; {remark}" if remark else change
        yield [
            number,
            name,
            part.first,
            part.last,
            Minutes(part.minutes),
            price,
            None if percent is None else Decimal(percent),
            part.fee,
            one.fee if at == last else None,
            remark,
        ]


def _why(missing: str) -> str:
    """Why no payment can be counted."""
    if missing == "table":
        return _("no table of payments")
    return _("income not entered") if missing == "basis" else _("no income criterion for these days")
