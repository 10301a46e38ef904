"""Reading the dictionary's data file, and asking it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from kernel.periods import Month
from reporting.statistics.dictionary.entries import Bounds, Breakdown, Indicator, Words

FILE = Path(__file__).with_name("indicators.json")
LANGUAGES = ("pl", "en")


@dataclass(frozen=True)
class Dictionary:
    """All versions of all indicators, in the order of the file, and the words for what they share, by language.

    `plain_services` are the codes of services of which it says nothing of anybody's health that somebody has them; of
    every other service, also of one that nobody knows, it may.
    `edition` grows with every change: a tenant approves what leaves it up to an edition.
    """

    edition: int
    indicators: tuple[Indicator, ...]
    topics: Mapping[str, Mapping[str, str]]
    units: Mapping[str, Mapping[str, str]]
    bases: Mapping[str, Mapping[str, str]]
    plain_services: frozenset[str]
    plain_words: Mapping[str, str]

    def version(self, code: str, version: int) -> Indicator | None:
        """One version of an indicator, also one that no longer holds; None where there is none."""
        return next((one for one in self.indicators if (one.code, one.version) == (code, version)), None)

    def in_force(self, month: Month, period: str | None = None) -> tuple[Indicator, ...]:
        """The versions that say what figures of the month mean, of one kind of period or of all."""
        return tuple(one for one in self.indicators if one.holds_in(month) and period in (None, one.period))

    def versions(self, code: str) -> tuple[Indicator, ...]:
        """All versions of an indicator, oldest first."""
        return tuple(one for one in self.indicators if one.code == code)


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """The dictionary that comes with the product."""
    return read_dictionary(FILE.read_text("utf-8"))


def read_dictionary(text: str) -> Dictionary:
    """A dictionary from the JSON of its file. Raises ValueError where it contradicts itself."""
    raw = json.loads(text)
    breakdowns = {
        code: Breakdown(code, {language: row[language] for language in LANGUAGES}, row["values"])
        for code, row in raw["breakdowns"].items()
    }
    read = [_indicator(row, raw, breakdowns) for row in raw["indicators"]]
    codes = {one.code for one in read}
    for one in read:
        if one.beside and one.beside not in codes:
            raise ValueError(f"{one.code}: no such indicator beside it: {one.beside}")
    return Dictionary(
        edition=raw["edition"],
        indicators=tuple(_with_ends(read, raw["edition"])),
        topics=raw["topics"],
        units={
            code: {language: row[language] for language in LANGUAGES} for code, row in raw["units"].items()
        },
        bases=raw["bases"],
        plain_services=frozenset(raw["plain_services"]["codes"]),
        plain_words={language: raw["plain_services"][language] for language in LANGUAGES},
    )


def _indicator(
    row: Mapping[str, Any], raw: Mapping[str, Any], breakdowns: Mapping[str, Breakdown]
) -> Indicator:
    base = row["base"] or ""
    if base and base not in raw["bases"]:
        raise ValueError(f"{row['code']}: no such base population: {base}")
    return Indicator(
        code=row["code"],
        version=row["version"],
        edition=row["edition"],
        valid_from=Month.parse(row["valid_from"]),
        valid_to=None,
        period=row["period"],
        topic=row["topic"],
        unit=row["unit"],
        factor=Decimal(raw["units"][row["unit"]]["factor"]),
        base=base,
        breakdown=breakdowns[row["breakdown"]] if row["breakdown"] else None,
        by_service=row["by_service"],
        health=row["health"],
        business=row["business"],
        over_time=row["over_time"] == "sum",
        is_share=row.get("share_of_cases", False),
        counts_a_part=row.get("counts_a_part", False),
        parts_stand_on_whole=row.get("parts_stand_on_whole", False),
        beside=row.get("beside", ""),
        in_minutes=frozenset(row.get("in_minutes", ())),
        words={
            language: Words(**{key: text or "" for key, text in row[language].items()})
            for language in LANGUAGES
        },
        source_fields=tuple(row["source_fields"]),
        sources=tuple(row["sources"]),
        bounds=_bounds(row["bounds"]),
    )


def _bounds(row: Mapping[str, Any]) -> Bounds:
    numbers = {("start" if key == "from" else key): Decimal(str(value)) for key, value in row.items()}
    return Bounds(**numbers)


def _with_ends(read: Iterable[Indicator], edition: int) -> Iterable[Indicator]:
    """Each version ends in the month before the next one begins."""
    for code, found in groupby(read, key=lambda one: one.code):
        versions = list(found)
        for place, one in enumerate(versions, start=1):
            if one.version != place or one.edition > edition:
                raise ValueError(f"{code}: versions are numbered from 1 on, in editions up to {edition}")
        for earlier, later in pairwise(versions):
            if later.valid_from <= earlier.valid_from or later.period != earlier.period:
                raise ValueError(f"{code}: version {later.version} does not follow version {earlier.version}")
            yield replace(earlier, valid_to=later.valid_from.previous())
        yield versions[-1]
