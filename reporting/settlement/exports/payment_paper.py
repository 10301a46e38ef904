"""What a paper of the persons' payments of a month tells, whatever the kind of file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.care.models import Decision
from reporting.settlement.exports.paper import visit_place, visits_address
from reporting.settlement.payment_shapes import PaymentPart, PersonPayment
from reporting.settlement.payment_visits import PaidVisit, visits_behind
from reporting.settlement.rules.billing import ZERO
from ui.formatting import format_money, format_month


@dataclass(frozen=True)
class PaymentLine:
    """A part of a payment with the visits it is counted from; `due` (PLN) stands in the last line of a payment alone.

    A payment that cannot be counted is one line without amounts.
    """

    payment: PersonPayment
    decision: Decision
    name: str
    part: PaymentPart | None
    due: Decimal | None
    remark: str
    visits: Sequence[PaidVisit]

    @property
    def number(self) -> str:
        """The numbers of the payment's decisions."""
        return ", ".join(decision.number for decision in self.payment.decisions)

    @property
    def minutes(self) -> int:
        """What was accepted, of the part."""
        return self.payment.minutes if self.part is None else self.part.minutes

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of the part."""
        return None if self.part is None else (self.part.first, self.part.last)

    @property
    def page(self) -> str:
        """The address of the visits that it is counted from."""
        return visits_address(self.decision.contract_id, self.payment.delivered, self.decision.pk)

    def visit_page(self, visit: PaidVisit) -> str:
        """The address of one of them."""
        place = visit_place(visit.visit, is_late=visit.is_late)
        return visits_address(self.decision.contract_id, self.payment.delivered, self.decision.pk, place)


@dataclass(frozen=True)
class PaymentPaper:
    """The payments of a month with the names that their reader may see, by decision."""

    month: Month
    payments: Sequence[PersonPayment]
    lines: Sequence[PaymentLine]
    unit_name: str

    @property
    def title(self) -> str:
        return _("Payments of persons, %(month)s") % {"month": format_month(self.month)}

    @property
    def minutes(self) -> int:
        """All that was accepted."""
        return sum(one.minutes for one in self.payments)

    @property
    def due(self) -> Decimal:
        """All that is to be paid (PLN)."""
        return sum((one.fee for one in self.payments), ZERO)


def payment_paper_of(
    month: Month, payments: Sequence[PersonPayment], names: Mapping[UUID, str]
) -> PaymentPaper:
    """The paper of a month's payments in the tenant at hand; three queries."""
    visits = visits_behind(month, payments)
    lines = [
        line
        for one, parts in zip(payments, visits, strict=True)
        for line in _lines(one, month, names.get(one.decision.pk, ""), parts)
    ]
    return PaymentPaper(month, payments, lines, require_tenant().unit_name)


def _lines(
    one: PersonPayment, month: Month, name: str, visits: Sequence[Sequence[PaidVisit]]
) -> Iterator[PaymentLine]:
    if one.missing:
        yield PaymentLine(one, one.decision, name, None, None, _why(one.missing), ())
        return
    last = len(one.parts) - 1
    for at, ((part, decision), behind) in enumerate(zip(one.ways, visits, strict=True)):
        yield PaymentLine(
            one,
            decision,
            name,
            part,
            one.fee if at == last else None,
            _remark(one, part, month, is_last=at == last),
            behind,
        )


def _remark(one: PersonPayment, part: PaymentPart, month: Month, *, is_last: bool) -> str:
    remark = "" if part.rate else _("exempt from payment")
    if is_last and one.uncollected and one.least is not None:
        remark = _("below %(least)s: not collected") % {"least": format_money(one.least)}
    if not is_last or one.before is None:
        return remark
    told = {"before": format_money(one.before), "after": format_money(one.owed.fee)}
    if one.delivered == month:
        change = _("Confirmed under another contract: %(before)s, together %(after)s") % told
    else:
        change = _("Correction of %(month)s: owed before %(before)s, with the correction %(after)s") % {
            "month": format_month(one.delivered),
            **told,
        }
    return f"{change}; {remark}" if remark else change


def _why(missing: str) -> str:
    """Why no payment can be counted."""
    if missing == "table":
        return _("no table of payments")
    return _("income not entered") if missing == "basis" else _("no income criterion for these days")
