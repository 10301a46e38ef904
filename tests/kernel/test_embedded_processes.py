"""Programs that the launcher starts and watches: stopped gently, then firmly; found after a crash; bounded restarts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel.embedded import supervisor
from kernel.embedded.faults import EmbeddedFault
from kernel.embedded.processes import Child, fault_of, lives, record, stop_recorded, wait_until
from kernel.embedded.supervisor import Signals, StopRequested, Watched

OBEDIENT = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    """`start(program)` runs the Python text as a child and waits for its first line."""
    begun: list[Child] = []

    def begin(program: str, name: str = "Program", wait: bool = True) -> Child:
        child = Child(
            name=name,
            command=[sys.executable, "-c", program],
            log=tmp_path / f"{name}-{len(begun)}.log",
            folder=tmp_path,
            environment=os.environ,
            stop_signals=((15, 0.3),),
        )
        child.start()
        begun.append(child)
        if wait:
            assert wait_until(lambda: child.log.stat().st_size > 0, 10)
        return child

    yield begin
    for child in begun:
        child.stop()


def test_an_obedient_program_is_stopped_gently(start) -> None:
    child = start(OBEDIENT)
    assert child.runs()
    assert child.stop() is True
    assert not child.runs()


def test_a_stubborn_program_is_ended(start) -> None:
    child = start(STUBBORN)
    assert child.stop() is False
    assert not child.runs()


def test_nothing_of_its_group_outlives_a_program(start) -> None:
    child = start(PARENT)
    grandchild = psutil.Process(int(child.log.read_text()))
    assert child.stop() is True
    assert wait_until(lambda: not lives(grandchild), 5)


def test_a_program_leads_a_session_so_that_ctrl_c_passes_it_by(start) -> None:
    child = start(OBEDIENT)
    assert os.getsid(child.pid) == child.pid != os.getsid(0)


def test_its_files_are_closed_to_others(start, tmp_path: Path) -> None:
    start("open('made', 'w'); print('up', flush=True)")
    assert (tmp_path / "made").stat().st_mode & 0o077 == 0


def test_a_program_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    child = Child("Web server", [str(tmp_path / "none")], tmp_path / "log", tmp_path, os.environ)
    with pytest.raises(EmbeddedFault, match="none cannot be used: No such file"):
        child.start()


def test_a_fault_quotes_the_last_line_and_names_the_log(start, tmp_path: Path) -> None:
    child = start("raise SystemExit('first\\nno such table')")
    assert str(fault_of(child, "stopped while starting", tmp_path)) == (
        "Program stopped while starting: no such table (more in Program-0.log)"
    )


def test_a_full_disk_is_named_as_such(start, tmp_path: Path) -> None:
    child = start("raise SystemExit('could not write: No space left on device')")
    assert "because the disk is full: free some space" in str(fault_of(child, "stopped", tmp_path))


def test_what_a_killed_launcher_left_is_found_and_stopped(start, tmp_path: Path) -> None:
    child, other = start(PARENT, "Worker"), start(OBEDIENT, "Not noted")
    grandchild = psutil.Process(int(child.log.read_text()))
    record(tmp_path / "processes.json", [child])
    assert stop_recorded(tmp_path / "processes.json", seconds=0.5) == ["Worker"]
    assert wait_until(lambda: not child.runs() and not lives(grandchild), 5)
    assert other.runs()
    assert not (tmp_path / "processes.json").exists()


def test_a_group_whose_leader_died_is_found_too(start, tmp_path: Path) -> None:
    child = start(PARENT, "Worker")
    grandchild = psutil.Process(int(child.log.read_text()))
    record(tmp_path / "processes.json", [child])
    child.process.kill()
    child.process.wait()
    assert stop_recorded(tmp_path / "processes.json", seconds=0.5) == ["Worker"]
    assert not lives(grandchild)


def test_a_number_that_is_a_strangers_by_now_is_left_alone(start, tmp_path: Path) -> None:
    stranger = start(OBEDIENT)
    path = tmp_path / "processes.json"
    path.write_text(json.dumps([{"name": "Worker", "pid": stranger.pid, "began": 1.0}]))
    assert stop_recorded(path) == []
    assert stranger.runs()


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"pid": "x"}]'])
def test_a_damaged_note_does_not_stop_a_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "processes.json").write_text(text)
    assert stop_recorded(tmp_path / "processes.json") == []


def test_a_program_that_ends_is_started_again_after_a_while(
    start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = start(OBEDIENT)
    watched = Watched("Worker", lambda: child, child.start)
    assert watched.keep_running(tmp_path) is False
    before = child.pid
    child.process.kill()
    child.process.wait()
    assert watched.keep_running(tmp_path) is False
    assert wait_until(lambda: watched.keep_running(tmp_path), 5)
    assert child.runs()
    assert child.pid != before
    assert capsys.readouterr().out == "Worker ended unexpectedly; it is started again (see Program-0.log).\n"


def test_a_program_that_keeps_ending_is_given_up(
    start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "MOST_ENDS", 1)
    child = start("raise SystemExit('no such module')")
    watched = Watched("Worker", lambda: child, child.start)
    with pytest.raises(EmbeddedFault, match="Program ended 2 times within 5 minutes: no such module"):
        wait_until(lambda: bool(watched.keep_running(tmp_path)) and False, 20)


def test_a_pause_ends_at_once_when_stopping_is_wished_for() -> None:
    signals = Signals()
    signals.pause(0)
    signals.requests = 1
    began = time.monotonic()
    with pytest.raises(StopRequested):
        signals.pause(30)
    assert time.monotonic() - began < 1


def test_a_zombie_does_not_count_as_alive() -> None:
    ended = subprocess.Popen(["true"])
    process = psutil.Process(ended.pid)
    assert wait_until(lambda: process.status() == psutil.STATUS_ZOMBIE, 5)
    assert not lives(process)
    ended.wait()
