"""What the product's own code never does, read from its syntax: shells, patterns and dice made of what people type."""

import ast
from collections import Counter
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
_WATCHED = {"os", "re", "subprocess"}
_LOOKUPS = ("__regex", "__iregex")
_ORDERING = {"len", "sorted"}
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


def _is_fixed(value: ast.AST, constants: set[str]) -> bool:
    """Whether a value is made of what is written in the source: it names only such texts, and what is escaped."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "re.escape":
        return True
    if isinstance(value, ast.Name):
        return value.id in constants | _ORDERING
    return all(_is_fixed(part, constants) for part in ast.iter_child_nodes(value))


def _given(module: ast.Module) -> Counter[str]:
    """How often the module gives each name a value, as a parameter too."""
    found: Counter[str] = Counter()
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found[node.id] += 1
        elif isinstance(node, ast.arg):
            found[node.arg] += 1
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
    return found


def _constants(module: ast.Module) -> set[str]:
    """Names that the module gives once, at its top, to what is written there, and variables of loops over such only."""
    given, names = _given(module), set[str]()
    for node in module.body:
        if isinstance(node, ast.Assign) and _is_fixed(node.value, names):
            names |= {
                one.id
                for one in node.targets
                if isinstance(one, ast.Name) and one.id.isupper() and given[one.id] == 1
            }
    looped = Counter(
        one.id
        for node in ast.walk(module)
        if isinstance(node, ast.comprehension) and isinstance(node.iter, ast.Name) and node.iter.id in names
        for one in ast.walk(node.target)
        if isinstance(one, ast.Name)
    )
    return names | {name for name, times in looped.items() if given[name] == times}


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


def _under_another_name(module: ast.Module) -> list[int]:
    """Where a function of the watched modules gets a name by which nobody here would find it."""
    return [
        node.lineno
        for node in ast.walk(module)
        if (isinstance(node, ast.ImportFrom) and not node.level and node.module in _WATCHED)
        or (isinstance(node, ast.Import) and any(one.asname and one.name in _WATCHED for one in node.names))
    ]


def _made_patterns(module: ast.Module) -> list[int]:
    fixed = _constants(module)
    return [
        call.lineno
        for called, call in _calls(module, "re")
        if called in _PATTERNS and not (call.args and _is_fixed(call.args[0], fixed))
    ]


def _searches(module: ast.Module, fixed: set[str]) -> list[int]:
    """Where the database is given a pattern that is not written there, or a lookup by pattern stands in a text."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.keyword):
            if str(node.arg).endswith(_LOOKUPS) and not _is_fixed(node.value, fixed):
                found.append(node.lineno)
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) and node.value.endswith(_LOOKUPS):
                found.append(node.lineno)
        elif isinstance(node, ast.ImportFrom):
            if {one.name for one in node.names} & {"Regex", "IRegex"}:
                found.append(node.lineno)
        elif isinstance(node, ast.Attribute) and node.attr in {"Regex", "IRegex"}:
            found.append(node.lineno)
    return found


def test_watched_modules_are_called_by_their_names(sources: dict[str, ast.Module]) -> None:
    assert {name: found for name, module in sources.items() if (found := _under_another_name(module))} == {}


def test_no_pattern_is_made_of_what_people_type(sources: dict[str, ast.Module]) -> None:
    assert {name: found for name, module in sources.items() if (found := _made_patterns(module))} == {}


def test_no_search_hands_a_pattern_to_the_database(sources: dict[str, ast.Module]) -> None:
    """Constraints of models compare with fixed patterns; nobody else does."""
    shared = _constants(sources["tenants/rules/slugs.py"]) & {"SLUG_PATTERN"}
    assert shared
    assert {name: found for name, module in sources.items() if (found := _searches(module, shared))} == {}


@pytest.mark.parametrize(
    ("source", "is_fine"),
    [
        ('A = "x"\nre.search(rf"{A}+" + re.escape(typed), text)', True),
        ('A = (("x", 1),)\n[m for m, _n in A if re.search(m, text)]', True),
        ('A = "x y"\nre.compile("|".join(sorted(A.split(), key=len)))', True),
        ("A = request.GET['q']\nre.search(A, text)", False),
        ('A = "x"\nA += typed\nre.search(A, text)', False),
        ('A = "x"\ndef f(A): re.search(A, text)', False),
        ('A = ("x",)\n[m for m in A]\ndef f(m): re.search(m, text)', False),
        ('re.compile("|".join(typed))', False),
        ("A = load()\nre.compile(A)", False),
        ("re.sub(escape(typed), '', text)", False),
        ("re.search(pattern=typed, string=text)", False),
        ("from re import search", False),
        ("import subprocess as s", False),
        ("from os import system", False),
        ('Q(name__regex="^x$")', True),
        ("Q(name__regex=typed)", False),
        ('Q(("name__iregex", typed))', False),
        ('filter(**{f"{field}__regex": typed})', False),
        ("from django.db.models.lookups import Regex", False),
    ],
)
def test_what_would_be_found(source: str, is_fine: bool) -> None:
    module = ast.parse(source)
    assert is_fine is not any((_under_another_name(module), _made_patterns(module), _searches(module, set())))


def test_what_must_not_be_guessed_comes_from_the_system(sources: dict[str, ast.Module]) -> None:
    """Dice that can be foretold are thrown for invented people only."""
    dice = {name for name, module in sources.items() if "random" in _imported(module)}
    assert {name for name in dice if not name.startswith("reporting/demo/")} == set()
    assert any("secrets" in _imported(module) for module in sources.values())
