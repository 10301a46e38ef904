"""What the product's own code never does, read from its syntax: shells, patterns and dice made of what people type."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.ROOT
# Who starts processes: servers of this machine, backups by the operator, and the process that tells the metrics.
STARTERS = {
    "platform/kernel/backup/restoring.py",
    "platform/kernel/backup/server.py",
    "platform/kernel/backup/taking.py",
    "platform/kernel/embedded/bootstrap.py",
    "platform/kernel/embedded/launcher.py",
    "platform/kernel/embedded/places.py",
    "platform/kernel/embedded/postgres.py",
    "platform/kernel/embedded/processes.py",
    "platform/kernel/metrics_server.py",
    "reporting/demo/country/closing.py",
}
_PATTERNS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
_SHELLS = {"os": {"system", "popen"}, "subprocess": {"getoutput", "getstatusoutput"}}


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("platform", "tenants", "contracting", "reporting"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and "node_modules" not in name:
                yield name, ast.parse(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def sources() -> dict[str, ast.Module]:
    found = dict(_sources())
    assert len(found) > 500
    return found


def _calls(module: ast.Module, of: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of the functions of a module by its name."""
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == of
        ):
            yield node.func.attr, node


def _imported(module: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def _is_fixed(pattern: ast.expr, constants: set[str]) -> bool:
    """Whether a pattern is written in the source: a text, names of such texts, and what is escaped."""
    if isinstance(pattern, ast.Constant):
        return True
    if isinstance(pattern, ast.Name):
        return pattern.id in constants
    if isinstance(pattern, ast.BinOp):
        return _is_fixed(pattern.left, constants) and _is_fixed(pattern.right, constants)
    if isinstance(pattern, ast.JoinedStr):
        return all(_is_fixed(part, constants) for part in pattern.values)
    if isinstance(pattern, ast.FormattedValue):
        return _is_fixed(pattern.value, constants)
    return (
        isinstance(pattern, ast.Call)
        and isinstance(pattern.func, ast.Attribute)
        and pattern.func.attr == "escape"
    )


def _constants(module: ast.Module) -> set[str]:
    """Names that the module gives once, by assignment at its top or as the variable of a loop over such."""
    names = {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }
    for node in ast.walk(module):
        if isinstance(node, ast.comprehension) and isinstance(node.iter, ast.Name) and node.iter.id in names:
            names |= {one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)}
    return names


def test_processes_are_started_by_few_modules_and_never_through_a_shell(
    sources: dict[str, ast.Module],
) -> None:
    assert {name for name, module in sources.items() if "subprocess" in _imported(module)} == STARTERS
    shells = [
        (name, called)
        for name, module in sources.items()
        for of, wrong in _SHELLS.items()
        for called, call in _calls(module, of)
        if called in wrong or (called.startswith(("exec", "spawn")) and of == "os")
    ]
    told = [
        (name, node.lineno)
        for name, module in sources.items()
        for node in ast.walk(module)
        if isinstance(node, ast.keyword) and node.arg == "shell"
    ]
    assert (shells, told) == ([], [])


def test_no_pattern_is_made_of_what_people_type(sources: dict[str, ast.Module]) -> None:
    made = [
        (name, call.lineno)
        for name, module in sources.items()
        for called, call in _calls(module, "re")
        if called in _PATTERNS and not _is_fixed(call.args[0], _constants(module))
    ]
    assert made == []


def test_no_search_hands_a_pattern_to_the_database(sources: dict[str, ast.Module]) -> None:
    """Constraints of models compare with fixed patterns; nobody else does."""
    found = [
        (name, node.arg)
        for name, module in sources.items()
        for node in ast.walk(module)
        if isinstance(node, ast.keyword)
        and str(node.arg).endswith(("__regex", "__iregex"))
        and not _is_fixed(node.value, {"SLUG_PATTERN"})
    ]
    assert found == []


def test_what_must_not_be_guessed_comes_from_the_system(sources: dict[str, ast.Module]) -> None:
    """Dice that can be foretold are thrown for invented people only."""
    dice = {name for name, module in sources.items() if "random" in _imported(module)}
    assert {name for name in dice if not name.startswith("reporting/demo/")} == set()
    assert any("secrets" in _imported(module) for module in sources.values())
