"""What calamine does not tell of a sheet: which cells are formulas, and how much it unfolds to.

A sheet whose last cell is XFD1048576, or whose one long text is named by a million cells, is small as a
file and fills the memory when it is read; so its XML is walked first and refused before it is unfolded.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from reporting.delivery.files.reasons import FileRefusal
from reporting.delivery.files.source import MEGABYTE, FileLimits, cell_address

MAX_COLUMNS = 64
MAX_FORMULAS = 10_000

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")

_ODS_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})

_OnStart = Callable[[str, dict[str, str]], None]
_OnEnd = Callable[[str], None]
_OnText = Callable[[str], None]


@dataclass(slots=True)
class SheetOutline:
    """How far the filled cells of a sheet reach and which are computed: (row number, column index from 0)."""

    limits: FileLimits
    last_row: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    unfolded: int = 0

    def add_filled(self, row: int, column: int, characters: int, rows: int = 1, columns: int = 1) -> None:
        """Count a filled cell repeated over `rows` and `columns`. Refuses what unfolds beyond the limits."""
        self.last_row = max(self.last_row, row + rows - 1)
        if column + columns > MAX_COLUMNS:
            raise FileRefusal.because("too_wide", row=row, address=cell_address(row, column + columns - 1))
        self.unfolded += characters * columns * min(rows, self.limits.max_rows)
        if self.unfolded > self.limits.max_unpacked_bytes:
            raise FileRefusal.because("unpacks_too_large", limit=self.limits.max_unpacked_bytes // MEGABYTE)

    def add_formula(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Note a computed cell, or the block of cells that one formula fills."""
        if len(self.formulas) + rows * columns > MAX_FORMULAS:
            raise FileRefusal.because("too_many_formulas", limit=MAX_FORMULAS)
        for below in range(rows):
            for beside in range(columns):
                self.formulas.add((row + below, column + beside))

    def check_height(self) -> None:
        """Refuse a sheet with too many rows below its header."""
        count = self.last_row - 1
        if count > self.limits.max_rows:
            raise FileRefusal.because("too_many_rows", count=count, limit=self.limits.max_rows)


def outline_xlsx(sheet_xml: bytes, shared_strings_xml: bytes | None, limits: FileLimits) -> SheetOutline:
    """The outline of a sheet of XLSX."""
    outline = SheetOutline(limits)
    lengths = _shared_lengths(shared_strings_xml) if shared_strings_xml is not None else []
    _XlsxWalk(outline, lengths).run(sheet_xml)
    outline.check_height()
    return outline


def outline_ods(content_xml: bytes, limits: FileLimits) -> tuple[SheetOutline, bytes]:
    """The outline of the first sheet of ODS, and the content without the others (calamine reads all)."""
    outline = SheetOutline(limits)
    walk = _OdsWalk(outline)
    walk.run(content_xml)
    outline.check_height()
    first, last = walk.table_ends[0], walk.table_ends[-1]
    return outline, content_xml[:first] + content_xml[last:]


def read_workbook_sheet(workbook_xml: bytes) -> str:
    """The relationship id of the first sheet named in workbook.xml."""
    found: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if _local(name) == "sheet":
            found.append(
                next((text for key, text in attributes.items() if _local(key) == "id" and ":" in key), "")
            )

    _walk(workbook_xml, start)
    if not found:
        raise FileRefusal.because("no_sheet")
    return found[0]


