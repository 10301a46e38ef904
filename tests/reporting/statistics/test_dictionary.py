"""The dictionary: complete in both languages, readable by people and machines, and true to what is collected."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.periods import Month
from reporting.compliance.rules import Code
from reporting.statistics.dictionary import dictionary, read_dictionary, reading
from tenants.models import Organisation


def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(reading.FILE.read_text("utf-8"))
    return raw


def test_every_indicator_is_said_in_both_languages() -> None:
    for one in dictionary().indicators:
        for language in ("pl", "en"):
            words = one.words[language]
            assert words.name and words.definition.endswith(".") and words.numerator, one.code
        assert bool(one.words["pl"].denominator) == bool(one.words["en"].denominator), one.code
        assert one.words["pl"].name != one.words["en"].name, one.code
        assert one.source_fields and one.sources and one.topic in dictionary().topics, one.code
    names = [one.words["pl"].name for one in dictionary().indicators]
    assert len(names) == len(set(names))


def test_breakdowns_are_those_of_the_apps() -> None:
    by_code = {one.code: one for one in dictionary().indicators}
    deviations, forms = by_code["deviation_rate"].breakdown, by_code["providers"].breakdown
    assert deviations and set(deviations.categories) == set(Code)
    assert forms and set(forms.categories) == set(Organisation.LegalForm.values)


def test_a_version_ends_where_the_next_begins() -> None:
    raw = _raw()
    raw["edition"] = 2
    raw["indicators"].insert(1, {**raw["indicators"][0], "version": 2, "edition": 2, "valid_from": "2026-07"})
    known = read_dictionary(json.dumps(raw))
    first, second = known.versions("care_persons")
    assert (first.valid_to, second.valid_from, second.valid_to) == (Month(2026, 6), Month(2026, 7), None)
    assert [one.version for one in known.in_force(Month(2026, 6)) if one.code == "care_persons"] == [1]
    assert [one.version for one in known.in_force(Month(2026, 7)) if one.code == "care_persons"] == [2]
    assert known.version("care_persons", 1) == first


@pytest.mark.parametrize(
    "change", [{"version": 3}, {"edition": 9}, {"valid_from": "2011-01"}, {"period": "quarter"}]
)
def test_a_dictionary_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    raw = _raw()
    later = {**raw["indicators"][0], "version": 2, "valid_from": "2026-07", **change}
    raw["indicators"].insert(1, later)
    with pytest.raises(ValueError):
        read_dictionary(json.dumps(raw))


@pytest.mark.django_db
def test_anybody_reads_the_dictionary_in_both_languages(client: Client) -> None:
    address = reverse("statistics:indicators")
    told = client.get(address).content.decode()
    assert "Odchylenia na 100 decyzji" in told
    # Whence a figure comes is said in words; the fields themselves stand in the document for machines.
    assert "przyjęte miesiące umów" in told
    assert not [field for one in dictionary().indicators for field in one.source_fields if field in told]
    client.cookies["django_language"] = "en"
    assert "Deviations per 100 decisions" in client.get(address).content.decode()
    answer = client.get(reverse("statistics:indicators_json"))
    told = {(one["code"], one["version"]): one for one in answer.json()["indicators"]}
    assert answer["Content-Type"].startswith("application/json")
    assert set(told) == {(one.code, one.version) for one in dictionary().indicators}
    assert told["advice", 1]["breakdown"]["categories"]["legal"] == {"pl": "prawne", "en": "legal"}
