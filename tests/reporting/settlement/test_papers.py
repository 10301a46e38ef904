"""Corrections on the papers of the month that carries them: each opens the visit that it corrects, in its own month."""

from collections.abc import Callable
from datetime import date, time
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from tenants.models import Tenant
from tenants.roles import Role
from tests.reporting.settlement.test_late_and_closing import SHORTER, closed, late
from tests.reporting.settlement.test_settlement_pages import address, post
from tests.reporting.settlement.world import SettledWorld, accepted_world


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


def test_a_correction_opens_the_visit_that_it_corrects(
    world: SettledWorld, sign_in: Callable[..., Client]
) -> None:
    """November carries 30 minutes less of a visit of October, and a visit of October that nobody had entered."""
    accountant = sign_in(Role.ACCOUNTANT, world.tenant)
    closed(world)
    post(accountant, address(world, f"correct/{world.long.pk}/"), SHORTER)
    post(accountant, address(world, "late/"), late(world))
    carrier = f"/alfa/settlement/{world.contract.pk}/2026-11/"
    sheet = load_workbook(BytesIO(accountant.get(f"{carrier}xlsx/").content)).worksheets[2]
    head, *rows = sheet.iter_rows()
    assert [cell.value for cell in head][1:5] == [
        "Korygowana wizyta", "Początek", "Kod pracownika", "Korekta, min"
    ]  # fmt: skip
    by_number = {row[0].value: row for row in rows}
    code = world.worker.code
    shorter, added = (
        [cell.value for cell in by_number[one.number]][1:9] for one in (world.over, world.clean)
    )
    assert shorter[0].date() == date(2026, 10, 5) and added[0].date() == date(2026, 10, 12)
    assert shorter[1:] == [time(10), code, -30, 0, -30, 41.5, -20.75]
    assert added[1:4] == [time(9), code, 90]
    pdf = accountant.get(f"{carrier}pdf/").content
    for decision, place in ((world.over, f"visit-{world.long.pk}"), (world.clean, "corrections")):
        path = address(world, f"visits/{decision.pk}/")
        link = by_number[decision.number][9].hyperlink
        assert link.target.endswith(path) and link.location == place
        assert f'id="{place}"' in accountant.get(path).content.decode()
        assert f"{path}#{place}".encode() in pdf
    assert f"{carrier}visits/".encode() not in pdf
