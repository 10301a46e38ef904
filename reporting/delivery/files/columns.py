"""The header of a file: which column is where, in any order and case, and what is wrong with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from reporting.delivery.files.copies import REASONS_COLUMN
from reporting.delivery.files.reasons import FileRefusal, RowRefusal, shortened
from reporting.delivery.files.source import Cell, SourceTable, cell_address, cell_text

HEADER_ROW = 1
ABSENT = -1

_SHOWN_UNKNOWN = 10


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns are: `indices` in the order asked for (ABSENT: an optional one that the file lacks).

    `width` is the number of header cells; `nameless` are the indices of those that are empty.
    """

    indices: tuple[int, ...]
    width: int
    nameless: tuple[int, ...]


def column_name(header: Cell) -> str:
    """The name meant by a header cell: " Decision  Number" is decision_number."""
    return "_".join(cell_text(header).replace("\ufeff", "").casefold().replace("-", " ").split())


def score_header(header: Sequence[str], known: Collection[str]) -> int:
    """How many of the header cells name a known column."""
    return sum(column_name(cell) in known for cell in header)


def find_columns(
    table: SourceTable,
    required: Sequence[str],
    optional: Sequence[str],
    other_names: Mapping[str, str] = MappingProxyType({}),
) -> Columns:
    """The columns of the table. Raises FileRefusal for every duplicated, unknown, missing or computed one.

    `other_names` are further names of columns, as `column_name` gives them, with the column that each means.
    """
    wanted = (*required, *optional)
    refusals: list[RowRefusal] = []
    found: dict[str, int] = {}
    nameless: list[int] = []
    unknown: list[str] = []
    for index, cell in enumerate(table.header):
        name = column_name(cell)
        name = other_names.get(name, name)
        if (HEADER_ROW, index) in table.formulas:
            address = cell_address(HEADER_ROW, index)
            refusals.append(
                RowRefusal(HEADER_ROW, name, cell_text(cell), "formula_in_header", {"address": address})
            )
        elif not name:
            nameless.append(index)
        elif name in found:
            refusals.append(RowRefusal(HEADER_ROW, name, shortened(cell_text(cell)), "duplicated_header"))
        elif name in wanted or name == REASONS_COLUMN:
            found[name] = index
        else:
            unknown.append(shortened(cell_text(cell)))
    known = {"known": ", ".join(wanted)}
    refusals += [
        RowRefusal(HEADER_ROW, name, name, "unknown_column", known) for name in unknown[:_SHOWN_UNKNOWN]
    ]
    refusals += [RowRefusal(HEADER_ROW, name, "", "missing_column") for name in required if name not in found]
    if refusals:
        raise FileRefusal(refusals)
    return Columns(tuple(found.get(name, ABSENT) for name in wanted), len(table.header), tuple(nameless))
