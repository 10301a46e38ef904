"""The editor's forms: a section of an offer as fields and rows to show, and back from what a form sent."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from contracting.tenders.actions.sentences import sentence_of
from contracting.tenders.content import MEASURE_UNITS, MOST_ROWS, SECTIONS, Content, Field, Section
from contracting.tenders.models import Call
from contracting.tenders.queries.offer_words import CHOICES, HINTS, SECTION_LEADS
from contracting.tenders.queries.terms import asked_parts, known_qualifications
from contracting.tenders.rules.completeness import Finding
from contracting.tenders.rules.figures import read_day, section_of
from contracting.tenders.words import LABELS, SECTION_TITLES
from ui.formatting import format_decimal, format_minutes_clock

# What is simply not written yet is told by the check list, not under every field while one writes.
_NOT_YET = frozenset({"missing", "missing_in_row", "no_rows", "not_declared"})
# Row number of the template that new rows are made of.
_TEMPLATE_ROW = "__row__"


@dataclass(frozen=True)
class ShownField:
    """One control: its name and id, the words around it, its value, and what is amiss with it."""

    key: str
    name: str
    label: str
    kind: str
    value: Any = ""
    hint: str = ""
    longest: int = 250
    choices: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    fixed: bool = False

    @property
    def html_id(self) -> str:
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True)
class ShownRows:
    """A list of rows, with an empty one to make new rows of."""

    name: str
    label: str
    rows: list[list[ShownField]]
    template: list[ShownField]
    grows: bool = True


@dataclass(frozen=True)
class ShownSection:
    """A section as the editor shows it; `base` is what the author starts from, as JSON."""

    key: str
    title: str
    lead: str
    fields: list[ShownField]
    lists: list[ShownRows]
    base: str
    problems: list[str] = field(default_factory=list)


def shown_section(
    key: str, content: Content, call: Call, findings: Iterable[Finding], *, blank: bool = False
) -> ShownSection:
    """The section of a content with what is amiss in what was written; `blank` asks for an empty row after the last."""
    section, value = SECTIONS[key], section_of(content, key)
    told: dict[str, list[str]] = {}
    for finding in findings:
        if finding.section == key and finding.code not in _NOT_YET:
            told.setdefault(finding.path, []).append(sentence_of(finding))
    paint = _Painter(key, told, known_qualifications() if key == "staff" else [])
    lists = [
        paint.rows(name, fields, value if name == "" else value[name], blank=blank)
        for name, fields in section.rows.items()
    ]
    return ShownSection(
        key=key,
        title=str(SECTION_TITLES[key]),
        lead=str(SECTION_LEADS[key]),
        fields=paint.fields(_asked(section, call), value if isinstance(value, dict) else {}),
        lists=lists,
        base=json.dumps(value, ensure_ascii=False),
        problems=[*told.get("", []), *told.get("grant", [])],
    )


def _asked(section: Section, call: Call) -> list[tuple[Field, str]]:
    """The single fields with their labels; of the concept only what the call asks, in its own words."""
    if section.key == "concept":
        asked = asked_parts(call)
        return [(one, str(call.concept_questions[one.key])) for one in section.fields if one.key in asked]
    return [(one, str(LABELS[f"{section.key}.{one.key}"])) for one in section.fields]


class _Painter:
    def __init__(
        self, section: str, told: Mapping[str, list[str]], qualifications: list[tuple[str, str]]
    ) -> None:
        self._section, self._told, self._qualifications = section, told, qualifications

    def fields(self, asked: list[tuple[Field, str]], value: Mapping[str, Any]) -> list[ShownField]:
        return [
            self._one(one, label, one.key, f"{self._section}.{one.key}", value.get(one.key, ""))
            for one, label in asked
        ]

    def rows(
        self, name: str, fields: tuple[Field, ...], given: list[dict[str, Any]], *, blank: bool
    ) -> ShownRows:
        prefix = f"{self._section}.{name}" if name else self._section
        grows = self._section != "partners"
        written = [*given, {}] if grows and (blank or not given) else given
        rows = [self._row(prefix, name, fields, str(index), row) for index, row in enumerate(written)]
        return ShownRows(
            name=prefix,
            label=str(LABELS.get(prefix, SECTION_TITLES[self._section])),
            rows=rows,
            template=self._row(prefix, name, fields, _TEMPLATE_ROW, {}),
            grows=grows,
        )

    def _row(
        self, prefix: str, name: str, fields: tuple[Field, ...], number: str, row: Mapping[str, Any]
    ) -> list[ShownField]:
        path = f"{name}.{number}" if name else number
        return [
            self._one(
                one,
                str(LABELS.get(f"{prefix}.{one.key}", "")),
                f"{path}.{one.key}",
                f"{prefix}.{number}.{one.key}",
                row.get(one.key, ""),
                f"{prefix}.{one.key}",
            )
            for one in fields
        ]

    def _one(
        self, one: Field, label: str, path: str, name: str, value: Any, word: str | None = None
    ) -> ShownField:
        word = word or f"{self._section}.{one.key}"
        choices = [(key, str(text)) for key, text in CHOICES.get(word, {}).items()]
        hidden = self._section == "partners" and one.key == "organisation"
        return ShownField(
            key=one.key,
            name=name,
            label=label,
            kind="hidden" if hidden else one.kind,
            value=_typed(one, value),
            hint=str(HINTS.get(word, "")),
            longest=one.longest,
            choices=self._qualifications if one.kind == "codes" else choices,
            problems=self._told.get(path, []),
            fixed=self._section == "partners" and one.key == "name",
        )


def _typed(one: Field, value: Any) -> Any:
    """A stored value as people type it: a comma in numbers, hours for minutes, 31.01.2027 for days."""
    if one.kind == "minutes" and isinstance(value, int):
        return "" if value == 0 else format_minutes_clock(value).removesuffix(":00")
    if one.kind == "day" and (day := read_day(value)):
        return f"{day:%d.%m.%Y}"
    if one.kind in {"money", "number"} and value:
        return str(value).replace(".", ",").removesuffix(",00")
    return value


def read_form(key: str, data: QueryDict) -> Any:
    """What an ordinary form sent for a section, by the names of its controls."""
    section = SECTIONS[key]
    if "" in section.rows:
        return _read_rows(data, key, section.rows[""])
    value = {one.key: _read_one(data, f"{key}.{one.key}", one) for one in section.fields}
    for name, fields in section.rows.items():
        value[name] = _read_rows(data, f"{key}.{name}", fields)
    return value


def _read_one(data: QueryDict, name: str, one: Field) -> Any:
    if one.kind == "codes":
        return data.getlist(name)
    if one.kind == "flag":
        return name in data
    return data.get(name, "")


def _read_rows(data: QueryDict, prefix: str, fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    begin = f"{prefix}."
    first_parts = {name[len(begin) :].split(".")[0] for name in data if name.startswith(begin)}
    numbers = sorted(int(part) for part in first_parts if part.isdecimal())
    return [
        {one.key: _read_one(data, f"{prefix}.{number}.{one.key}", one) for one in fields}
        for number in numbers[:MOST_ROWS]
    ]


def read_base(text: str) -> Any:
    """What the author started from, as the page sent it back; an empty section where it is unreadable."""
    try:
        return json.loads(text)
    except ValueError:
        return {}


def told_clash(section: str, key: str, value: Any) -> str:
    """A value of a clash in words: a text as it is, rows one under another."""
    if isinstance(value, list):
        return "\n".join(" · ".join(str(part) for part in row.values() if part) for row in value) or "–"
    if isinstance(value, bool):
        return "✓" if value else "–"
    day = read_day(value)
    return f"{day:%d.%m.%Y}" if day else str(value) or "–"


def units_of_measures() -> dict[str, list[str]]:
    """Measure → unit and direction, for the script that fills them in."""
    return {measure: list(pair) for measure, pair in MEASURE_UNITS.items()}


def percent_text(value: Any) -> str:
    return f"{format_decimal(value)} %"
