"""The layout of official forms: which of our figures stands in which cell, or why none does."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from reporting.statistics.prefilled.stretches import Year

FILE = Path(__file__).with_name("forms.json")
UNKNOWN, IMPOSSIBLE = ".", "x"
ROW_VALUE = "value"

# A text in both languages.
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A figure that the platform can fill in: `own` names what the tenant collects, `indicator` what is released of it.

    `parts` are services or categories of the indicator that add up; `not_released` says why a region has none.
    """

    code: str
    unit: str
    own: str
    indicator: str
    parts: tuple[str, ...]
    not_released: str
    names: Words
    definitions: Words


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell holds a mark, one of the statistical convention."""

    code: str
    mark: str
    words: Words


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when who hands a form in: a day of the calendar, so many years after the one reported."""

    of_half: bool
    month: int
    day: int
    years_later: int
    valid_from: int
    source: str
    words: Words

    def of(self, year: int) -> date:
        """The day for a year reported."""
        return date(year + self.years_later, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a form; `cells` name a figure or a reason by column, in forms over years only by `ROW_VALUE`."""

    code: str
    words: Words
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under one heading."""

    code: str
    words: Words
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Form:
    """One version of a form, for years from `valid_from` on; without columns of its own they are years."""

    code: str
    version: int
    valid_from: int
    titles: Words
    leads: Words
    layout: Words
    source: str
    deadlines: tuple[Deadline, ...]
    columns: tuple[tuple[str, Words], ...]
    blocks: tuple[Block, ...]

    @property
    def over_years(self) -> bool:
        return not self.columns

    def deadlines_of(self, asked: Year) -> list[Deadline]:
        """Those that hold for a period, the newest for each who hands in."""
        found = {
            one.words["en"]: one
            for one in sorted(self.deadlines, key=lambda one: one.valid_from)
            if one.of_half == asked.half and one.valid_from <= asked.year
        }
        return list(found.values())


@dataclass(frozen=True)
class Layouts:
    """All forms with the figures, reasons, groups of services and marks that they name."""

    edition: int
    marks: Mapping[str, Words]
    marks_source: str
    groups: Mapping[str, frozenset[str] | None]
    group_words: Mapping[str, Words]
    reasons: Mapping[str, Reason]
    figures: Mapping[str, Known]
    forms: tuple[Form, ...]

    @property
    def codes(self) -> list[str]:
        """The forms, each once."""
        return list(dict.fromkeys(one.code for one in self.forms))

    def form(self, code: str, year: int) -> Form | None:
        """The version of a form that holds for a year; the oldest for years before."""
        versions = sorted((one for one in self.forms if one.code == code), key=lambda one: one.valid_from)
        held = [one for one in versions if one.valid_from <= year]
        return held[-1] if held else next(iter(versions), None)

    def references(self) -> Iterator[str]:
        """Everything that cells name."""
        for form in self.forms:
            for block in form.blocks:
                for row in block.rows:
                    yield from row.cells.values()


@lru_cache(maxsize=1)
def layouts() -> Layouts:
    """The layouts that come with the product."""
    raw = json.loads(FILE.read_text("utf-8"))
    return Layouts(
        edition=raw["edition"],
        marks=raw["marks"],
        marks_source=raw["marks_source"],
        groups={
            code: None if one["codes"] is None else frozenset(one["codes"])
            for code, one in raw["groups"].items()
        },
        group_words=raw["groups"],
        reasons={code: Reason(code, one["mark"], one) for code, one in raw["reasons"].items()},
        figures={one["code"]: _known(one) for one in raw["figures"]},
        forms=tuple(_form(one) for one in raw["forms"]),
    )


def _known(raw: Mapping[str, Any]) -> Known:
    released = raw["released"] or {"indicator": "", "parts": []}
    return Known(
        code=raw["code"],
        unit=raw["unit"],
        own=raw["own"],
        indicator=released["indicator"],
        parts=tuple(released["parts"]),
        not_released=raw["not_released"] or "",
        names={language: raw[language]["name"] for language in ("pl", "en")},
        definitions={language: raw[language]["definition"] for language in ("pl", "en")},
    )


def _form(raw: Mapping[str, Any]) -> Form:
    return Form(
        code=raw["code"],
        version=raw["version"],
        valid_from=raw["valid_from"],
        titles={language: raw[language]["title"] for language in ("pl", "en")},
        leads={language: raw[language]["lead"] for language in ("pl", "en")},
        layout=raw["layout"],
        source=raw["source"],
        deadlines=tuple(
            Deadline(
                one["of"] == "half",
                one["month"],
                one["day"],
                one["years_later"],
                one["valid_from"],
                one["source"],
                one,
            )
            for one in raw["deadlines"]
        ),
        columns=tuple((one["code"], one) for one in raw["columns"]),
        blocks=tuple(
            Block(one["code"], one, tuple(Row(row["code"], row, row["cells"]) for row in one["rows"]))
            for one in raw["blocks"]
        ),
    )
