"""Texts of a pack that stand alike in the page's files."""

from datetime import date

from django.utils.translation import gettext as _

from reporting.care.tables import short_amount
from reporting.continuity.pack import PackLine
from ui.formatting import format_date_short, format_minutes_clock, format_time, format_weekday

_A_MONDAY = date(2001, 1, 1)


def plan_in_words(line: PackLine) -> str:
    """`pn 08:00 (1:00), śr 10:00 (1:30)`, and whether two carers may come at once."""
    visits = ", ".join(
        " ".join(
            (
                format_weekday(_A_MONDAY.replace(day=slot.weekday), short=True),
                format_time(slot.start),
                f"({format_minutes_clock(slot.minutes)})",
            )
        )
        for slot in line.decision.slots.all()
    )
    carers = _("two carers may come at once") if line.decision.two_workers else ""
    return "; ".join(filter(None, (visits, carers)))


def next_in_words(line: PackLine) -> str:
    """`24.11.2026 08:00`, or until when the decision rests, or nothing."""
    if line.next_visit is not None:
        return f"{format_date_short(line.next_visit[0])} {format_time(line.next_visit[1])}"
    if line.resting_until is not None:
        return _("suspended until %(day)s") % {"day": format_date_short(line.resting_until)}
    return ""


def amount_of(line: PackLine) -> str:
    """`20 h / mies.`"""
    return short_amount(line.decision.amount_per, line.decision.minutes)
