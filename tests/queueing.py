"""What a queue would have been given (ids, and the schema the work is for), and a mail server that is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.test import override_settings

from kernel.tenancy import current_schema


def remember_queued(monkeypatch: pytest.MonkeyPatch, task: Any) -> list[tuple[str, str]]:
    """Let the queue take nothing; gives a list that grows by (id, schema) with each task sent."""
    taken: list[tuple[str, str]] = []

    def take(*, args: list[str], headers: dict[str, str] | None = None, **_options: Any) -> None:
        # Sent from within a tenant, Celery itself adds the header of the schema at hand.
        taken.append((args[0], (headers or {}).get("_schema_name") or current_schema()))

    monkeypatch.setattr(task, "apply_async", take)
    return taken


@contextmanager
def done_at_once(task: Any) -> Iterator[None]:
    """A worker does what the task is handed at once, in the tenant at hand."""

    def do(*, args: list[str], **_options: Any) -> None:
        task.apply(args=args, throw=True)

    with mock.patch.object(task, "apply_async", do):
        yield


@contextmanager
def mail_server_away() -> Iterator[None]:
    """Mail goes to a port where nobody listens: sending it raises ConnectionRefusedError."""
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=1,
        EMAIL_TIMEOUT=5,
    ):
        yield
