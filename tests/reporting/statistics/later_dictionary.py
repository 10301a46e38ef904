"""A second edition of the dictionary, in which fulfilment is counted anew from a month on, and its collector."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernel.periods import Month
from reporting.statistics.actions import pushing
from reporting.statistics.batches.figures import Collected
from reporting.statistics.collecting import collect_month
from reporting.statistics.dictionary import dictionary, reading

CODE = "care_fulfilment"
WORDS = {
    "pl": {"name": "Realizacja po odbiorze", "definition": "Czas przyjęty jako część czasu z decyzji."},
    "en": {"name": "Fulfilment as accepted", "definition": "Time accepted as a share of the time granted."},
}


@contextmanager
def edited(monkeypatch: pytest.MonkeyPatch, folder: Path, edit: Callable[[Any], None]) -> Iterator[None]:
    """The dictionary with an edit of its file."""
    raw = json.loads(reading.FILE.read_text("utf-8"))
    edit(raw)
    file = folder / "indicators.json"
    file.write_text(json.dumps(raw), "utf-8")
    monkeypatch.setattr(reading, "FILE", file)
    dictionary.cache_clear()
    yield
    dictionary.cache_clear()


def fulfilment_anew(valid_from: str) -> Callable[[Any], None]:
    """From a month on fulfilment counts what was accepted, not what was delivered, and has another name."""

    def edit(raw: Any) -> None:
        raw["edition"] += 1
        rows = raw["indicators"]
        place = next(at for at, row in enumerate(rows) if row["code"] == CODE)
        later = {**rows[place], "version": 2, "edition": raw["edition"], "valid_from": valid_from}
        for language, words in WORDS.items():
            later[language] = {**rows[place][language], **words}
        rows.insert(place + 1, later)

    return edit


def count_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector of the second edition: it counts both versions, and the push takes the one in force."""

    def collect(month: Month) -> Collected:
        found = collect_month(month)
        accepted = {one.service: one for one in found.figures if one.indicator == "care_hours_accepted"}
        anew = tuple(
            replace(one, version=2, numerator=accepted[one.service].numerator)
            for one in found.figures
            if one.indicator == CODE
        )
        return replace(found, figures=found.figures + anew)

    monkeypatch.setattr(pushing, "collect_month", collect)
