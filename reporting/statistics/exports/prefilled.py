"""A form that is filled in as far as the platform knows, as a workbook: table, marks, definitions, what it is."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from documents.workbook import write_workbook
from reporting.statistics.prefilled.filling import Cell, Filled
from ui.formatting import format_date_text

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_of(filled: Filled, *, whose: str, made_on: date, remarks: tuple[str, ...]) -> bytes:
    """The table as the page shows it; `whose` names unit or voivodeship, `remarks` what a reader must know of it."""
    rows = [
        (heading, line.name, *(_value(cell) for cell in line.cells))
        for heading, lines in filled.blocks
        for line in lines
    ]
    return write_workbook(
        filled.title,
        company=whose,
        made_for=made_on,
        sheets=[
            (
                _("Table"),
                ((_("Block"), 28), (_("Row"), 46), *((name, 18) for name in filled.columns)),
                rows,
            ),
            (
                _("Marks in the table"),
                ((_("Row"), 46), (_("Column"), 28), (_("Mark"), 8), (_("Why"), 90)),
                list(_marked(filled)),
            ),
            (_("Definitions"), ((_("Figure"), 50), (_("Definition"), 100)), filled.definitions),
            (
                _("About the table"),
                ((_("What"), 28), (_("Says"), 100)),
                list(_about(filled, whose, made_on, remarks)),
            ),
        ],
    )


def _value(cell: Cell) -> object:
    if cell.value is None:
        return cell.mark
    whole = cell.value == int(cell.value) and cell.unit not in ("pln", "hours")
    return int(cell.value) if whole else cell.value


def _marked(filled: Filled) -> Iterator[tuple[str, str, str, str]]:
    for _heading, lines in filled.blocks:
        for line in lines:
            for cell in line.cells:
                if cell.mark:
                    yield line.name, cell.column, cell.mark, cell.why


def _about(filled: Filled, whose: str, made_on: date, remarks: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield _("Table"), filled.title
    yield _("Of whom"), whose
    yield _("Period"), filled.asked.name
    yield _("Made on"), format_date_text(made_on)
    yield _("What it is"), _("Pre-filled from the platform, not an official form.")
    yield _("Layout"), f"{filled.layout} {filled.form.source}"
    for remark in remarks:
        yield _("Remark"), remark
    yield from filled.marks
    for who, day, source in filled.deadlines:
        yield _("To be handed in by"), f"{who}: {format_date_text(day)} ({source})"
