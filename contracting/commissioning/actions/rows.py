"""Rows that belong to a cycle, saved together as a form shows them: changed, added and removed in one go."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Cycle
from kernel.errors import DomainError, Problem
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

# A row as a form gives it: its fields, "id" where it is stored already, "row" its number on the page.
Line = dict[str, Any]


def rows_stamp(cycle: Cycle, model: type[models.Model], fields: Sequence[str]) -> str:
    """The stamp of the cycle's rows of one kind as they stand."""
    return stamp_of(_as_values(_stored(cycle, model), fields))


def write_rows(
    cycle: Cycle, model: type[models.Model], fields: Sequence[str], lines: Sequence[Line], *, seen: str | None
) -> dict[str, Any]:
    """Make the cycle's rows of one kind be these lines: those with an id are changed, others added, absent ones go.

    Runs in the caller's transaction, which holds the lock of the cycle (`require_open_step`) and writes the audit
    line. Returns {"before", "after"} of what changed, by id; empty where nothing did. Raises Conflict, and DomainError
    `invalid` with the problems of every row, each beginning with the number of its row.
    """
    stored = _stored(cycle, model)
    before = _as_values(stored, fields)
    require_unchanged(seen, stamp_of(before))
    known = {str(row.pk): row for row in stored}
    kept = {str(line["id"]) for line in lines if line.get("id")}
    if unknown := kept - known.keys():
        raise DomainError(
            "row_gone",
            _(
                "A row was removed by somebody else meanwhile. Load the page anew and enter the change once more."
            ),
            value=", ".join(sorted(unknown)),
        )
    _remove([row for pk, row in known.items() if pk not in kept])
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        row = known[str(line["id"])] if line.get("id") else model(cycle=cycle)
        for field in fields:
            setattr(row, field, line[field])
        problems += _save(row, line.get("row", number))
    if problems:
        raise DomainError("invalid", _("Nothing was saved: correct what is marked."), problems=problems)
    after = _as_values(_stored(cycle, model), fields)
    changed = {pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)}
    if not changed:
        return {}
    return {
        "before": {pk: before[pk] for pk in sorted(changed & before.keys())},
        "after": {pk: after[pk] for pk in sorted(changed & after.keys())},
    }


def _stored(cycle: Cycle, model: type[models.Model]) -> list[Any]:
    return list(model._default_manager.filter(cycle=cycle))


def _as_values(rows: Sequence[Any], fields: Sequence[str]) -> dict[str, dict[str, Any]]:
    names = {field: row._meta.get_field(field).attname for row in rows[:1] for field in fields}
    return {str(row.pk): {field: getattr(row, names[field]) for field in fields} for row in rows}


def _remove(rows: Sequence[Any]) -> None:
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError as error:
            raise DomainError(
                "row_in_use",
                _("“%(row)s” cannot be removed: something else in the cycle rests on it. Change that first.")
                % {"row": row},
                value=row,
            ) from error


def _save(row: Any, number: int) -> list[Problem]:
    try:
        require_valid(row, exclude=["cycle"])
    except DomainError as error:
        return [
            Problem(
                problem.code,
                _("Row %(number)s: %(problem)s") % {"number": number, "problem": problem.message},
                problem.field,
                problem.value,
            )
            for problem in error.problems
        ]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        twice = _("Row %(number)s: another row says the same already.") % {"number": number}
        return [Problem("row_twice", twice)]
    return []
