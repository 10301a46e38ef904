"""Who saw a person's data, as a tagged PDF for that person."""

from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents.pdf import render_pdf
from kernel.tenancy import require_tenant
from reporting.care.models import Person
from reporting.care.queries import Seen
from ui.formatting import format_date_short, format_whole

_TEMPLATE = Path(__file__).parent / "seen.typ"


def seen_pdf(
    person: Person, rows: list[Seen], *, first: date | None, last: date | None, with_names: bool
) -> bytes:
    """The document in the active language; without names it sums up by whom people work for."""
    facts: dict[str, Any] = {
        "lang": (get_language() or "pl")[:2],
        "title": _("Who saw the data of %(person)s") % {"person": person},
        "unit": require_tenant().unit_name,
        "texts": {
            "page": _("page {page} of {pages}"),
            "none": _("In these days nobody opened a page with this person's data."),
            "explained": _(
                "The platform notes each time somebody opens a page, a file or an answer to a program that shows data "
                "of a person. A page may show several persons at once. What administrators of the database read "
                "directly is not among it, nor is crisis intervention: its team answers whoever it helps itself."
            ),
        },
        "head": [
            [_("Person"), f"{person} ({person.code})"],
            [_("From"), format_date_short(first) if first else _("the beginning of the log")],
            [_("To"), format_date_short(last) if last else _("the day on which this document was made")],
        ],
        "heads": [
            _("Day"),
            *([_("Who")] if with_names else []),
            _("Works for"),
            _("What was opened"),
            _("How many times"),
        ],
        "rows": _named(rows) if with_names else _nameless(rows),
    }
    return render_pdf(_TEMPLATE, facts)


def _named(rows: list[Seen]) -> list[list[str]]:
    return [
        [format_date_short(one.day), one.who, one.where, one.page, format_whole(one.times)] for one in rows
    ]


def _nameless(rows: list[Seen]) -> list[list[str]]:
    times: dict[tuple[date, str, str], int] = {}
    for one in rows:
        key = (one.day, one.where, one.page)
        times[key] = times.get(key, 0) + one.times
    return [
        [format_date_short(day), where, page, format_whole(count)]
        for (day, where, page), count in times.items()
    ]
