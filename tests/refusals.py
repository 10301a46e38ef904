"""Refusals that no test reaches: every place in the product that makes one, less those that a run of the tests came to.

Loaded as a plugin. A run of all tests fails where such a place is left, and names it; a run of some tests says nothing.
To know what parts leave, let each write what it reached into one folder, and ask:

    mkdir reached; REFUSALS=$PWD/reached make test TESTS=tests/reporting/care; .venv/bin/python -m tests.refusals reached

A place counts as reached where a refusal was made there, through a page or not; one that nothing can reach is taken away.
"""

import ast
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("platform", "tenants", "contracting", "reporting")
KINDS = frozenset({"DomainError", "Conflict", "NotAllowed"})
BROWSER_TESTS = "tests/browser/"

# Where refusals were made, as `file:line`: by this process, and by the workers that ended well.
_SEEN = pytest.StashKey[set[str]]()
_LOST = pytest.StashKey[list[str]]()
_TOLD = pytest.StashKey[list[str]]()

# Options of pytest that leave tests out.
_NARROWING = (
    "keyword",
    "markexpr",
    "deselect",
    "ignore",
    "ignore_glob",
    "lf",
    "stepwise",
    "maxfail",
    "collectonly",
)


def places(root: Path = ROOT) -> Iterator[tuple[str, int, int, str]]:
    """File, first and last line, and the code (or what stands in its place) of every refusal that is made."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                    said = ast.unparse(node.args[0]) if node.args else ""
                    yield str(path.relative_to(root)), node.lineno, node.end_lineno or node.lineno, said


def unreached(seen: Iterable[str], root: Path = ROOT) -> list[str]:
    """The places, as `file:line code`, that are not among the `file:line` at which refusals were made."""
    lines: dict[str, set[int]] = {}
    for where in seen:
        name, _colon, number = where.rpartition(":")
        if Path(name).is_relative_to(root):
            lines.setdefault(str(Path(name).relative_to(root)), set()).add(int(number))
    return [
        f"{name}:{first} {said}"
        for name, first, last, said in places(root)
        if not lines.get(name, set()) & set(range(first, last + 1))
    ]


def watch(seen: set[str]) -> None:
    """From now on every refusal that this process makes is noted."""
    from kernel.errors import DomainError

    make, home = DomainError.__init__, str(sys.modules[DomainError.__module__].__file__)

    def note(error: Any, *args: Any, **kwargs: Any) -> None:
        frame: FrameType | None = sys._getframe(1)
        # A kind of refusal asks its parent from the file in which both are written.
        while frame is not None and frame.f_code.co_filename == home:
            frame = frame.f_back
        if frame is not None:
            seen.add(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        make(error, *args, **kwargs)

    DomainError.__init__ = note  # type: ignore[method-assign]


def is_whole(config: pytest.Config) -> bool:
    """Whether the run is of all tests: none chosen by name or folder, none left out."""
    asked = {(config.rootpath / name).resolve() for name in config.args}
    everything = {config.rootpath, *(config.rootpath / name for name in config.getini("testpaths"))}
    return asked <= everything and not any(config.getoption(name, None) for name in _NARROWING)


def pytest_sessionstart(session: pytest.Session) -> None:
    seen: set[str] = set()
    session.config.stash[_SEEN], session.config.stash[_LOST], session.config.stash[_TOLD] = seen, [], []
    watch(seen)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A worker ended and brings what it saw; one that crashed brings nothing."""
    found = getattr(node, "workeroutput", {}).get("refusals")
    if error or found is None:
        node.config.stash[_LOST].append(str(node.gateway.id))
    else:
        node.config.stash[_SEEN].update(found)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    config = session.config
    seen = config.stash[_SEEN]
    if folder := os.environ.get("REFUSALS"):
        (Path(folder) / f"{os.getpid()}.txt").write_text("\n".join(sorted(seen)), "utf-8")
    if hasattr(config, "workeroutput"):
        config.workeroutput["refusals"] = sorted(seen)
    elif is_whole(config) and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        if why_not := _obstacle(config):
            config.stash[_TOLD].append(f"not judged: {why_not}")
        elif left := unreached(seen, config.rootpath):
            config.stash[_TOLD].extend(["no test reaches these; write one, or take the refusal away:", *left])
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _obstacle(config: pytest.Config) -> str:
    """Why what was reached is not all that the tests reach; empty where it is."""
    if lost := config.stash[_LOST]:
        return f"what {', '.join(lost)} saw is lost, as the worker crashed"
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    skipped = [] if reporter is None else reporter.stats.get("skipped", [])
    if any(report.nodeid.startswith(BROWSER_TESTS) for report in skipped):
        return "tests in a browser were skipped, and some refusals are reached there alone"
    return ""


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    told = config.stash[_TOLD]
    if told:
        terminalreporter.section("refusals")
        terminalreporter.write_line("\n".join(told))


if __name__ == "__main__":
    written = (part.read_text("utf-8").split() for part in Path(sys.argv[1]).rglob("*.txt"))
    missing = unreached({where for part in written for where in part})
    print("\n".join(missing) or "Every refusal is reached.")
    sys.exit(bool(missing))
