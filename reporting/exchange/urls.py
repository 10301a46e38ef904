"""Addresses under `/<tenant>/api/`."""

from typing import Any

app_name = "exchange"
urlpatterns: list[Any] = []
