"""That a run of all tests fails where a refusal is reached by none, shown on a small project with a real pytest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = """
from kernel import errors
from kernel.errors import Conflict, DomainError

class Closed(Conflict):
    def __init__(self, message):
        super().__init__("closed", message)

class Unread(errors.DomainError):
    @classmethod
    def because(cls, code):
        return cls(code, "nie da się przeczytać")

def refuse(what):
    if what == "closed":
        raise Closed("zamknięte")
    if what == "unread":
        raise Unread.because("no_header")
    if what == "early":
        raise DomainError("too_early", "za wcześnie")
    if what == "late":
        raise Conflict(
            "too_late",
            "za późno",
        )
"""
TESTS = """
import os, runpy
from pathlib import Path
import pytest
from kernel.errors import DomainError

refuse = runpy.run_path(str(Path(__file__).parents[1] / "contracting" / "calls.py"))["refuse"]

def test_early():
    with pytest.raises(DomainError):
        refuse("early")

def test_other():
    refuse("other")
"""
LATE = """
def test_late():
    with pytest.raises(DomainError):
        refuse("late")
"""
CRASHES = """
def test_crashes():
    os._exit(1)
"""
NO_BROWSER = """
import pytest

def test_page():
    pytest.skip("no Chromium on this machine")
"""
KINDS = """
@pytest.mark.parametrize("what", ["closed", "unread"])
def test_kinds(what):
    with pytest.raises(DomainError):
        refuse(what)
"""
LEFT = (
    "contracting/calls.py:16 'zamknięte'",
    "contracting/calls.py:18 'no_header'",
    "contracting/calls.py:22 'too_late'",
)


def run(folder: Path, *options: str, tests: str = TESTS) -> tuple[int, str]:
    """Exit code and what is printed of a run over the small project."""
    for name, text in {
        "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["tests"]\naddopts = "--import-mode=importlib"\n',
        "platform/kernel/errors.py": (ROOT / "platform/kernel/errors.py").read_text("utf-8"),
        "contracting/calls.py": PRODUCT,
        "tests/test_calls.py": tests,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    quiet = ("-q", "-p", "xdist", "-p", "tests.refusals", "-p", "no:cacheprovider")
    paths = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    environment = {**os.environ, "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    for name in ("REFUSALS", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, *options],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("processes", ["-n0", "-n2"])
def test_a_whole_run_fails_by_what_is_left_and_names_it(tmp_path: Path, processes: str) -> None:
    code, told = run(tmp_path, processes)
    assert code == 1 and all(one in told for one in LEFT) and "2 passed" in told, told
    assert "too_early" not in told and told.count("contracting/calls.py:") == len(LEFT), told
    code, told = run(tmp_path, processes, tests=TESTS + LATE + KINDS)
    assert code == 0 and "calls.py" not in told, told


def test_a_run_of_some_tests_does_not_judge(tmp_path: Path) -> None:
    for some in (("tests/test_calls.py",), ("-k", "early")):
        code, told = run(tmp_path, "-n0", *some)
        assert code == 0 and "too_late" not in told, told


def test_what_was_not_all_run_is_not_judged_and_says_why(tmp_path: Path) -> None:
    code, told = run(tmp_path, "-n2", tests=TESTS + CRASHES)
    assert code == 1 and "not judged" in told and "the worker crashed" in told and LEFT[-1] in told, told
    (tmp_path / "tests" / "browser").mkdir()
    (tmp_path / "tests" / "browser" / "test_pages.py").write_text(NO_BROWSER, "utf-8")
    code, told = run(tmp_path, "-n0")
    assert code == 0 and "not judged: tests were skipped (no Chromium on this machine)" in told, told
    code, told = run(tmp_path, "-n0", tests=TESTS + LATE + KINDS)
    assert code == 0 and "not judged" not in told, told


def test_a_test_skipped_for_any_other_reason_is_no_excuse(tmp_path: Path) -> None:
    code, told = run(tmp_path, "-n0", tests=TESTS + 'def test_later():\n    pytest.skip("not yet")\n')
    assert code == 1 and LEFT[-1] in told, told
