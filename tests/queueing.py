"""What a queue would have been given: ids, and the schema the work is for."""

from typing import Any

import pytest

from kernel.tenancy import current_schema


def remember_queued(monkeypatch: pytest.MonkeyPatch, task: Any) -> list[tuple[str, str]]:
    """Let the queue take nothing; gives a list that grows by (id, schema) with each task sent."""
    taken: list[tuple[str, str]] = []

    def take(*, args: list[str], headers: dict[str, str] | None = None, **_options: Any) -> None:
        # Sent from within a tenant, Celery itself adds the header of the schema at hand.
        taken.append((args[0], (headers or {}).get("_schema_name") or current_schema()))

    monkeypatch.setattr(task, "apply_async", take)
    return taken
