"""The figures of the pilots' reports, as the pages of the demo show them."""

import re
from datetime import date
from typing import Any

import pytest

from contracting.commissioning.models import Cycle
from kernel.tenancy import tenant_scope
from reporting.demo.evaluation import add_evaluation
from tenants.models import Tenant
from tests.factories.people import signed_in_client


def shown(tenant: Tenant, slug: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of outcomes of the demo's pilot, loaded into a tenant of the tests, as text."""
    client = signed_in_client("director", tenant)
    with tenant_scope(tenant):
        monkeypatch.setattr(tenant, "slug", slug)
        add_evaluation(tenant, {"director": client.user}, date(2026, 11, 22))  # type: ignore[attr-defined]
        cycle: Any = Cycle.objects.get()
    page = client.get(f"/alfa/evaluation/cycles/{cycle.pk}/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.replace("\u00a0", " ").replace("\u202f", " ")))


def test_kolobrzeg_29_of_81(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    page = shown(alfa, "kolobrzeg", monkeypatch)
    assert "35,8 % (29 / 81)" in page
    assert "30,3 % (20 / 66)" in page and "22,7 % (15 / 66)" in page
    assert "83,4 % (83,36 zł / 100,00 zł)" in page and "−16,6 % wobec planu" in page
    assert page.count("✓ osiągnięty") == 4
    assert "Ewaluacja końcowa pilotażu" in page and "✓ zakończona" in page


def test_warsaw_activity(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "63,3 % (2046 / 3232)" in shown(alfa, "warszawa", monkeypatch).replace("2 046", "2046").replace(
        "3 232", "3232"
    )
