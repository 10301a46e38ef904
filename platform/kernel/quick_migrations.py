"""Migrations that make many tables, without drawing up anew for each table all models that hang together with it.

After every CreateModel Django renders again whatever foreign keys lead to, and whatever leads there, and so on: where
nearly all tables know one another that is all of them, and the time grows with the square of their number. What a
CreateModel writes depends on its own model and its targets alone, so a row of them needs one rendering, of the models
as they are after the whole row; every other operation finds the same models as before.
"""

from collections.abc import Sequence
from copy import copy
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel, Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_one_by_one = Migration.apply


def _makes_a_table(operation: Operation) -> bool:
    return type(operation) is CreateModel


def _apply(
    self: Migration,
    project_state: ProjectState,
    schema_editor: BaseDatabaseSchemaEditor,
    collect_sql: bool = False,
) -> ProjectState:
    """As Migration.apply, with the same statements in the same order."""
    if collect_sql or not schema_editor.atomic_migration or "apps" not in vars(project_state):
        return _one_by_one(self, project_state, schema_editor, collect_sql)
    for makes_tables, row in groupby(self.operations, _makes_a_table):
        if makes_tables:
            _make_tables(list(row), self.app_label, project_state, schema_editor)
        else:
            part = copy(self)
            part.operations = list(row)  # type: ignore[misc]
            project_state = _one_by_one(part, project_state, schema_editor)
    return project_state


def _make_tables(
    row: Sequence[Operation],
    app_label: str,
    project_state: ProjectState,
    schema_editor: BaseDatabaseSchemaEditor,
) -> None:
    known = vars(project_state)
    # A state that has rendered no models notes new ones and renders none.
    rendered = known.pop("apps")
    try:
        for operation in row:
            operation.state_forwards(app_label, project_state)
    finally:
        known["apps"] = rendered
    made = [(app_label, operation.name_lower) for operation in row if isinstance(operation, CreateModel)]
    project_state.reload_models(made, delay=False)
    for operation in row:
        # CreateModel looks at the state that it leads to and not at the one that it comes from.
        operation.database_forwards(app_label, schema_editor, project_state, project_state)


def use_quick_migrations() -> None:
    """From now on, in this process."""
    Migration.apply = _apply  # type: ignore[method-assign]
