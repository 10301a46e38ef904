"""Diary files as spreadsheets: the first sheet of XLSX or ODS, its cells typed as they are there."""

from collections.abc import Sequence

from python_calamine import CalamineError, CalamineWorkbook

from reporting.delivery.files.reasons import FileRefusal
from reporting.delivery.files.sheet_xml import SheetOutline, outline_ods, outline_xlsx
from reporting.delivery.files.source import Cell, FileLimits, SourceTable
from reporting.delivery.files.unpacking import SHARED_STRINGS, pack, unpack

_DAMAGED = (CalamineError, ValueError, OverflowError, IndexError)


def read_workbook(content: bytes, limits: FileLimits) -> SourceTable:
    """The table of the first sheet. Raises FileRefusal for whatever keeps it from being read."""
    parts = unpack(content, limits)
    members = dict(parts.members)
    if parts.kind == "ods":
        outline, members[parts.sheet] = outline_ods(members[parts.sheet], limits)
    else:
        outline = outline_xlsx(members[parts.sheet], members.get(SHARED_STRINGS), limits)
    return _as_table(_read_cells(members), outline)


def _read_cells(members: dict[str, bytes]) -> list[list[Cell]]:
    try:
        with CalamineWorkbook.from_filelike(pack(members)) as workbook:
            rows: list[list[Cell]] = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
            return rows
    except BaseException as error:
        # A panic of the Rust library arrives as a BaseException of a class that cannot be imported.
        if not isinstance(error, _DAMAGED) and type(error).__name__ != "PanicException":
            raise
        raise FileRefusal.because("broken_workbook") from None


def _as_table(cells: list[list[Cell]], outline: SheetOutline) -> SourceTable:
    # A formula that was never computed has no value, and its row may look empty: it is listed all the same.
    computed = {row for row, _ in outline.formulas}
    filled: list[tuple[int, Sequence[Cell]]] = [
        (number, _with_texts_for_booleans(row))
        for number, row in enumerate(cells, 1)
        if number in computed or any(cell != "" for cell in row)
    ]
    filled += [(number, []) for number in sorted(computed) if number > len(cells)]
    if not filled:
        raise FileRefusal.because("empty_file")
    if filled[0][0] != 1:
        raise FileRefusal.because("no_header", row=1)
    return SourceTable(filled[0][1], filled[1:], frozenset(outline.formulas))


def _with_texts_for_booleans(row: list[Cell]) -> Sequence[Cell]:
    """True equals 1 to Python, so both would read alike from here on."""
    if any(cell is True or cell is False for cell in row):
        return ["TRUE" if cell is True else "FALSE" if cell is False else cell for cell in row]
    return row
