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
     "promises": [{"part", "indicator", "value", "unit", "measured_by"}],
     "budget": {"costs": [{"kind", "name", "unit", "unit_cost", "quantity", "amount", "year"}],
                "grant", "own_financial", "own_in_kind", "payments", "minutes", "price_per_hour"},
     "declarations": {key: true},
     "other": text,
     "files": [{"key", "name", "size", "sha256", "content_type"}]}
"""

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

Content = dict[str, Any]


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
