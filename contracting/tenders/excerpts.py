"""What an offer says, section by section, ready to be shown beside a criterion or as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.rules.codes import qualification_name
from contracting.tenders.content import CONCEPT_PARTS, Content
from contracting.tenders.words import CONCEPT_LABELS
from kernel.errors import Sentence
from tenants.models import Organisation
from ui.formatting import format_date_short, format_minutes_text, format_money

SECTION_TITLES: dict[str, Sentence] = {
    "bidder": _("Bidder"),
    "partners": _("Joint offer: who does what"),
    "task": _("Task"),
    "schedule": _("Plan and schedule"),
    "results": _("Results"),
    "resources": _("Experience and resources"),
    "staff": _("Staff"),
    "concept": _("Service concept"),
    "promises": _("Measurable promises"),
    "budget": _("Costs and sources of money"),
    "other": _("Other information"),
    "files": _("Files"),
}
FIELD_TITLES: dict[str, Sentence] = {
    "bidder.name": _("Name"),
    "bidder.legal_form": _("Legal form"),
    "bidder.nip": "NIP",
    "bidder.krs": "KRS",
    "bidder.address": pgettext_lazy("postal", "Address"),
    "bidder.www": _("Website"),
    "bidder.email": _("E-mail"),
    "bidder.phone": _("Telephone"),
    "bidder.contact_person": _("Person for explanations"),
    "task.title": _("Title"),
    "task.from": _("Begins"),
    "task.to": _("Ends"),
    "task.place": _("Place"),
    "task.summary": _("Summary"),
    "resources.experience": _("Experience"),
    "resources.staff": _("People"),
    "resources.material": _("Material resources"),
    "resources.financial": _("Financial resources"),
    "declarations.public_benefit": _("Declaration: statutory activity"),
    "declarations.payments_rule": _("Declaration: payments by recipients"),
    "declarations.taxes": _("Declaration: taxes"),
    "declarations.social_insurance": _("Declaration: social insurance"),
    "declarations.register": _("Declaration: data of the register"),
    "declarations.truth": _("Declaration: truth of the offer"),
    "declarations.data_protection": _("Declaration: personal data"),
}
_HEADS: dict[str, tuple[tuple[str, Sentence], ...]] = {
    "partners": (
        ("name", _("Organisation")),
        ("does", _("What it does")),
        ("represented_by", _("Represented by")),
    ),
    "schedule": (
        ("name", _("Action")),
        ("description", _("Description")),
        ("group", _("For whom")),
        ("from", _("Begins")),
        ("to", _("Ends")),
        ("outside_party", _("Done by others")),
    ),
    "results": (
        ("name", _("Result")),
        ("level", _("Level")),
        ("monitoring", _("How it is checked")),
    ),
    "staff": (
        ("name", _("Person")),
        ("function", _("Function")),
        ("qualifications", _("Qualifications")),
        ("fte", _("Full-time equivalent")),
    ),
    "promises": (
        ("indicator", _("Promise")),
        ("value", _("Value")),
        ("unit", _("Unit")),
        ("measured_by", _("How it is measured")),
    ),
    "costs": (
        ("name", _("Cost")),
        ("unit", _("Unit")),
        ("unit_cost", _("Unit cost")),
        ("quantity", _("Quantity")),
        ("amount", pgettext_lazy("money", "Amount")),
        ("year", _("Year")),
    ),
    "files": (("name", _("File")), ("for", _("What it is"))),
}
_SUMS: tuple[tuple[str, Sentence], ...] = (
    ("grant", _("Grant asked for")),
    ("own_financial", _("Own money")),
    ("own_in_kind", _("Own contribution in kind")),
    ("payments", _("Payments by recipients")),
    ("total", _("All costs")),
    ("price_per_hour", _("Price of an hour")),
)
_MONEY = frozenset({"unit_cost", "amount"})
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


def field_title(path: str) -> Sentence:
    """The label of a field by its path; of `partners.0.represented_by` too."""
    if path.startswith("partners."):
        return _("Partner: represented by")
    return FIELD_TITLES.get(path, path)


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
        return [_text(CONCEPT_LABELS.get(part) or FIELD_TITLES.get(path, ""), value.get(part)), *promises]
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
    sections = [(key, title, _BUILDERS[key](content.get(key))) for key, title in SECTION_TITLES.items()]
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
        labels = {k.removeprefix(prefix): v for k, v in FIELD_TITLES.items() if k.startswith(prefix)}
        return [Block(pairs=tuple((label, _shown(key, found.get(key))) for key, label in labels.items()))]

    return build


def _table_of(name: str) -> Callable[[Any], list[Block]]:
    def build(value: Any) -> list[Block]:
        return [_table(name, value if isinstance(value, list) else [])]

    return build


def _table(name: str, rows: Sequence[Any]) -> Block:
    head = _HEADS[name]
    return Block(
        head=tuple(label for _key, label in head),
        rows=tuple(
            tuple(_shown(key, row.get(key)) for key, _label in head)
            for row in rows
            if isinstance(row, Mapping)
        ),
    )


def _shown(key: str, value: Any) -> str:
    if key == "qualifications" and isinstance(value, list):
        return ", ".join(qualification_name(str(code)) for code in value)
    if key == "legal_form" and value in Organisation.LegalForm.values:
        return str(Organisation.LegalForm(value).label)
    if key in ("from", "to"):
        return _as_day(value)
    return _as_money(value) if key in _MONEY else _plain(value)


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
        (label, _as_money(found[key])) for key, label in _SUMS if found.get(key) not in (None, "")
    ]
    if isinstance(minutes, int):
        pairs.append((_("Time of service"), format_minutes_text(minutes)))
    return [Block(pairs=tuple(pairs)), _table("costs", costs if isinstance(costs, list) else [])]


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
