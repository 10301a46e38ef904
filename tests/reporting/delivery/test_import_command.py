"""`manage.py import_diary`: exit codes and JSON, all or nothing, the same file twice."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from kernel.tenancy import connection, tenant_scope
from reporting.delivery.models import Visit
from tenants.models import Tenant
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary
from tests.reporting.delivery.test_imports import line

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    return build_diary(alfa)


def run(
    capsys: pytest.CaptureFixture[str],
    world: DiaryWorld,
    file: Path,
    tenant: str = "alfa",
    contract: str = "",
) -> tuple[int, Any]:
    """(exit code, answer) of the command."""
    code = 0
    try:
        call_command(
            "import_diary", "--tenant", tenant, "--contract", contract or world.contract.number, str(file)
        )
    except SystemExit as left:
        code = int(left.code or 0)
    assert connection.schema_name == "public"
    return code, json.loads(capsys.readouterr().out)


def count(world: DiaryWorld) -> int:
    with tenant_scope(world.tenant):
        return int(Visit.objects.count())


def test_counts_and_the_same_file_twice(
    world: DiaryWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "october.csv"
    file.write_bytes(csv_file([line(world), line(world, date="2024-10-08", worker="zięba anna")]))
    assert run(capsys, world, file) == (0, {"rows": 2, "added": 2, "present": 0})
    assert run(capsys, world, file) == (0, {"rows": 2, "added": 0, "present": 2})
    with tenant_scope(world.tenant):
        assert set(Visit.objects.values_list("source", "entered_by")) == {("command", None)}


def test_refused_rows_are_listed_and_nothing_is_saved(
    world: DiaryWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "october.csv"
    file.write_bytes(csv_file([line(world), line(world, decision_number="D/0"), line(world, date="x")]))
    code, answer = run(capsys, world, file)
    assert code == 2
    assert [(each["row"], each["column"], each["value"], each["code"]) for each in answer["refused"]] == [
        (3, "decision_number", "D/0", "unknown_decision"),
        (4, "date", "x", "date_format"),
    ]
    assert all(each["reason"] for each in answer["refused"])
    assert count(world) == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"tenant": "nowhere"}, "unknown_tenant"),
        ({"contract": "U/0"}, "unknown_contract"),
        ({"file": "missing.csv"}, "unreadable_file"),
    ],
)
def test_what_is_not_there_is_named(
    world: DiaryWorld,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    code: str,
) -> None:
    file = tmp_path / changed.pop("file", "october.csv")
    if file.name == "october.csv":
        file.write_bytes(csv_file([line(world)]))
    exit_code, answer = run(capsys, world, file, **changed)
    assert (exit_code, answer["refused"][0]["code"]) == (2, code)
    assert count(world) == 0


def test_a_file_that_is_no_table_is_refused_whole(
    world: DiaryWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "photo.csv"
    file.write_bytes(b"\x89PNG\r\n")
    code, answer = run(capsys, world, file)
    assert (code, answer["refused"][0]["code"], answer["refused"][0]["row"]) == (2, "not_a_table", None)


def test_a_visit_after_the_last_day_of_work_is_refused_and_one_on_it_is_not(
    world: DiaryWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tenant_scope(world.tenant):
        type(world.anna).objects.filter(pk=world.anna.pk).update(active=False, ended_on="2024-10-07")
    file = tmp_path / "october.csv"
    file.write_bytes(csv_file([line(world), line(world, date="2024-10-08")]))
    code, answer = run(capsys, world, file)
    assert code == 2
    assert [(each["row"], each["code"]) for each in answer["refused"]] == [(3, "worker_gone")]
    assert "07.10.2024" in answer["refused"][0]["reason"]
    assert count(world) == 0


def test_a_visit_that_has_not_begun_is_taken_with_a_warning(
    world: DiaryWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The clock of this machine may be behind that of the system the visits come from; people are refused (web)."""
    file = tmp_path / "october.csv"
    rows = [line(world), line(world, date="2098-10-06"), line(world, date="2098-10-07", status="odwołana")]
    file.write_bytes(csv_file(rows))
    call_command("import_diary", "--tenant", "alfa", "--contract", world.contract.number, str(file))
    told = capsys.readouterr()
    assert json.loads(told.out) == {"rows": 3, "added": 3, "present": 0}
    [warning] = told.err.splitlines()
    assert "Wiersz 3 (2098-10-06)" in warning
    assert "jeszcze się nie zaczęła" in warning
    assert count(world) == 3
    # Nothing is added the second time, and there is nothing left to warn of.
    assert run(capsys, world, file) == (0, {"rows": 3, "added": 0, "present": 3})


def test_a_visit_ahead_hides_no_refusal_of_another_row(
    world: DiaryWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "october.csv"
    rows = [line(world, date="2098-10-06"), line(world, date="2098-10-07", worker="nobody")]
    file.write_bytes(csv_file(rows))
    code, answer = run(capsys, world, file)
    assert (code, [(each["row"], each["code"]) for each in answer["refused"]]) == (2, [(3, "unknown_worker")])
    assert count(world) == 0
