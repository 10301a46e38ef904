"""Files of advice that people take along: figures as XLSX and CSV, the list in the columns of the import."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.cells import escape_cell
from reporting.advice.figures import Figures
from reporting.advice.files import WRITTEN_COLUMNS
from reporting.advice.models import Appointment
from reporting.advice.models.wording import Kind, Place
from reporting.advice.rules import LEAD_BANDS, ShowRate
from ui.formatting import format_month

Row = Sequence[object]


def list_csv(appointments: Iterable[Appointment]) -> bytes:
    """Appointments that came up or fell through, as UTF-8 with BOM and semicolons, harmless to spreadsheets."""
    return _csv(
        WRITTEN_COLUMNS,
        (
            (
                row.date.isoformat(),
                f"{row.start:%H:%M}",
                row.adviser.code,
                row.kind,
                row.minutes,
                row.place,
                row.depth,
                row.state,
                row.topic.code if row.topic else row.topic_words,
                row.person.code if row.person else row.alias,
            )
            for row in appointments
        ),
    )


def figures_csv(figures: Figures) -> bytes:
    """All figures as three columns: table, row, value."""
    head = (_("Table"), pgettext("of a table", "Row"), _("Value"))
    return _csv(head, ((name, *row[:2]) for name, _columns, rows in _tables(figures) for row in rows))


def figures_xlsx(figures: Figures) -> bytes:
    """All figures as a workbook, a sheet for each table."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        bold = workbook.add_format({"bold": True, "bottom": 1})
        for name, columns, rows in _tables(figures):
            sheet = workbook.add_worksheet(name[:31])
            sheet.set_column(0, 0, 34)
            sheet.set_column(1, len(columns), 14)
            for place, title in enumerate(columns):
                sheet.write_string(0, place, title, bold)
            for line, row in enumerate(rows, start=1):
                for place, value in enumerate(row):
                    if isinstance(value, int | float):
                        sheet.write_number(line, place, value)
                    elif value not in (None, ""):
                        sheet.write_string(line, place, escape_cell(str(value)))
            sheet.freeze_panes(1, 1)
    return written.getvalue()


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
    count = _("Advice given")
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
    writer.writerow(head)
    for row in rows:
        writer.writerow(["" if cell is None else escape_cell(str(cell)) for cell in row])
    return written.getvalue().encode("utf-8-sig")
