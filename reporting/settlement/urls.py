"""Addresses under `/<tenant>/settlement/`."""

from typing import Any

app_name = "settlement"
urlpatterns: list[Any] = []
