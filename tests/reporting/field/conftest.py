"""The carer's world, with the clock of the server at noon of its Wednesday."""

import pytest

from tenants.models import Tenant
from tests.reporting.field.field_world import NOW, FieldWorld, build_field


@pytest.fixture
def world(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> FieldWorld:
    made = build_field(alfa)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return made
