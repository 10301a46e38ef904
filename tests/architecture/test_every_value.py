"""Every value of every choice of reporting is gone through by a test that comes in by a door, value by value."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db.models import TextChoices

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    *sorted(".".join(file.relative_to(ROOT).with_suffix("").parts) for file in ROOT.glob("tests/reporting/*/test_every_value.py")),
    "tests.reporting.continuity.test_radar",
    "tests.reporting.supervision.test_breaches",
]  # fmt: skip
# Values, or whole choices, that no test there is parametrised by, each with what shows them instead.
ELSEWHERE: dict[str, str] = {
    "field.PhoneEntry.State.late": "test_an_entry_that_was_added_late_says_so: another world",
}


def _values_of(given: Any) -> Iterator[TextChoices]:
    """The values of choices among what a test is parametrised by."""
    if isinstance(given, TextChoices):
        yield given
    elif isinstance(given, list | tuple):
        for one in given:
            yield from _values_of(one)


def _gone_through() -> set[tuple[type[TextChoices], str]]:
    found = set()
    for name in MODULES:
        for test in vars(import_module(name)).values():
            for mark in getattr(test, "pytestmark", []) if callable(test) else []:
                if mark.name == "parametrize":
                    found |= {(type(one), one.value) for one in _values_of(mark.args[1])}
    return found


def _left() -> Iterator[str]:
    """The choices of which no value is gone through, and the values of others that are not."""
    gone = _gone_through()
    for choices in TextChoices.__subclasses__():
        if choices.__module__.startswith("reporting."):
            name = f"{choices.__module__.split('.')[1]}.{choices.__qualname__}"
            left = [one.value for one in choices if (choices, one.value) not in gone]
            yield from [name] if len(left) == len(choices) else [f"{name}.{value}" for value in left]


def test_every_value_is_gone_through_or_shown_elsewhere() -> None:
    left = set(_left())
    assert sorted(left - set(ELSEWHERE)) == [], "go through these in a test_every_value.py"
    assert sorted(set(ELSEWHERE) - left) == [], "these are gone through: take them from the list"
