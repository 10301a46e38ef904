"""What an offer says, section by section, ready to be shown beside a criterion or as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from contracting.commissioning.rules.codes import qualification_name
from contracting.tenders.content import CONCEPT_PARTS, Content
from contracting.tenders.rules.figures import read_number
from contracting.tenders.words import CONCEPT_LABELS, LABELS, SECTION_TITLES
from kernel.errors import Sentence
from tenants.models import Organisation
from ui.formatting import format_date_short, format_decimal, format_minutes_text, format_money

# Sections in the order in which an offer is read; declarations stand in the check of form.
_ORDER = (
    "bidder",
    "partners",
    "task",
    "schedule",
    "results",
    "resources",
    "staff",
    "concept",
    "promises",
    "budget",
    "other",
    "files",
)
# Columns of the tables, by the path of their rows.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "partners": ("name", "does", "represented_by"),
    "schedule": ("name", "description", "group", "from", "to", "outside_party"),
    "results": ("name", "level", "monitoring"),
    "staff": ("name", "function", "qualifications", "fte"),
    "promises": ("indicator", "value", "unit", "measured_by"),
    "budget.costs": ("name", "unit", "unit_cost", "quantity", "amount", "year"),
    "files": ("name", "for"),
}
_SUMS = ("grant", "own_financial", "own_in_kind", "payments", "total", "price_per_hour")
_MONEY = frozenset({"unit_cost", "amount"})
_FIGURES = frozenset({"fte", "value", "quantity"})
_OPTIONAL = frozenset({"partners", "other", "files"})


@dataclass(frozen=True)
class Block:
    """A piece of an excerpt: text, pairs of label and text, or a table."""

    title: Sentence = ""
    text: str = ""
    pairs: tuple[tuple[Sentence, str], ...] = ()
    head: tuple[Sentence, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.rows or any(value for _label, value in self.pairs))


def excerpt_of(content: Content, path: str) -> list[Block]:
    """What the offer says under a path: a section (`budget`) or a part of one (`concept.replacement`).

    To a part of the concept belong the promises that can be measured on it.
    """
    section, _dot, part = path.partition(".")
    builder = _BUILDERS.get(section)
    if builder is None:
        return []
    value = content.get(section)
    promises = _promises_on(content, part) if section == "concept" else []
    if part and isinstance(value, Mapping):
        return [_text(LABELS.get(path, ""), value.get(part)), *promises]
    return [*builder(value), *promises]


def _promises_on(content: Content, part: str) -> list[Block]:
    """The table of promises on a part of the concept, or on all of it; none where nothing is promised."""
    rows = content.get("promises")
    wanted = [
        row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping) and part in ("", row.get("part"))
    ]
    return [replace(_table("promises", wanted), title=SECTION_TITLES["promises"])] if wanted else []


def whole_offer(content: Content) -> list[tuple[str, Sentence, list[Block]]]:
    """All sections in their order: key, title, pieces. What few offers need is there only where it says something."""
    sections = [(key, SECTION_TITLES[key], _BUILDERS[key](content.get(key))) for key in _ORDER]
    return [one for one in sections if one[0] not in _OPTIONAL or not all(block.is_empty for block in one[2])]


def _text(title: Sentence, value: Any) -> Block:
    return Block(title=title, text=_plain(value))


def _plain(value: Any) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value).strip()


def _pairs_of(section: str) -> Callable[[Any], list[Block]]:
    def build(value: Any) -> list[Block]:
        found = value if isinstance(value, Mapping) else {}
        prefix = f"{section}."
        labels = {k.removeprefix(prefix): v for k, v in LABELS.items() if k.startswith(prefix)}
        return [Block(pairs=tuple((label, _shown(key, found.get(key))) for key, label in labels.items()))]

    return build


def _table_of(name: str) -> Callable[[Any], list[Block]]:
    def build(value: Any) -> list[Block]:
        return [_table(name, value if isinstance(value, list) else [])]

    return build


def _table(name: str, rows: Sequence[Any]) -> Block:
    columns = _COLUMNS[name]
    return Block(
        head=tuple(LABELS[f"{name}.{key}"] for key in columns),
        rows=tuple(
            tuple(_shown(key, row.get(key)) for key in columns) for row in rows if isinstance(row, Mapping)
        ),
    )


def _shown(key: str, value: Any) -> str:
    if key == "qualifications" and isinstance(value, list):
        return ", ".join(qualification_name(str(code)) for code in value)
    if key == "legal_form" and value in Organisation.LegalForm.values:
        return str(Organisation.LegalForm(value).label)
    if key in ("from", "to"):
        return _as_day(value)
    if key in _FIGURES:
        return figure_text(value)
    return _as_money(value) if key in _MONEY else _plain(value)


def figure_text(value: Any) -> str:
    """A figure of an offer as people write it: "0.50" → `0,50`, "1.00" → `1`; what is no figure stays as it is."""
    number = read_number(_plain(value))
    if number is None:
        return _plain(value)
    return format_decimal(number, 0 if number == number.to_integral_value() else 2)


def _as_day(value: Any) -> str:
    try:
        return format_date_short(date.fromisoformat(str(value)))
    except ValueError:
        return _plain(value)


def _as_money(value: Any) -> str:
    try:
        return format_money(Decimal(str(value)))
    except ArithmeticError:
        return _plain(value)


def _concept(value: Any) -> list[Block]:
    found = value if isinstance(value, Mapping) else {}
    return [_text(CONCEPT_LABELS[part], found.get(part)) for part in CONCEPT_PARTS]


def _budget(value: Any) -> list[Block]:
    found = value if isinstance(value, Mapping) else {}
    costs = found.get("costs")
    minutes = found.get("minutes")
    pairs: list[tuple[Sentence, str]] = [
        (LABELS[f"budget.{key}"], _as_money(found[key])) for key in _SUMS if found.get(key) not in (None, "")
    ]
    if isinstance(minutes, int):
        pairs.append((LABELS["budget.minutes"], format_minutes_text(minutes)))
    return [Block(pairs=tuple(pairs)), _table("budget.costs", costs if isinstance(costs, list) else [])]


def _other(value: Any) -> list[Block]:
    return [Block(text=_plain(value.get("text") if isinstance(value, Mapping) else value))]


_BUILDERS: dict[str, Callable[[Any], list[Block]]] = {
    "bidder": _pairs_of("bidder"),
    "task": _pairs_of("task"),
    "resources": _pairs_of("resources"),
    "partners": _table_of("partners"),
    "schedule": _table_of("schedule"),
    "results": _table_of("results"),
    "staff": _table_of("staff"),
    "promises": _table_of("promises"),
    "files": _table_of("files"),
    "concept": _concept,
    "budget": _budget,
    "other": _other,
}
