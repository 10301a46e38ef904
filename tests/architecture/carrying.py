"""Carrying a form out with all that follows: the verb, what is done after its commit, and what the queue is handed."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

from celery.signals import before_task_publish
from django.conf import settings
from django.test import Client, TestCase

from tests.architecture.asking import TABLE, hands_out_a_file
from tests.architecture.filling import Form, corrected, faults_on
from tests.config import planted


@contextmanager
def handed_over() -> Iterator[list[str]]:
    """A list that grows by whatever is written to the queue: arguments and headers of each task."""
    told: list[str] = []

    def note(body: Any = None, headers: Any = None, **_told: Any) -> None:
        told.append(f"{headers} {body}")

    before_task_publish.connect(note)
    try:
        yield told
    finally:
        before_task_publish.disconnect(note)


@contextmanager
def signed_in_still(client: Client) -> Iterator[None]:
    """Whoever asks keeps the cookies, whatever that ends: undoing a transaction does not bring them back."""
    cookies = copy(client.cookies)
    yield
    client.cookies = cookies


@contextmanager
def files_kept() -> Iterator[None]:
    """What is removed of the files that are kept comes back."""
    folder = Path(settings.MEDIA_ROOT)
    kept = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    yield
    for file, content in kept.items():
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def carry_out(name: str, form: Form) -> tuple[bool, dict[str, Any]]:
    """Send the form until it is taken, or no further guess is left; gives whether it was, and what was sent last.

    Neither the address that it leads to nor what is handed to the queue tells of a person.
    """
    with (
        signed_in_still(form.client),
        files_kept(),
        handed_over() as tasks,
        TestCase.captureOnCommitCallbacks(execute=True),
    ):
        answer, sent = corrected(form)
    assert answer.status_code < 500
    if hands_out_a_file(answer):
        assert TABLE[name].file, f"{name} hands out a file: say in the table what it holds"
    assert planted.found_in(answer.get("Location", "")) == [], "the address it leads to tells of a person"
    assert planted.found_in("\n".join(tasks)) == [], "a task is handed a person and not an id"
    return answer.status_code in (200, 302) and not faults_on(answer, form), sent
