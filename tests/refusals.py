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
# What tests say that were skipped for want of something without which some refusals cannot be made.
WANTING = ("no Chromium on this machine", "clamd is not installed", "nobody here may make a role")

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


def _kinds(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Names of the classes that come from DomainError, however far."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {one.name: {ast.unparse(base).rpartition(".")[2] for base in one.bases} for one in classes}
    kinds = {"DomainError"}
    while more := {name for name, parents in bases.items() if parents & kinds} - kinds:
        kinds |= more
    return frozenset(kinds)


def _kind_of(call: ast.Call) -> str:
    """The class that the call names: `TooLate(…)`, `errors.TooLate(…)`, `FileRefusal.because(…)`."""
    made = call.func
    if isinstance(made, ast.Attribute):
        inner = made.value
        if made.attr[:1].isupper() or not isinstance(inner, ast.Name):
            return made.attr
        made = inner
    return made.id if isinstance(made, ast.Name) else ""


def places(root: Path = ROOT) -> Iterator[tuple[str, int, int, str]]:
    """File, first and last line, and the code (or what stands in its place) of every refusal that is made."""
    paths = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in paths}
    kinds = _kinds(trees.values())
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _kind_of(node) in kinds:
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

    make = DomainError.__init__

    def note(error: Any, *args: Any, **kwargs: Any) -> None:
        frame: FrameType | None = sys._getframe(1)
        # Out of what the class itself is made by: its own __init__, and class methods such as `because`.
        while frame is not None and _is_made_by(frame, error):
            frame = frame.f_back
        if frame is not None:
            seen.add(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        make(error, *args, **kwargs)

    DomainError.__init__ = note  # type: ignore[method-assign]


def _is_made_by(frame: FrameType, error: Any) -> bool:
    code = frame.f_code
    first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    return first is error or first is type(error)


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
        left = unreached(seen, config.rootpath)
        if left and (why_not := _obstacle(config)):
            config.stash[_TOLD].extend([f"not judged: {why_not}. Not reached here:", *left])
        elif left:
            config.stash[_TOLD].extend(["no test reaches these; write one, or take the refusal away:", *left])
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _obstacle(config: pytest.Config) -> str:
    """Why what was reached is not all that the tests reach; empty where it is."""
    if lost := config.stash[_LOST]:
        return f"what {', '.join(lost)} saw is lost, as the worker crashed"
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    skipped = [] if reporter is None else reporter.stats.get("skipped", [])
    said = {why for why in WANTING for report in skipped if why in str(report.longrepr)}
    if said:
        return f"tests were skipped ({'; '.join(sorted(said))}), and some refusals are reached there alone"
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