def read_relationships(relationships_xml: bytes) -> dict[str, tuple[str, str]]:
    """Relationship id to (kind, target), of a .rels part."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if _local(name) == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))

    _walk(relationships_xml, start)
    return found


class _XlsxWalk:
    """Follows <row>, <c>, <f>, <v> and <is> of a sheet."""

    def __init__(self, outline: SheetOutline, shared_lengths: list[int]) -> None:
        self._outline = outline
        self._shared_lengths = shared_lengths
        self._row = 0
        self._column = -1
        self._kind: str | None = None
        self._text: list[str] | None = None
        self._columns: dict[str, int] = {}

    def run(self, xml: bytes) -> None:
        _walk(xml, self._start, self._end, self._characters)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = _local(name)
        if tag == "c":
            address = attributes.get("r")
            if address is None:
                self._column += 1
            else:
                self._row, self._column = self._position(address)
            self._kind = attributes.get("t")
        elif tag == "v" or tag == "t":
            self._text = []
        elif tag == "row":
            number = attributes.get("r")
            self._row = int(number) if number else self._row + 1
            self._column = -1
        elif tag == "f":
            self._formula(attributes)

    def _end(self, name: str) -> None:
        if self._text is not None and _local(name) in ("v", "t"):
            text = "".join(self._text)
            self._text = None
            characters = len(text)
            if self._kind == "s":
                index = int(text)
                characters = self._shared_lengths[index] if 0 <= index < len(self._shared_lengths) else 0
            self._outline.add_filled(self._row, self._column, characters)

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _formula(self, attributes: Mapping[str, str]) -> None:
        block = _RANGE.fullmatch(attributes.get("ref", ""))
        if block is None or attributes.get("t") not in ("array", "dataTable"):
            self._outline.add_formula(self._row, self._column)
            return
        top, left = int(block[2]), _column_index(block[1])
        self._outline.add_formula(top, left, int(block[4]) - top + 1, _column_index(block[3]) - left + 1)

    def _position(self, address: str) -> tuple[int, int]:
        letters = address.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not _ADDRESS.fullmatch(address):
                raise FileRefusal.because("broken_workbook")
            column = self._columns[letters] = _column_index(letters)
        return int(address[len(letters) :]), column


class _OdsWalk:
    """Follows the rows and cells of the first <table:table>; `table_ends` are the offsets of their ends."""

    def __init__(self, outline: SheetOutline) -> None:
        self.table_ends: list[int] = []
        self._outline = outline
        self._parser = _new_parser(self._start, self._end, self._characters)
        self._xml = b""
        self._depth = 0
        self._row = 1
        self._rows = 1
        self._column = 0
        self._columns = 1
        self._filled = False
        self._length = 0

    def run(self, xml: bytes) -> None:
        self._xml = xml
        _parse(self._parser, xml)
        if not self.table_ends:
            raise FileRefusal.because("no_sheet")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table:table":
            self._depth += 1
            if self._depth > 1:
                raise FileRefusal.because("broken_workbook")
        elif self.table_ends or not self._depth:
            return
        elif name == "table:table-row":
            self._rows = int(attributes.get("table:number-rows-repeated", "1"))
            self._column = 0
        elif name in _ODS_CELLS:
            self._columns = int(attributes.get("table:number-columns-repeated", "1"))
            self._filled = "office:value-type" in attributes
            self._length = len(attributes.get("office:string-value", ""))
            if "table:formula" in attributes:
                rows = int(attributes.get("table:number-matrix-rows-spanned", "1"))
                columns = int(attributes.get("table:number-matrix-columns-spanned", "1"))
                self._outline.add_formula(
                    self._row, self._column, max(rows, self._rows), max(columns, self._columns)
                )

    def _end(self, name: str) -> None:
        if name == "table:table":
            self._depth -= 1
            self.table_ends.append(self._xml.index(b">", self._parser.CurrentByteIndex) + 1)
        elif self.table_ends or not self._depth:
            return
        elif name in _ODS_CELLS:
            if self._filled or self._length:
                self._outline.add_filled(self._row, self._column, self._length, self._rows, self._columns)
            self._column += self._columns
            self._filled = False
            self._length = 0
        elif name == "table:table-row":
            self._row += self._rows

    def _characters(self, text: str) -> None:
        if not text.isspace():
            self._length += len(text)


def _shared_lengths(shared_strings_xml: bytes) -> list[int]:
    lengths: list[int] = []
    inside = False

    def start(name: str, _attributes: Mapping[str, str]) -> None:
        nonlocal inside
        tag = _local(name)
        if tag == "si":
            lengths.append(0)
        inside = tag == "t"

    def characters(text: str) -> None:
        if inside and lengths:
            lengths[-1] += len(text)

    _walk(shared_strings_xml, start, None, characters)
    return lengths


def _walk(xml: bytes, start: _OnStart, end: _OnEnd | None = None, characters: _OnText | None = None) -> None:
    _parse(_new_parser(start, end, characters), xml)


def _new_parser(start: _OnStart, end: _OnEnd | None, characters: _OnText | None) -> expat.XMLParserType:
    # Calamine reads every part as UTF-8, so the declared encoding must not make this walk see another sheet.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _parse(parser: expat.XMLParserType, xml: bytes) -> None:
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        raise FileRefusal.because("broken_workbook") from None


def _refuse_doctype(*_declared: object) -> None:
    """A document type can define entities that unfold without end; spreadsheets have none."""
    raise FileRefusal.because("broken_workbook")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
