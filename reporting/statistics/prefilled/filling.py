"""Filling a form in: a value or a mark in every cell, and what each mark and figure means."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from reporting.statistics.prefilled.layout import ROW_VALUE, Form, Known, layouts
from reporting.statistics.prefilled.stretches import Year
from reporting.statistics.words import language, number_text
from ui.formatting import format_decimal

# What a reader of figures answers: a number, or the code of a reason.
Told = Decimal | str
# Before the codes of reasons for which the rules of disclosure hide a figure.
HIDDEN = "hidden:"
YEARS_BACK, FORECASTS = 2, 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the page and of the file: a number, or a mark with the number of its explanation."""

    column: str
    value: Decimal | None = None
    unit: str = ""
    mark: str = ""
    why: str = ""
    note: int = 0

    @property
    def text(self) -> str:
        """The number as people read it."""
        if self.value is None:
            return ""
        return format_decimal(self.value, 2) if self.unit == "pln" else number_text(self.value)


@dataclass(frozen=True)
class Line:
    """A row with its cells."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Filled:
    """A form as it is shown and taken along; `notes` explain the marks, `definitions` the figures."""

    form: Form
    asked: Year
    columns: tuple[str, ...]
    blocks: tuple[tuple[str, tuple[Line, ...]], ...]
    notes: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    marks: tuple[tuple[str, str], ...]
    deadlines: tuple[tuple[str, date, str], ...]

    @property
    def title(self) -> str:
        return self.form.titles[language()]

    @property
    def lead(self) -> str:
        return self.form.leads[language()]

    @property
    def layout(self) -> str:
        return self.form.layout[language()]

    @property
    def is_bare(self) -> bool:
        """Whether not a single cell has a number."""
        return not any(
            cell.value is not None for _name, lines in self.blocks for line in lines for cell in line.cells
        )


@dataclass
class _Filler:
    """Walks a form once, numbering explanations in the order in which they come up."""

    read: Callable[[Known, Year], Told]
    why_hidden: Callable[[str, Known, Year], str]
    notes: dict[str, int] = field(default_factory=dict)
    used: dict[str, Known] = field(default_factory=dict)

    def cell(self, column: str, reference: str, at: Year | None) -> Cell:
        """The cell of a column; a period that is not there is a forecast."""
        known = layouts().figures.get(reference)
        if at is None:
            return self._marked(column, "forecast")
        if known is None:
            return self._marked(column, reference)
        self.used[known.code] = known
        told = self.read(known, at)
        if isinstance(told, Decimal):
            return Cell(column, told, known.unit)
        if told.startswith(HIDDEN):
            why = self.why_hidden(told.removeprefix(HIDDEN), known, at)
            return Cell(column, mark="⋯", why=why, note=self._numbered(why))
        return self._marked(column, told)

    def _marked(self, column: str, reason: str) -> Cell:
        found = layouts().reasons[reason]
        why = found.words[language()]
        return Cell(column, mark=found.mark, why=why, note=self._numbered(why))

    def _numbered(self, why: str) -> int:
        return self.notes.setdefault(why, len(self.notes) + 1)


def periods_of(form: Form, asked: Year) -> tuple[Year, ...]:
    """The periods whose figures a form shows, oldest first."""
    if not form.over_years:
        return (asked,)
    return tuple(asked.back(back) for back in range(YEARS_BACK, -1, -1))


def fill(
    form: Form,
    asked: Year,
    read: Callable[[Known, Year], Told],
    why_hidden: Callable[[str, Known, Year], str] = lambda why, _known, _at: why,
) -> Filled:
    """The form with what `read` knows of each figure and period, marks elsewhere."""
    filler, words = _Filler(read, why_hidden), language()
    slots = _slots(form, asked)
    blocks = tuple(
        (
            block.words[words],
            tuple(
                Line(
                    row.words[words],
                    tuple(filler.cell(name, row.cells[code], at) for name, code, at in slots),
                )
                for row in block.rows
            ),
        )
        for block in form.blocks
    )
    return Filled(
        form,
        asked,
        tuple(name for name, _code, _at in slots),
        blocks,
        tuple(filler.notes),
        _definitions(filler.used.values(), words),
        tuple((mark, text[words]) for mark, text in layouts().marks.items()),
        tuple((one.words[words], one.of(asked.year), one.source) for one in form.deadlines_of(asked)),
    )


def _definitions(used: Iterable[Known], words: str) -> tuple[tuple[str, str], ...]:
    """Each definition once, after the figures that it holds for."""
    found: dict[str, list[str]] = {}
    for one in used:
        found.setdefault(one.definitions[words], []).append(one.names[words])
    return tuple(("; ".join(names), definition) for definition, names in found.items())


def _slots(form: Form, asked: Year) -> list[tuple[str, str, Year | None]]:
    """The heading of each column, the cell of a row that stands in it, and its period."""
    if not form.over_years:
        return [(found[language()], code, asked) for code, found in form.columns]
    slots: list[tuple[str, str, Year | None]] = [(at.name, ROW_VALUE, at) for at in periods_of(form, asked)]
    for ahead in range(1, FORECASTS + 1):
        year = asked.back(-ahead).name
        slots.append((_("%(year)s, forecast") % {"year": year}, ROW_VALUE, None))
    return slots
