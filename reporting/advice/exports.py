"""Files of advice that people take along: figures as XLSX and CSV, the list in the columns of the import."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.workbook import write_workbook
from kernel.cells import escape_cell
from reporting.advice.figures import Figures
from reporting.advice.files import WRITTEN_COLUMNS
from reporting.advice.models import Appointment
from reporting.advice.models.wording import Disability, Kind, Place
from reporting.advice.rules import LEAD_BANDS, ShowRate
from ui.formatting import format_month

Row = Sequence[object]
_FIRST_WIDTH, _WIDTH = 34, 14


# More rows than a year of the largest city; whoever needs more takes them along year by year.
MOST_LISTED = 50_000
LISTED_FIELDS = (
    "date", "start", "adviser__code", "kind", "minutes", "place", "depth", "state",
    "topic__code", "topic_words", "person__code", "alias",
)  # fmt: skip


def list_csv(rows: Iterable[Row]) -> bytes:
    """Rows of LISTED_FIELDS as UTF-8 with BOM and semicolons, harmless to spreadsheets."""
    return _csv(WRITTEN_COLUMNS, (_written(*row) for row in rows))


def _written(*row: Any) -> Row:
    day, start, *middle, topic_code, topic_words, person_code, alias = row
    return (day.isoformat(), f"{start:%H:%M}", *middle, topic_code or topic_words, person_code or alias)


def figures_csv(figures: Figures) -> bytes:
    """All figures as three columns: table, row, value."""
    head = (_("Table"), pgettext("of a table", "Row"), _("Value"))
    return _csv(head, ((name, *row[:2]) for name, _columns, rows in _tables(figures) for row in rows))


def figures_xlsx(figures: Figures, *, company: str) -> bytes:
    """All figures as a workbook of the company (the unit's name), a sheet for each table."""
    sheets = (
        (
            name,
            [(str(title), _FIRST_WIDTH if place == 0 else _WIDTH) for place, title in enumerate(columns)],
            rows,
        )
        for name, columns, rows in _tables(figures)
    )
    return write_workbook(_("Figures of advice"), company=company, made_for=figures.last, sheets=sheets)


def band_name(band: int | None) -> str:
    """A band of lead time in words."""
    if band is None:
        return _("booking not known")
    first, last = LEAD_BANDS[band]
    if last is None:
        return _("%(first)s days and more") % {"first": first}
    return _("%(first)s–%(last)s days") % {"first": first, "last": last}


def _tables(figures: Figures) -> list[tuple[str, Row, list[Row]]]:
    """Name, header and rows of each table; the first two cells of a row are its name and its main value."""
    counts = figures.counts
    count, disabled = _("Advice given"), _("Advice for persons with disabilities")
    time_names = {
        "direct": _("sessions"),
        "preparation": _("preparation"),
        "documentation": _("documentation"),
        "travel": _("travel"),
    }
    return [
        (
            _("By type"),
            (_("Type of advice"), count),
            [
                *((str(Kind(kind).label), n) for kind, n in counts.by_kind.items()),
                (_("together"), counts.total),
            ],
        ),
        (
            _("By depth"),
            (_("Depth"), count),
            [(str(Appointment.Depth(depth).label), n) for depth, n in counts.by_depth.items()],
        ),
        (
            _("By place"),
            (_("Place"), count),
            [(str(Place(place).label), n) for place, n in counts.by_place.items()],
        ),
        (
            _("By month"),
            (_("Month"), _("together"), *(str(label) for label in Kind.labels)),
            [(format_month(month), sum(kinds.values()), *kinds.values()) for month, kinds in figures.months],
        ),
        (
            _("Who did not come"),
            (_("Booked before"), _("did not come, %"), _("did not come"), _("came")),
            [
                *(
                    (band_name(band), _percent(rate), rate.no_show, rate.done)
                    for band, rate in figures.lead.items()
                ),
                (_("together"), _percent(figures.no_shows), figures.no_shows.no_show, figures.no_shows.done),
            ],
        ),
        (
            _("Time and persons"),
            (_("Figure"), _("Value")),
            [
                (_("Persons advised (registered or with an alias)"), counts.persons),
                (_("Sessions of anonymous persons"), counts.anonymous),
                *(
                    (f"{disabled}, {Disability(each).label}", number)
                    for each, number in counts.disability.items()
                ),
                *((f"{time_names[name]}, min", minutes) for name, minutes in counts.minutes.items()),
                (
                    _("Waiting time, median, days"),
                    None if figures.waiting_median is None else float(figures.waiting_median),
                ),
            ],
        ),
    ]


def _percent(rate: ShowRate) -> float | None:
    return round(1000 * rate.no_show / rate.due) / 10 if rate.due else None


def _csv(head: Row, rows: Iterable[Row]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for row in chain([head], rows):
        writer.writerow(["" if cell is None else escape_cell(str(cell)) for cell in row])
    return written.getvalue().encode("utf-8-sig")
