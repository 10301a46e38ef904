"""The demo's specialist payment: 30.00 zł × 20 h at 230 % of the criterion, on the page and in the files."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.demo.specialist import add_specialist
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory
from tests.factories.people import partner
from tests.reporting.settlement.test_settlement_pages import page

TODAY = date(2026, 11, 22)
# The fourth month before.
MONTH = Month(2026, 7)


@pytest.fixture
def clerk(alfa: Tenant, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> Client:
    organisation = partner(alfa)
    roles = (Role.DIRECTOR, Role.BENEFITS_WORKER)
    clients: dict[str, Any] = {role: sign_in(role, alfa) for role in roles}
    clients[Role.NGO_COORDINATOR] = sign_in(Role.NGO_COORDINATOR, alfa, organisation)
    with tenant_scope(alfa):
        ContractFactory(organisation=organisation)
        add_specialist(alfa, {}, TODAY)
        monkeypatch.setattr(alfa, "slug", "barlinek")
        add_specialist(alfa, {role: client.user for role, client in clients.items()}, TODAY)
    client: Client = clients[Role.BENEFITS_WORKER]
    return client


def test_alone_60_and_in_a_family_90_zloty(clerk: Client) -> None:
    told = page(clerk, f"/alfa/settlement/payments/?month={MONTH}")
    assert "30,00 zł × 10 % × 20 h = 60,00 zł" in told
    assert "30,00 zł × 15 % × 20 h = 90,00 zł" in told
    assert told.count("230,00 % kryterium") == 2 and "150,00 zł" in told
    content = clerk.get(f"/alfa/settlement/payments/{MONTH}/xlsx/").content
    payments, visits, _rules = load_workbook(BytesIO(content)).worksheets
    rows = [[cell.value for cell in row] for row in payments.iter_rows()]
    head = rows[0]
    due, percent = head.index("Do zapłaty, zł"), head.index("Procent ceny")
    assert [(row[percent], row[due]) for row in rows[1:]] == [(10, 60), (15, 90), (None, 150)]
    assert visits.max_row == 1 + 2 * 10
    assert clerk.get(f"/alfa/settlement/payments/{MONTH}/pdf/").content.startswith(b"%PDF")
