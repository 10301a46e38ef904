"""The shape of an offer's content: what a draft holds, what is sealed, and what the committee reads.

Content is JSON of texts, whole numbers, booleans, lists and objects only; money is text with two places ("1234.50"),
days are ISO texts. Its canonical bytes are UTF-8 with sorted keys and no blanks, so that one content has one SHA-256.

Sections (domain.md, form of the regulation of 24.10.2018, of which only what is known there is claimed)::

    {"version": 1,
     "bidder": {"name", "legal_form", "nip", "krs", "address", "www", "email", "phone", "contact_person"},
     "partners": [{"organisation", "name", "does", "represented_by"}],
     "task": {"title", "from", "to", "summary", "place"},
     "schedule": [{"name", "description", "group", "from", "to", "outside_party"}],
     "results": [{"name", "level", "monitoring"}],
     "resources": {"experience", "staff", "material", "financial"},
     "staff": [{"name", "function", "qualifications": [code], "fte"}],
     "concept": {one text for each key of CONCEPT_PARTS},
     "promises": [{"part", "measure", "indicator", "direction", "value", "unit", "measured_by"}],
     "budget": {"costs": [{"kind", "name", "unit", "unit_cost", "quantity", "amount", "year"}],
                "grant", "own_financial", "own_in_kind", "payments", "minutes", "price_per_hour", "total"},
     "declarations": {key: true},
     "other": text,
     "files": [{"key", "name", "size", "sha256", "content_type", "for"}]}

In a draft a figure that cannot be read stays as it was typed, so that nothing typed is lost; only a content whose
figures can all be read is sealed.
"""

from dataclasses import dataclass, field
from typing import Any

VERSION = 1

CONCEPT_PARTS = (
    "organisation",
    "replacement",
    "coordination",
    "quality_control",
    "training",
    "activation",
    "extras",
)
DECLARATIONS = (
    "public_benefit",
    "payments_rule",
    "taxes",
    "social_insurance",
    "register",
    "truth",
    "data_protection",
)
COST_KINDS = ("action", "admin")
MEASURES = (
    "replacement_hours",
    "qualified_staff",
    "same_carer",
    "main_carer_minutes",
    "carers_per_person",
    "planned_days",
    "visits_on_plan",
    "punctual_visits",
    "evening_hours",
    "delivered_hours",
    "advice_wait_days",
    "advice_in_term",
    "no_show",
    "sessions",
    "duty_staffed",
    "duty_full",
    "reported",
)
DIRECTIONS = ("at_least", "at_most")
# What the platform measures itself has its unit and direction; the rest is stated by the organisation.
MEASURE_UNITS = {
    "replacement_hours": ("h", "at_most"),
    "qualified_staff": ("%", "at_least"),
    "same_carer": ("%", "at_least"),
    "main_carer_minutes": ("%", "at_least"),
    "planned_days": ("%", "at_least"),
    "visits_on_plan": ("%", "at_least"),
    "punctual_visits": ("%", "at_least"),
    "evening_hours": ("h", "at_least"),
    "delivered_hours": ("%", "at_least"),
    "advice_in_term": ("%", "at_least"),
    "no_show": ("%", "at_most"),
    "duty_staffed": ("%", "at_least"),
    "duty_full": ("%", "at_least"),
}
SHORT, LONG = 250, 8000
# What a draft keeps of one text: more than may be handed in, so that nothing pasted is cut without a word.
MOST_KEPT = 100_000
MOST_ROWS = 200

Content = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One thing that is typed: `kind` is text, long, money, number, minutes, day, choice, codes or flag.

    `longest` is what may be handed in, in characters.
    """

    key: str
    kind: str = "text"
    longest: int = SHORT
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section of the form: single fields, and lists of rows by the name of the list ("" for the section itself)."""

    key: str
    fields: tuple[Field, ...] = ()
    rows: dict[str, tuple[Field, ...]] = field(default_factory=dict)


def _long(*keys: str) -> tuple[Field, ...]:
    return tuple(Field(key, "long", LONG) for key in keys)


SECTIONS: dict[str, Section] = {
    section.key: section
    for section in (
        Section(
            "bidder",
            tuple(
                Field(key)
                for key in (
                    "name",
                    "legal_form",
                    "nip",
                    "krs",
                    "address",
                    "www",
                    "email",
                    "phone",
                    "contact_person",
                )
            ),
        ),
        Section(
            "partners",
            rows={
                "": (
                    Field("organisation"),
                    Field("name"),
                    Field("does", "long", 2000),
                    Field("represented_by"),
                )
            },
        ),
        Section(
            "task",
            (
                Field("title"),
                Field("from", "day"),
                Field("to", "day"),
                Field("place"),
                Field("summary", "long", LONG),
            ),
        ),
        Section(
            "schedule",
            rows={
                "": (
                    Field("name"),
                    Field("description", "long", 2000),
                    Field("group"),
                    Field("from", "day"),
                    Field("to", "day"),
                    Field("outside_party"),
                )
            },
        ),
        Section("results", rows={"": (Field("name"), Field("level"), Field("monitoring", "long", 1000))}),
        Section("resources", _long("experience", "staff", "material", "financial")),
        Section(
            "staff",
            rows={
                "": (
                    Field("name"),
                    Field("function"),
                    Field("qualifications", "codes"),
                    Field("fte", "number"),
                )
            },
        ),
        Section("concept", _long(*CONCEPT_PARTS)),
        Section(
            "promises",
            rows={
                "": (
                    Field("part", "choice", choices=CONCEPT_PARTS),
                    Field("measure", "choice", choices=MEASURES),
                    Field("indicator"),
                    Field("direction", "choice", choices=DIRECTIONS),
                    Field("value", "number"),
                    Field("unit", longest=30),
                    Field("measured_by", "long", 500),
                )
            },
        ),
        Section(
            "budget",
            (
                Field("own_financial", "money"),
                Field("own_in_kind", "money"),
                Field("payments", "money"),
                Field("minutes", "minutes"),
            ),
            rows={
                "costs": (
                    Field("kind", "choice", choices=COST_KINDS),
                    Field("name"),
                    Field("unit", longest=40),
                    Field("unit_cost", "money"),
                    Field("quantity", "number"),
                    Field("year", longest=4),
                )
            },
        ),
        Section("declarations", tuple(Field(key, "flag") for key in DECLARATIONS)),
        Section("other", (Field("text", "long", LONG),)),
    )
}


def empty_content() -> Content:
    """A content in which nothing is written yet."""
    return {
        "version": VERSION,
        "bidder": {},
        "partners": [],
        "task": {},
        "schedule": [],
        "results": [],
        "resources": {},
        "staff": [],
        "concept": {},
        "promises": [],
        "budget": {"costs": []},
        "declarations": {},
        "other": "",
        "files": [],
    }
