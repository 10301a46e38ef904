"""One line of the log for each task, with the ids of the request and the person that it was handed over by."""

from typing import Any

import structlog
from celery.signals import task_postrun
from django_structlog.celery import signals
from django_structlog.celery.receivers import CeleryReceiver

from kernel.tenancy import current_schema

# What a task is told of who handed it over: ids, nothing else may stand in the queue.
_HANDED_OVER = frozenset({"request_id", "user_id", "tenant"})


_receiver = CeleryReceiver()


def follow_tasks() -> None:
    """Let every process tell of the tasks that it hands over and does."""
    _receiver.connect_worker_signals()
    signals.modify_context_before_task_publish.connect(_hand_ids_only, dispatch_uid=__name__)
    signals.bind_extra_task_metadata.connect(_name_task, dispatch_uid=__name__)
    task_postrun.connect(_forget, weak=False, dispatch_uid=__name__)


def _hand_ids_only(context: dict[str, Any], **_given: object) -> None:
    for name in [name for name in context if name not in _HANDED_OVER]:
        del context[name]


def _name_task(task: Any, **_given: object) -> None:
    # The tenant is the one whose schema the task works in, whatever the request was in.
    structlog.contextvars.bind_contextvars(task=task.name, tenant=current_schema())


def _forget(**_given: object) -> None:
    structlog.contextvars.clear_contextvars()
