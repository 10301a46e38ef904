"""An offer's content as it is read: by its bidder before handing in, by committee and organ after the opening."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contracting.tenders.content import SECTIONS, Content
from contracting.tenders.models import Call
from contracting.tenders.queries.offer_words import CHOICES
from contracting.tenders.queries.terms import asked_parts, known_qualifications
from contracting.tenders.rules.budget import Sums, sums_of
from contracting.tenders.rules.figures import read_day, read_number, section_of
from contracting.tenders.words import LABELS, SECTION_TITLES
from ui.formatting import (
    format_date_short,
    format_decimal,
    format_minutes_text,
    format_money,
    format_percent,
)

_FIGURES = frozenset({"money", "number"})


@dataclass(frozen=True)
class ReadText:
    """A question or label with what was written; `anchor` is the id of its place on the page."""

    anchor: str
    label: str
    text: str


@dataclass(frozen=True)
class ReadTable:
    """Rows under their heads; `figures` are the numbers of columns that hold figures, `total` a last row."""

    anchor: str
    caption: str
    head: list[str]
    rows: list[list[str]]
    figures: frozenset[int] = frozenset()
    total: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReadFile:
    key: str
    name: str
    size: int
    purpose: str


@dataclass(frozen=True)
class ReadSection:
    """One section of an offer for reading; empty parts are left out."""

    key: str
    title: str
    texts: list[ReadText] = field(default_factory=list)
    tables: list[ReadTable] = field(default_factory=list)
    files: list[ReadFile] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.texts or self.tables or self.files)


def shown_content(content: Content, call: Call) -> list[ReadSection]:
    """The sections of a content in the order of the form; one query, for the names of qualifications."""
    names = dict(known_qualifications())
    shown = []
    for key in SECTION_TITLES:
        if key == "files":
            shown.append(_files(content))
        elif key == "budget":
            shown.append(_budget(content))
        else:
            shown.append(_section(key, content, call, names))
    return shown


def _section(key: str, content: Content, call: Call, names: dict[str, str]) -> ReadSection:
    section, value = SECTIONS[key], section_of(content, key)
    title = str(SECTION_TITLES[key])
    if "" in section.rows:
        columns = [one for one in section.rows[""] if str(LABELS.get(f"{key}.{one.key}", ""))]
        rows = [
            [_text(f"{key}.{one.key}", one.kind, row.get(one.key, ""), names) for one in columns]
            for row in value
        ]
        heads = [str(LABELS[f"{key}.{one.key}"]) for one in columns]
        figures = frozenset(at for at, one in enumerate(columns) if one.kind in _FIGURES)
        tables = [ReadTable(key, title, heads, rows, figures)] if rows else []
        return ReadSection(key, title, tables=tables)
    asked = asked_parts(call)
    texts = []
    for one in section.fields:
        text = _text(f"{key}.{one.key}", one.kind, value.get(one.key, ""), names)
        if not text or (key == "concept" and one.key not in asked):
            continue
        label = str(call.concept_questions[one.key]) if key == "concept" else str(LABELS[f"{key}.{one.key}"])
        texts.append(ReadText(f"{key}-{one.key}", label, text))
    return ReadSection(key, title, texts=texts)


def _text(word: str, kind: str, value: Any, names: dict[str, str]) -> str:
    if kind == "flag":
        return "✓" if value else ""
    if kind == "codes":
        return ", ".join(names.get(code, code) for code in value)
    if kind == "choice":
        return str(CHOICES.get(word, {}).get(value, value))
    if kind == "day":
        day: date | None = read_day(value)
        return format_date_short(day) if day else str(value)
    if kind == "money" and (amount := read_number(value)) is not None:
        return format_money(amount)
    if kind == "number" and (number := read_number(value)) is not None:
        return format_decimal(number, 0 if number == number.to_integral_value() else 2)
    return str(value)


def _budget(content: Content) -> ReadSection:
    budget = content.get("budget", {})
    sums, columns = sums_of(budget), ("kind", "name", "unit", "unit_cost", "quantity", "year", "amount")
    kinds = {one.key: one.kind for one in SECTIONS["budget"].rows["costs"]} | {"amount": "money"}
    rows = [
        [_text(f"budget.costs.{key}", kinds[key], row.get(key, ""), {}) for key in columns]
        for row in budget.get("costs", [])
    ]
    head = [str(LABELS[f"budget.costs.{key}"]) for key in columns]
    total = [str(LABELS["budget.total"]), *[""] * 5, format_money(sums.total)]
    costs = ReadTable("budget-costs", str(LABELS["budget.costs"]), head, rows, frozenset({3, 4, 6}), total)
    title = str(SECTION_TITLES["budget"])
    if not rows:
        return ReadSection("budget", title)
    return ReadSection("budget", title, tables=[costs], texts=_sources(sums, budget))


def _sources(sums: Sums, budget: dict[str, Any]) -> list[ReadText]:
    lines = [("grant", sums.grant), ("own_financial", None), ("own_in_kind", None), ("payments", None)]
    texts = []
    for key, given in lines:
        amount = given if given is not None else read_number(budget.get(key) or "0")
        if amount is not None:
            share = format_percent(sums.share(amount))
            texts.append(
                ReadText(f"budget-{key}", str(LABELS[f"budget.{key}"]), f"{format_money(amount)} ({share})")
            )
    if sums.minutes:
        texts.append(
            ReadText("budget-minutes", str(LABELS["budget.minutes"]), format_minutes_text(sums.minutes))
        )
    if sums.price_per_hour is not None:
        label = str(LABELS["budget.price_per_hour"])
        texts.append(ReadText("budget-price_per_hour", label, format_money(sums.price_per_hour)))
    return texts


def _files(content: Content) -> ReadSection:
    files = [
        ReadFile(line["key"], line["name"], int(line["size"]), str(line.get("for", "")))
        for line in content.get("files", [])
    ]
    return ReadSection("files", str(SECTION_TITLES["files"]), files=files)
