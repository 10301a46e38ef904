"""Refusals that no test reaches: every place in the product that makes one, less those a run of the tests came to.

    mkdir reached; REFUSALS=$PWD/reached make test; .venv/bin/python -m tests.refusals reached

A place counts as reached where a refusal was made there, through a page or not; one that nothing can reach is taken away.
"""

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parent.parent
ROOMS = ("platform", "tenants", "contracting", "reporting")
KINDS = frozenset({"DomainError", "Conflict", "NotAllowed"})


def places() -> Iterator[tuple[str, int, int, str]]:
    """File, first and last line, and the code (or what stands in its place) of every refusal that is made."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                    said = ast.unparse(node.args[0]) if node.args else ""
                    yield str(path.relative_to(ROOT)), node.lineno, node.end_lineno or node.lineno, said


class Reached:
    """Notes where refusals are made while the tests run; each process writes what it saw into the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()

    def watch(self) -> None:
        """From now on every refusal is noted."""
        from kernel.errors import DomainError

        make, home = DomainError.__init__, home_of(DomainError)

        def note(error: Any, *args: Any, **kwargs: Any) -> None:
            frame: FrameType | None = sys._getframe(1)
            # A kind of refusal asks its parent from the file in which both are written.
            while frame is not None and frame.f_code.co_filename == home:
                frame = frame.f_back
            if frame is not None:
                self._seen.add(f"{frame.f_code.co_filename}:{frame.f_lineno}")
            make(error, *args, **kwargs)

        DomainError.__init__ = note  # type: ignore[method-assign]

    def write(self) -> None:
        (self._folder / f"{os.getpid()}.txt").write_text("\n".join(sorted(self._seen)), "utf-8")


def home_of(kind: type) -> str:
    """The file in which a class is written."""
    return str(sys.modules[kind.__module__].__file__)


def unreached(folder: Path) -> list[str]:
    """The places that no process came to, as `file:line code`."""
    seen: dict[str, set[int]] = {}
    for part in folder.glob("*.txt"):
        for line in part.read_text("utf-8").split():
            name, _colon, number = line.rpartition(":")
            if Path(name).is_relative_to(ROOT):
                seen.setdefault(str(Path(name).relative_to(ROOT)), set()).add(int(number))
    return [
        f"{name}:{first} {said}"
        for name, first, last, said in places()
        if not seen.get(name, set()) & set(range(first, last + 1))
    ]


if __name__ == "__main__":
    left = unreached(Path(sys.argv[1]))
    print("\n".join(left) or "Every refusal is reached.")
    sys.exit(bool(left))
