"""Addresses under `/<tenant>/continuity/`."""

from typing import Any

app_name = "continuity"
urlpatterns: list[Any] = []
