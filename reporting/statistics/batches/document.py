"""The document of a batch: canonical JSON, so that the same figures always give the same bytes and the same hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from reporting.statistics.batches.figures import Collected, Figure, Part

FORMAT = "siedem-facts-1"


class NotADocument(ValueError):
    """The text is not a batch in canonical form."""


@dataclass(frozen=True)
class Header:
    """Whose figures a batch holds, of which period, in which version, after which one (SHA-256, empty for the first).

    `territory` is the TERC code of the tenant in the period, `edition` that of the dictionary.
    """

    tenant: UUID
    territory: str
    kind: str
    period: date
    version: int
    previous: str
    edition: int


@dataclass(frozen=True)
class Batch:
    """A batch as it was read."""

    header: Header
    content: Collected


def canonical(document: Mapping[str, Any]) -> str:
    """Canonical JSON: keys sorted, no spaces, UTF-8, no NaN."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest_of(text: str) -> str:
    """SHA-256 of the document, 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def write(header: Header, content: Collected) -> str:
    """The document of a batch; figures stand in the order of their places."""
    return canonical(
        {
            "format": FORMAT,
            "tenant": str(header.tenant),
            "territory": header.territory,
            "kind": header.kind,
            "period": header.period.isoformat(),
            "version": header.version,
            "previous": header.previous,
            "edition": header.edition,
            **_content(content),
        }
    )


def same_content(one: Batch, other: Batch) -> bool:
    """Whether two batches of a period say the same, whatever their versions."""
    return one.header.territory == other.header.territory and _content(one.content) == _content(other.content)


def read(text: str) -> Batch:
    """The batch in a document. Raises NotADocument for anything that `write` would not have written.

    Numbers are kept as they are written, also those that are none (`NaN`): what they are worth is judged later.
    """
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise NotADocument("unknown format")
        header = Header(
            tenant=UUID(raw["tenant"]),
            territory=raw["territory"],
            kind=raw["kind"],
            period=date.fromisoformat(raw["period"]),
            version=raw["version"],
            previous=raw["previous"],
            edition=raw["edition"],
        )
        content = Collected(tuple(_figure(row) for row in raw["figures"]), raw["accepted"], raw["contracts"])
        is_canonical = write(header, content) == text
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, RecursionError) as error:
        raise NotADocument(str(error)) from error
    if not is_canonical:
        raise NotADocument("not in canonical form")
    return Batch(header, content)


def _content(content: Collected) -> dict[str, Any]:
    return {
        "accepted": content.accepted,
        "contracts": content.contracts,
        "figures": [_row(one) for one in sorted(content.figures, key=lambda one: one.place)],
    }


def _row(one: Figure) -> dict[str, Any]:
    return {
        "indicator": one.indicator,
        "version": one.version,
        "service": one.service,
        "category": one.category,
        "numerator": _text(one.numerator),
        "denominator": None if one.denominator is None else _text(one.denominator),
        "persons": one.persons,
        "parts": [
            {
                "organisation": str(part.organisation),
                "legal_form": part.legal_form,
                "public": part.is_public,
                "value": _text(part.value),
            }
            for part in sorted(one.parts, key=lambda part: part.organisation)
        ],
    }


def _text(number: Decimal) -> str:
    """`1234` or `1234.5`: no exponent and no zeros at the end, so that equal numbers are written alike."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _figure(row: Mapping[str, Any]) -> Figure:
    persons = row["persons"]
    if persons is not None and type(persons) is not int:
        raise NotADocument("persons are counted in whole numbers")
    return Figure(
        indicator=row["indicator"],
        version=row["version"],
        service=row["service"],
        category=row["category"],
        numerator=Decimal(row["numerator"]),
        denominator=None if row["denominator"] is None else Decimal(row["denominator"]),
        persons=persons,
        parts=tuple(
            Part(UUID(part["organisation"]), part["legal_form"], part["public"], Decimal(part["value"]))
            for part in row["parts"]
        ),
    )
