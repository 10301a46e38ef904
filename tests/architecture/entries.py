"""The table of routes: how the arguments of each address are made, one file of `routes/` per app.

To add a route: write a line `"namespace:name": of(argument="attribute of Belongings")` into `ROWS` of the app's own file
in `routes/`, in the order of its urls. A new app takes a new file there, `routes/<app>.py` with a docstring and
`ROWS: dict[str, Entry]`; nothing else needs to be told, all files of the folder are read. If an argument names a kind
of thing the world does not have yet, make it in the app's own file `things/<app>.py`: its `things(made)` gives a
dictionary by name (older kinds stand in `Belongings` of `world.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

PERSONS = "personal data of many persons"
FIGURES = "figures, no person"
ONE_PERSON = "of one person"
OF_AN_ORGANISATION = "of an organisation, its offer or contract"


@dataclass(frozen=True)
class Entry:
    """How the arguments of a route are made: names of the address → attributes of Belongings.

    `open_to_all` are arguments of which somebody else's value need not be refused, with the reason; `status` is the
    answer to a GET of somebody who may enter, where it is neither 200 nor 302. `file` says of a route that hands out a
    file whether it holds PERSONS, many of them, or why it does not ask anew who takes it.
    """

    arguments: dict[str, str] = field(default_factory=dict)
    open_to_all: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    file: str = ""

    def kwargs(self, belongings: Any) -> dict[str, Any]:
        def value(name: str) -> Any:
            thing = getattr(belongings, name)
            return getattr(thing, "pk", thing)

        return {argument: value(name) for argument, name in self.arguments.items()}


def of(**arguments: str) -> Entry:
    """A page whose arguments are attributes of Belongings."""
    return Entry(arguments)


def file_of(what: str, **arguments: str) -> Entry:
    """A route that hands out a file: with PERSONS, or another word for what it holds."""
    return Entry(arguments, file=what)


def form_only(**arguments: str) -> Entry:
    """A route that takes POST and nothing else."""
    return Entry(arguments, status=405)


def of_tenant(**arguments: str) -> Entry:
    """A route of the operator that names a tenant by `pk`."""
    return Entry({"pk": "tenant", **arguments}, {"pk": "the operator sees every tenant"})


def _rows() -> Iterator[tuple[str, Entry, str]]:
    for file in sorted((Path(__file__).parent / "routes").glob("*.py")):
        for name, entry in import_module(f"tests.architecture.routes.{file.stem}").ROWS.items():
            yield name, entry, file.name


def read_table() -> dict[str, Entry]:
    """The rows of all files; a route that two of them name is refused."""
    table: dict[str, Entry] = {}
    homes: dict[str, str] = {}
    for name, entry, home in _rows():
        if name in homes:
            raise ValueError(f"{name} stands in routes/{homes[name]} and in routes/{home}: keep one.")
        table[name], homes[name] = entry, home
    return table
