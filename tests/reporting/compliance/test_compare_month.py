"""The command that prints a month: its document, its bytes, its refusals."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kernel.tenancy import current_schema
from tenants.models import Tenant
from tests.reporting.compliance.closing_world import build_world


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("compare_month", *arguments, stdout=out)
    return out.getvalue()


def test_the_document(alfa: Tenant) -> None:
    world = build_world(alfa)
    document = json.loads(printed("--tenant", "alfa", "--month", "2026-10", "--format", "json"))
    assert list(document) == ["tenant", "month", "decisions", "contracts"]
    assert (document["tenant"], document["month"]) == ("alfa", "2026-10")
    clean, over = document["decisions"]
    assert clean == {
        "number": world.clean.number,
        "granted_minutes": 120,
        "delivered_minutes": 120,
        "fulfilment_percent": 100.0,
        "deviations": [],
    }
    assert over["fulfilment_percent"] == 175.0
    assert [one["code"] for one in over["deviations"]] == ["D4", "D4", "D4", "H1"]
    assert over["deviations"][0] == {
        "code": "D4",
        "visit": None,
        "other": None,
        "slot": {"date": "2026-10-12", "start": "10:00"},
        "activities": None,
        "minutes": None,
    }
    assert over["deviations"][3]["minutes"] == 90
    assert document["contracts"] == [
        {"number": world.contract.number, "delivered_minutes": 330, "deviations": []}
    ]
    assert current_schema() == "public"


def test_the_same_data_give_the_same_bytes(alfa: Tenant) -> None:
    build_world(alfa)
    arguments = ("--tenant", "alfa", "--month", "2026-10")
    assert printed(*arguments) == printed(*arguments)


def test_a_month_without_anything(beta: Tenant) -> None:
    document = json.loads(printed("--tenant", "beta", "--month", "2026-10"))
    assert document == {"tenant": "beta", "month": "2026-10", "decisions": [], "contracts": []}


@pytest.mark.parametrize(
    ("tenant", "month", "told"),
    [
        ("gamma", "2026-10", "gamma"),
        ("alfa", "2026-13", "2026-13"),
        ("alfa", "10.2026", "10.2026"),
        ("alfa", "9999-12", "9999-12"),
        ("alfa", "", "“”"),
    ],
)
def test_refusals_name_the_value_and_exit_with_2(db: Any, tenant: str, month: str, told: str) -> None:
    with pytest.raises(CommandError) as refused:
        printed("--tenant", tenant, "--month", month)
    assert refused.value.returncode == 2
    assert told.strip("“”") in str(refused.value)
