"""Several statements sent at once: a month is read in a few trips to the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Rows = Sequence[tuple[Any, ...]]


def fetch(*statements: str, **parameters: Any) -> list[Rows]:
    """The rows of each statement that has any, in order; all share the named parameters.

    Raises nothing of its own: an error of one statement is the error of the whole.
    """
    named: Mapping[str, Any] = parameters
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(statements), named)
        found: list[Rows] = []
        while True:
            if cursor.description is not None:
                found.append(cursor.fetchall())
            if not cursor.nextset():
                return found
