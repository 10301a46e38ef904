"""What documents of security and operation name is there: files, tests, commands; every requirement stands once."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.ROOT
DOCS = ROOT / "platform" / "docs"
ROW = re.compile(r"^\| ([\d., ]+) \| (\w+) \| ([^|]+) \| `([^`]+)` \|$")
# How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has.
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16,
    17: 7,
}  # fmt: skip
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"manage\.py (\w+)|`(\w+_\w+)( --\w+)?`")


def _rows() -> list[tuple[list[str], str, str, str]]:
    lines = (DOCS / "security" / "asvs.md").read_text("utf-8").splitlines()
    told = [line for line in lines if line.startswith("| ") and line[2].isdigit()]
    found = [match for line in told if (match := ROW.match(line))]
    assert len(found) == len(told), [line for line in told if not ROW.match(line)]
    return [(match[1].split(", "), match[2], match[3], match[4]) for match in found]


def test_every_requirement_of_levels_1_and_2_stands_once() -> None:
    numbers = [number for given, *_rest in _rows() for number in given]
    assert [number for number, count in Counter(numbers).items() if count > 1] == []
    assert Counter(int(number.split(".")[0]) for number in numbers) == CHAPTERS


def test_every_row_has_a_state_words_and_a_place_that_is_there() -> None:
    for numbers, state, words, place in _rows():
        assert state in {"met", "partly", "not", "none"} and len(words) > 10, numbers
        path, _, name = place.partition("::")
        assert (ROOT / path).exists(), f"{numbers}: {path}"
        if name:
            assert f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{numbers}: {name}"


@pytest.mark.parametrize(
    "file", sorted(DOCS.glob("running/*.md")) + sorted(DOCS.glob("security/*.md")), ids=lambda file: file.name
)
def test_links_and_commands_of_a_document_are_there(file: Path) -> None:
    text = file.read_text("utf-8")
    assert [link for link in LINK.findall(text) if not (file.parent / link).exists()] == []
    ours = {
        path.stem for path in ROOT.glob("*/**/management/commands/*.py") if "site-packages" not in str(path)
    }
    assert set(re.findall(r"manage\.py (\w+)", text)) - ours == set()


def test_each_document_for_operators_is_in_the_list() -> None:
    told = (DOCS / "running" / "README.md").read_text("utf-8")
    assert {file.name for file in DOCS.glob("running/*.md")} - {"README.md"} <= set(LINK.findall(told))


def test_every_fault_names_a_test_that_is_there() -> None:
    lines = (DOCS / "faults.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| at work")]
    places = [re.search(r"`(tests/[^`]+)` \|$", row) for row in rows]
    assert rows and all(places), "each row ends with its test"
    for path, _, name in (place[1].partition("::") for place in places if place):
        assert (ROOT / path).is_file(), path
        assert not name or f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{path}: {name}"
