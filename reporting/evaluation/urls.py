"""Addresses under `/<tenant>/evaluation/`."""

from typing import Any

app_name = "evaluation"
urlpatterns: list[Any] = []
