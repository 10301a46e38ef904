"""Texts of a pack that stand alike in the page's files."""

from datetime import date

from django.utils.translation import gettext as _

from reporting.care.contacts import phone_shown
from reporting.care.tables import short_amount
from reporting.continuity.pack import Pack, PackLine
from ui.formatting import format_date_short, format_instant, format_minutes_clock, format_time, format_weekday

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


def contact_in_words(line: PackLine) -> str:
    """Address, telephone, somebody close and how one gets in, a line each; empty where nothing is stored."""
    contact = line.decision.person.contact
    close = " ".join(filter(None, (contact.close_person, phone_shown(contact.close_phone))))
    return "\n".join(filter(None, (contact.address, phone_shown(contact.phone), close, contact.entry_note)))


def call_in_words(pack: Pack, line: PackLine) -> str:
    """`osiągnięta, 22.11.2026 14:05, Anna Lis`, or nothing where nobody has tried."""
    note = pack.latest.get(line.decision.person_id)
    if note is None:
        return ""
    told = (note.get_outcome_display(), format_instant(note.made_at), note.made_by_name)
    return ", ".join(filter(None, told))


def amount_of(line: PackLine) -> str:
    """`20 h / mies.`"""
    return short_amount(line.decision.amount_per, line.decision.minutes)
