"""The system checks of what would break past one machine: they find it, and the product has nothing of it."""

from typing import Any

import pytest
from django.db import models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AlterField,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveConstraint,
    RemoveField,
    RenameField,
    RenameModel,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.loader import MigrationLoader

from kernel import checks
from tenants.models import Organisation


def test_the_product_has_nothing_that_would_break_on_a_node() -> None:
    assert checks.check_for_nodes(None) == checks.check_statements(None) == checks.check_expanding(None) == []


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        (models.BigAutoField(primary_key=True), "identity column"),
        (models.ForeignKey(Organisation, models.DO_NOTHING), "db_constraint=False"),
        (models.ForeignKey(Organisation, models.DO_NOTHING, db_constraint=False), ""),
        (models.IntegerField(), ""),
    ],
)
def test_a_field_that_would_break_is_found(field: Any, fault: str) -> None:
    told = checks._breaks_on_a_node(field)
    assert fault in told and bool(told) is bool(fault)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("CREATE INDEX a ON b (c); CREATE INDEX d ON b (e)", "several statements"),
        (["CREATE INDEX a ON b (c);", ("DELETE FROM b WHERE c = %s", [1])], ""),
        (["CREATE TRIGGER t BEFORE UPDATE ON b EXECUTE FUNCTION f()"], "a trigger"),
        ("", ""),
    ],
)
def test_statements_that_citus_does_not_take_are_found(sql: Any, fault: str) -> None:
    told = checks._cannot_be_sent(sql)
    assert fault in told and bool(told) is bool(fault)


_RULE = models.CheckConstraint(condition=models.Q(b__gt=0), name="b_counts")
_TEXT, _SHORT = models.TextField(), models.CharField(max_length=5)
_BEFORE = {"a": models.CharField(max_length=9, null=True), "b": models.IntegerField(db_default=0)}


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (AddField("m", "c", _TEXT), "neither null nor db_default"),
        (AddField("m", "c", models.TextField(default="")), "neither null nor db_default"),
        (AddField("m", "c", models.TextField(db_default="")), ""),
        (AddField("m", "c", models.TextField(null=True)), ""),
        (AddField("m", "c", models.ManyToManyField(Organisation)), ""),
        (CreateModel("n", [("id", models.UUIDField(primary_key=True))]), ""),
        (RemoveField("m", "a"), "takes away"),
        (DeleteModel("m"), "takes away"),
        (RenameField("m", "a", "c"), "renames"),
        (RenameModel("m", "n"), "renames"),
        (AlterField("m", "a", models.CharField(max_length=9)), "to be empty"),
        (AlterField("m", "a", models.CharField(max_length=5, null=True)), "shortens"),
        (AlterField("m", "a", models.CharField(max_length=19, null=True)), ""),
        (AlterField("m", "a", models.CharField(max_length=9, null=True, unique=True)), "unique"),
        (AlterField("m", "b", models.IntegerField()), "fills in"),
        (AlterField("m", "b", models.TextField(db_default="0")), "changes the kind"),
        (RunSQL(["SELECT 1", "ALTER TABLE m DROP COLUMN a"]), "DROP COLUMN"),
        (RunSQL("ALTER TABLE m RENAME a TO b"), "RENAME"),
        (RunSQL("ALTER TABLE m ALTER COLUMN a SET NOT NULL"), "SET NOT NULL"),
        (RunSQL("ALTER TABLE m ALTER a TYPE text"), "TYPE"),
        (RunSQL("ALTER TABLE m ADD COLUMN c integer NOT NULL"), "NOT NULL"),
        (RunSQL("ALTER TABLE m ADD COLUMN c integer NOT NULL DEFAULT 0"), ""),
        (RunSQL("ALTER TABLE m ADD COLUMN c integer DEFAULT 0 NOT NULL"), ""),
        (RunSQL([("INSERT INTO m (a) VALUES (%s)", ["TRUNCATE"])]), ""),
        (RunSQL("CREATE INDEX x ON m (a)"), ""),
        (RunSQL("CREATE UNIQUE INDEX x ON m (a)"), "UNIQUE INDEX"),
        (RunSQL("ALTER TABLE m ALTER COLUMN b DROP DEFAULT"), "DROP DEFAULT"),
        (RunSQL("ALTER TABLE m ADD CONSTRAINT x CHECK (b > 0)"), "ADD CONSTRAINT"),
        (RunSQL("ALTER TABLE m ADD UNIQUE (a)"), "ADD UNIQUE"),
        (RunSQL("ALTER TABLE m DROP CONSTRAINT x"), ""),
        (AddConstraint("m", _RULE), "adds the constraint b_counts"),
        (RemoveConstraint("m", "b_counts"), ""),
        (AlterUniqueTogether("m", {("a", "b")}), "unique together"),
        (AlterUniqueTogether("m", set()), ""),
    ],
)
def test_what_the_version_before_does_not_survive_is_found(operation: Any, fault: str) -> None:
    told = checks._breaks_what_runs(operation, _BEFORE)
    assert fault in told and bool(told) is bool(fault), told


def _loaded(monkeypatch: pytest.MonkeyPatch, *operations: Any, **told: Any) -> None:
    """A next migration of an app of tenants on disk."""
    real = MigrationLoader.load_disk

    def load(loader: MigrationLoader) -> None:
        real(loader)
        made = type("Migration", (Migration,), {"dependencies": [("care", "0001_initial")], **told})
        one = made("0002_next", "care")
        one.operations = list(operations)
        loader.disk_migrations["care", "0002_next"] = one

    monkeypatch.setattr(MigrationLoader, "load_disk", load)


def test_a_next_migration_that_takes_away_is_refused_however_deep_unless_it_says_since_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deep = SeparateDatabaseAndState(
        [SeparateDatabaseAndState([RunSQL("DROP TABLE care_decision; SELECT 1")])]
    )
    _loaded(monkeypatch, RemoveField("Person", "birth_year"), deep, AlterField("Person", "code", _SHORT))
    found = checks.check_expanding(None)
    assert [one.id for one in found] == ["kernel.E004"] * 3
    assert [one.msg.startswith("care.0002_next: ") for one in found] == [True] * 3
    assert [one.id for one in checks.check_statements(None)] == ["kernel.E003"]
    _loaded(monkeypatch, RemoveField("Person", "birth_year"), unused_since="2026.4")
    assert checks.check_expanding(None) == []
    _loaded(monkeypatch, AddConstraint("Person", _RULE), AlterUniqueTogether("Person", {("code", "surname")}))
    assert [one.id for one in checks.check_expanding(None)] == ["kernel.E004"] * 2
    new = CreateModel("Next", [("b", models.IntegerField(primary_key=True))])
    _loaded(monkeypatch, new, AddConstraint("Next", _RULE), AddField("Next", "c", _TEXT))
    assert checks.check_expanding(None) == []
    only_state = SeparateDatabaseAndState(state_operations=[RemoveField("Person", "birth_year")])
    _loaded(monkeypatch, only_state)
    assert checks.check_expanding(None) == []
