"""Carrying a form out with all that follows: the verb, what is done after its commit, and what the queue is handed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.signals import before_task_publish
from django.test import TestCase

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


def carry_out(name: str, form: Form) -> tuple[bool, dict[str, Any]]:
    """Send the form until it is taken, or no further guess is left; gives whether it was, and what was sent last.

    Neither the address that it leads to nor what is handed to the queue tells of a person.
    """
    with handed_over() as tasks, TestCase.captureOnCommitCallbacks(execute=True):
        answer, sent = corrected(form)
    assert answer.status_code < 500
    if hands_out_a_file(answer):
        assert TABLE[name].file, f"{name} hands out a file: say in the table what it holds"
    assert planted.found_in(answer.get("Location", "")) == [], "the address it leads to tells of a person"
    assert planted.found_in("\n".join(tasks)) == [], "a task is handed a person and not an id"
    return answer.status_code in (200, 302) and not faults_on(answer, form), sent
