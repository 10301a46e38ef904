"""Addresses under `/<tenant>/advice/`."""

from typing import Any

app_name = "advice"
urlpatterns: list[Any] = []
