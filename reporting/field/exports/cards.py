"""The monthly card of a decision on A4: planned days, rows to fill in by hand, and a code that opens the grid."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import qrcode
from django.conf import settings
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contracting.commissioning.models import Activity
from contracting.contracts.models import Worker
from documents.pdf import render_pdf
from kernel.access import Access
from kernel.periods import Month
from reporting.care.grants import granted_minutes
from reporting.care.models import Decision
from reporting.delivery.models import Visit
from reporting.delivery.rules import DONE, planned_visits
from reporting.delivery.terms import read_terms
from tenants.addresses import tenant_url
from ui.formatting import (
    format_date_short,
    format_minutes_clock,
    format_month,
    format_time,
)

_TEMPLATE = Path(__file__).parent / "card.typ"
# Rows for what was not planned, and as many as fill a sheet where nothing is.
_SPARE, _EMPTY = 4, 20
# A carer usually serves whom she visited so lately.
_USUALLY = timedelta(days=60)


@dataclass(frozen=True)
class Card:
    """One decision's month; `worker` is None where anybody may fill it in."""

    decision: Decision
    month: Month
    worker: Worker | None


def decisions_of(worker: Worker, month: Month, access: Access) -> list[Decision]:
    """Decisions in force in the month under which the carer has a done visit in it or in the two months before."""
    visited = Visit.objects.filter(
        worker=worker, state=DONE, date__gte=month.first - _USUALLY, date__lte=month.last
    )
    return list(
        Decision.objects.visible_to(access)
        .touching(month.first, month.last)
        .filter(pk__in=visited.values("decision_id"))
        .select_related("person", "contract__organisation", "service")
        .order_by("person__surname", "person__given_name", "number")
    )


def cards_pdf(cards: Sequence[Card], unit: str) -> bytes:
    """The cards, each on a page of its own, in the active language; the same cards give the same bytes."""
    terms = read_terms([card.decision for card in cards])
    names: dict[Any, list[str]] = {}
    for activity in Activity.objects.filter(
        service_id__in={card.decision.service_id for card in cards}
    ).order_by("position", "code"):
        for card in cards:
            if activity.service_id == card.decision.service_id and activity.code in card.decision.activities:
                names.setdefault(card.decision.pk, []).append(activity.name)
    facts = {
        "lang": (get_language() or "pl")[:2],
        "title": _("Monthly cards of visits") if len(cards) > 1 else _("Monthly card of visits"),
        "unit": unit,
        "texts": _texts(),
        "cards": [_facts(card, terms[card.decision.pk], names.get(card.decision.pk, [])) for card in cards],
    }
    return render_pdf(_TEMPLATE, facts)


def _facts(card: Card, terms: Any, activities: list[str]) -> dict[str, Any]:
    planned = planned_visits(terms, card.month.days())
    rows = [
        [
            format_date_short(day),
            str(WEEKDAYS_ABBR[day.weekday()]),
            f"{format_time(slot.start)}, {format_minutes_clock(slot.minutes)}",
        ]
        for day, slots in planned.items()
        for slot in slots
    ]
    decision = card.decision
    return {
        "title": _("Card of visits, %(month)s") % {"month": format_month(card.month.first)},
        "head": [
            [_("Person"), str(decision.person)],
            [_("Decision"), decision.number],
            [_("Provider"), str(decision.contract.organisation)],
            [_("Carer"), str(card.worker) if card.worker else "…" * 24],
            [_("Granted this month, h"), format_minutes_clock(granted_minutes(terms, card.month))],
        ],
        "activities": [[str(at), name] for at, name in enumerate(activities, 1)],
        "rows": rows + [["", "", ""]] * (_SPARE if rows else _EMPTY),
        "code": code_svg(address_of(decision, card.month)),
        "code_alt": _("Code that opens the diary at this decision and month"),
    }


def address_of(decision: Decision, month: Month) -> str:
    """Where the code leads: ids only, and nothing to see without signing in."""
    return settings.SITE_URL.rstrip("/") + tenant_url("field:open_grid", decision.pk, str(month))


def code_svg(address: str) -> str:
    """The QR code of an address as SVG: one path of squares."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(address)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = io.StringIO()
    for y, line in enumerate(matrix):
        for x, dark in enumerate(line):
            if dark:
                path.write(f"M{x} {y}h1v1h-1z")
    size = len(matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path.getvalue()}"/></svg>'
    )


def _texts() -> dict[str, str]:
    return {
        "day": _("Day"),
        "weekday": _("Weekday"),
        "planned": _("Planned"),
        "start": _("From"),
        "end": _("To"),
        "done": _("Activities (numbers)"),
        "person": _("Signature of the person"),
        "carer": _("Signature of the carer"),
        "activities": _("Activities of the decision:"),
        "hint": _(
            "One row is one visit. If the visit was not made, write why. The way between persons is not service time."
        ),
        "coordinator": _("checked by the coordinator (date, signature)"),
        "page": _("page {page} of {pages}"),
    }
