"""The account of a month as a tagged PDF (PDF/UA-1) to be read, signed and filed."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from documents.pdf import render_pdf
from reporting.settlement.exports.paper import Paper
from reporting.settlement.rules.billing import Charge
from reporting.settlement.terms import cap_rule, rounding_rule, sums_of, visit_rule
from ui.formatting import format_date_short, format_minutes_clock, format_money, format_month, format_plain

_TEMPLATE = Path(__file__).parent / "settlement.typ"


def paper_pdf(paper: Paper) -> bytes:
    """The document in the active language; the same account gives the same bytes."""
    return render_pdf(_TEMPLATE, _facts(paper))


def _facts(paper: Paper) -> dict[str, Any]:
    account = paper.account
    return {
        "lang": (get_language() or "pl")[:2],
        "title": _("Settlement of care, %(month)s") % {"month": format_month(paper.month)},
        "unit": paper.unit_name,
        "head": paper.head(),
        "has_names": bool(paper.names),
        "care": [_line(paper, charge) for charge in paper.in_order(account.care)],
        "corrections": [_line(paper, charge) for charge in paper.in_order(account.corrections)],
        "sums": [
            (label, format_money(amount))
            for label, amount in sums_of(account, procured=paper.contract.procured)
        ],
        "rules": [rule for rule in (rounding_rule(), visit_rule(), cap_rule(account)) if rule],
        "visits": _visits(paper),
        "hash": paper.settlement.sha256,
        "texts": _texts(),
    }


def _line(paper: Paper, charge: Charge) -> dict[str, str]:
    return {
        "number": paper.number_of(charge.decision),
        "url": paper.charge_page(charge),
        "person": paper.names.get(charge.decision, ""),
        "days": _days(paper, charge),
        "accepted": signed_clock(charge.accepted),
        "over_cap": signed_clock(charge.over_cap) if charge.over_cap else "",
        "price": format_plain(charge.price),
        "amount": format_money(charge.amount),
    }


def _days(paper: Paper, charge: Charge) -> str:
    """The first and the last day of the visits; of a correction the day and the hour of its visit."""
    if (line := paper.corrected(charge)) is not None:
        return f"{format_date_short(line.date)}, {line.start:%H:%M}"
    first, last = format_date_short(charge.first), format_date_short(charge.last)
    return first if first == last else f"{first} – {last}"


def _visits(paper: Paper) -> list[dict[str, str]]:
    """The annex: every visit with what the page of its line shows of it."""
    amounts = paper.account.amounts
    return [
        {
            "number": paper.number_of(one.line.decision),
            "url": paper.visits_page(one.line.decision, one.line.visit),
            "date": f"{format_date_short(one.line.date)}, {one.line.start:%H:%M}",
            "worker": one.line.worker,
            "time": format_minutes_clock(one.line.minutes),
            "refused": format_minutes_clock(one.line.refused) if one.line.refused else "",
            "over_cap": format_minutes_clock(one.over_cap) if one.over_cap else "",
            "paid": format_minutes_clock(one.paid),
            "amount": format_money(amounts[one.line.visit]),
        }
        for one in paper.visits_in_order()
    ]


def signed_clock(minutes: int) -> str:
    """Hours and minutes, with a sign below zero."""
    return format_minutes_clock(minutes) if minutes >= 0 else f"−{format_minutes_clock(-minutes)}"


def _texts() -> dict[str, str]:
    return {
        "care": _("Accepted care"),
        "corrections": _("Corrections of earlier months"),
        "decision": _("Decision"),
        "person": _("Person"),
        "days": _("Days"),
        "accepted": _("accepted, h"),
        "over_cap": _("above the cap, h"),
        "price": _("zł/h"),
        "amount": pgettext("money", "amount"),
        "sums": _("What is due"),
        "visits": _("Annex: visits by decision"),
        "visit": _("Visit"),
        "worker": _("Worker's code"),
        "time": _("Time, h"),
        "refused": _("Refused, h"),
        "paid": _("Paid, h"),
        "rules": _("How it is counted"),
        "none": _("No care was accepted in this month."),
        "provider": _("for the provider (date, signature)"),
        "unit": _("for the social unit (date, signature)"),
        "hash": _("The confirmed settlement is kept under this SHA-256:"),
        "page": _("page {page} of {pages}"),
    }
