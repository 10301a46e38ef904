"""Tests of crisis intervention stay inside the tenant that they entered, also after a request has left it."""

from typing import Any

import pytest
from django.test import Client

from kernel.tenancy import PUBLIC, connection


@pytest.fixture(autouse=True)
def _stay_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Client.request

    def return_to_the_tenant(client: Client, **request: Any) -> Any:
        before = connection.tenant
        try:
            return ask(client, **request)
        finally:
            if before is not None and before.schema_name != PUBLIC:
                connection.set_tenant(before)

    monkeypatch.setattr(Client, "request", return_to_the_tenant)
