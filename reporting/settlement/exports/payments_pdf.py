"""What persons pay for a month as a tagged PDF (PDF/UA-1) to be read and filed."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from documents.pdf import render_pdf
from reporting.settlement.exports.payment_paper import PaymentLine, PaymentPaper
from reporting.settlement.exports.pdf import signed_clock
from reporting.settlement.payment_cases import pay_by
from reporting.settlement.terms import payment_rules, payment_visit_rule
from ui.formatting import format_date_short, format_date_text, format_money, format_month, format_plain

_TEMPLATE = Path(__file__).parent / "payments.typ"


def payments_pdf(paper: PaymentPaper) -> bytes:
    """The document in the active language; the same payments give the same bytes."""
    return render_pdf(_TEMPLATE, _facts(paper))


def _facts(paper: PaymentPaper) -> dict[str, Any]:
    rules = payment_rules(paper.payments)
    return {
        "lang": (get_language() or "pl")[:2],
        "title": paper.title,
        "unit": paper.unit_name,
        "head": _head(paper),
        "has_names": any(line.name for line in paper.lines),
        "lines": [_line(line) for line in paper.lines],
        "total": {"accepted": signed_clock(paper.minutes), "due": format_money(paper.due)},
        "rules": [*rules, payment_visit_rule()] if rules else [],
        "visits": [_visit(line, one) for line in paper.lines for one in line.visits],
        "texts": _texts(),
    }


def _head(paper: PaymentPaper) -> list[tuple[str, str]]:
    told = [(_("Month"), format_month(paper.month)), (_("Payments"), format_money(paper.due))]
    if missing := sum(bool(one.missing) for one in paper.payments):
        told.append((_("Cannot be counted"), str(missing)))
    if rule := pay_by(paper.month):
        told.append((_("Payable by"), format_date_text(rule[0])))
    return told


def _line(line: PaymentLine) -> dict[str, str]:
    rate = line.part.rate if line.part else None
    first, last = (format_date_short(day) for day in line.days) if line.days else ("", "")
    return {
        "number": line.number,
        "url": line.page,
        "person": line.name,
        "days": first if first == last else f"{first} – {last}",
        "accepted": signed_clock(line.minutes),
        "way": f"{format_money(rate.price)} × {format_plain(rate.percent)} %" if rate else "",
        "counted": format_money(line.part.fee) if line.part else "–",
        "due": "" if line.due is None else format_money(line.due),
        "remark": line.remark,
    }


def _visit(line: PaymentLine, one: Any) -> dict[str, str]:
    return {
        "number": line.decision.number,
        "url": line.visit_page(one),
        "date": f"{format_date_short(one.date)}, {one.start:%H:%M}",
        "worker": one.worker,
        "time": signed_clock(one.minutes),
        "kind": _("correction") if one.is_correction else "",
        "amount": format_money(one.amount),
    }


def _texts() -> dict[str, str]:
    return {
        "payments": _("Payments"),
        "decision": _("Decision"),
        "person": _("Person"),
        "days": _("Days"),
        "accepted": _("accepted, h"),
        "way": _("How it was calculated"),
        "counted": pgettext("money", "counted"),
        "due": pgettext("money", "to be paid"),
        "together": _("Together"),
        "none": _("No care was accepted in this month."),
        "rules": _("How it is counted"),
        "visits": _("Annex: visits by decision"),
        "visit": _("Visit"),
        "worker": _("Worker's code"),
        "time": _("Time, h"),
        "amount": pgettext("money", "amount"),
        "page": _("page {page} of {pages}"),
    }
