"""Addresses under `/<tenant>/supervision/`."""

from typing import Any

app_name = "supervision"
urlpatterns: list[Any] = []
