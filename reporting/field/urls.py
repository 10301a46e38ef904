"""Addresses under `/<tenant>/field/`."""

from typing import Any

app_name = "field"
urlpatterns: list[Any] = []
