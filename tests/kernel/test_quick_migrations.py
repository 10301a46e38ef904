"""A row of new tables is rendered once: the statements and the models afterwards are those of Django's own way."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations import AddField, CreateModel, Migration, RunPython
from django.db.migrations.state import ProjectState

from kernel import quick_migrations
from tenants.provisioning import noted_statements
from tests.citus import not_on_shards

pytestmark = pytest.mark.django_db

_APP = "audit"
_ON_ONE_SERVER = not_on_shards("rows and tables of one transaction; tenants move when they are made")


def _key() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(primary_key=True))


def _to(name: str, **options: Any) -> models.Field:
    return models.ForeignKey(f"{_APP}.{name}", on_delete=models.CASCADE, **options)


def _fill(apps: Any, schema_editor: Any) -> None:
    """Needs what hangs together: the way back from a branch, and the deletion that goes along it."""
    tree, branch = apps.get_model(_APP, "ProbeTree"), apps.get_model(_APP, "ProbeBranch")
    oak = tree.objects.create(name="Dąb")
    branch.objects.create(tree=oak)
    assert oak.branches.count() == 1
    oak.delete()
    assert not branch.objects.exists()


class _Probe(Migration):
    operations = [
        CreateModel("ProbeTree", [_key(), ("name", models.CharField(max_length=20))]),
        CreateModel(
            "ProbeBranch",
            [_key(), ("tree", _to("ProbeTree", related_name="branches"))],
            options={"indexes": [models.Index(fields=["tree"], name="probe_branch_tree")]},
        ),
        AddField("ProbeTree", "crown", _to("ProbeBranch", null=True, related_name="crowned")),
        CreateModel(
            "ProbeLeaf",
            [_key(), ("branch", _to("ProbeBranch")), ("trees", models.ManyToManyField(f"{_APP}.ProbeTree"))],
        ),
        CreateModel("ProbeGall", [_key(), ("leaf", _to("ProbeLeaf")), ("on", _to("ProbeGall", null=True))]),
        RunPython(_fill),
    ]


def _run(apply: Callable[..., ProjectState]) -> tuple[list[str], dict[str, Any]]:
    """The statements, and every model afterwards: its columns and what points at it."""
    state = ProjectState()
    assert not state.apps.get_models()
    with noted_statements() as statements, connection.schema_editor(atomic=True) as editor:
        state = apply(_Probe("probe", _APP), state, editor)
    left = {
        model.__name__: (
            [field.column for field in model._meta.local_fields],
            sorted(relation.get_accessor_name() or "" for relation in model._meta.related_objects),
        )
        for model in state.apps.get_models()
    }
    for name in ("probegall", "probeleaf_trees", "probeleaf", "probebranch", "probetree"):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {_APP}_{name} CASCADE")
    return statements, left


@_ON_ONE_SERVER
def test_what_is_written_and_what_is_known_afterwards_is_djangos(in_alfa: Any) -> None:
    quick, ours = _run(quick_migrations._apply)
    slow, theirs = _run(quick_migrations._one_by_one)
    assert quick == slow
    assert ours == theirs
    assert {"ProbeTree", "ProbeGall"} <= ours.keys()


def test_the_site_migrates_so() -> None:
    assert Migration.apply is quick_migrations._apply


@_ON_ONE_SERVER
def test_a_row_is_rendered_once(in_alfa: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reloaded: list[list[str]] = []
    reload_models = ProjectState.reload_models

    def note(state: ProjectState, keys: list[tuple[str, str]], delay: bool = True) -> None:
        reloaded.append([name for _app, name in keys])
        reload_models(state, keys, delay)

    monkeypatch.setattr(ProjectState, "reload_models", note)
    _run(quick_migrations._apply)
    assert reloaded == [["probetree", "probebranch"], ["probeleaf", "probegall"]]
