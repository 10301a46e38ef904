"""What the product counts for those who watch it: names of the program and slugs of tenants, never people.

Every process counts for itself in a file of `METRICS_FOLDER` (settings tell prometheus_client), and
kernel.metrics_server adds them up. Without that folder it is counted and nobody asks.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import redis
from billiard.process import current_process
from celery.signals import (
    before_task_publish,
    task_failure,
    task_postrun,
    task_prerun,
    task_retry,
    worker_init,
    worker_process_init,
)
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Counter, Histogram, values

from kernel import heartbeat, metrics_server

_SLOT: dict[str, str] = {}
if settings.METRICS_FOLDER:
    Path(settings.METRICS_FOLDER).mkdir(parents=True, exist_ok=True)
    # A process that takes the place of another goes on with its file; else each restart would leave one behind.
    values.ValueClass = values.MultiProcessValue(lambda: _SLOT.get("name") or str(os.getpid()))  # type: ignore[no-untyped-call]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PAGE_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_TASK_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 1800)

REQUESTS = Counter("siedem_requests", "Requests answered.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "siedem_request_seconds", "Time to an answer.", ["route", "method"], buckets=_PAGE_SECONDS
)
TASKS = Counter("siedem_tasks", "Tasks that ended: done, failed, retried.", ["task", "outcome"])
TASK_SECONDS = Histogram("siedem_task_seconds", "Time that a task took.", ["task"], buckets=_TASK_SECONDS)
TASK_WAIT_SECONDS = Histogram(
    "siedem_task_wait_seconds", "Time from handing over to beginning.", ["task"], buckets=_TASK_SECONDS
)
MONTHS = Counter("siedem_months", "Months handed in, returned, accepted, reopened.", ["tenant", "verb"])
FACT_BATCHES = Counter("siedem_fact_batches", "Batches of figures that came to the region.", ["kind"])
MAILS = Counter("siedem_mails", "Mails: sent, refused for good, put off.", ["outcome"])


def take_slot(name: str) -> None:
    """Say which place among its like this process has; no other living one may have the same."""
    _SLOT["name"] = name


class MetricsMiddleware:
    """Counts each request by the name of its route; where there is none, none is told."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        route = (request.resolver_match.view_name if request.resolver_match else "") or "none"
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(route, method, response.status_code).inc()
        REQUEST_SECONDS.labels(route, method).observe(time.perf_counter() - began)
        return response


def count_tasks() -> None:
    """Let every process note when it hands a task over, and a worker how each ended."""
    before_task_publish.connect(_handed_over, weak=False, dispatch_uid=__name__)
    task_prerun.connect(_began, weak=False, dispatch_uid=__name__)
    task_failure.connect(_failed, weak=False, dispatch_uid=__name__)
    task_retry.connect(_retried, weak=False, dispatch_uid=__name__)
    task_postrun.connect(_ended, weak=False, dispatch_uid=__name__)
    if settings.METRICS_FOLDER:
        worker_init.connect(_answer_for_workers, weak=False, dispatch_uid=__name__)
        worker_process_init.connect(_take_slot_of_pool, weak=False, dispatch_uid=__name__)


def _answer_for_workers(**_given: object) -> None:
    metrics_server.start_beside(settings.METRICS_FOLDER, "worker")
    take_slot("main")


def _take_slot_of_pool(**_given: object) -> None:
    take_slot(f"pool-{getattr(current_process(), 'index', os.getpid())}")


def _handed_over(headers: dict[str, Any] | None = None, **_given: object) -> None:
    if headers is not None:
        eta = headers.get("eta")
        headers[heartbeat.SENT_AT] = datetime.fromisoformat(eta).timestamp() if eta else time.time()


def _began(task: Any, **_given: object) -> None:
    task.request.siedem_began = time.perf_counter()
    if (sent := task.request.get(heartbeat.SENT_AT)) is not None:
        TASK_WAIT_SECONDS.labels(task.name).observe(max(0.0, time.time() - float(sent)))


def _failed(sender: Any, **_given: object) -> None:
    sender.request.siedem_outcome = "failed"


def _retried(sender: Any, **_given: object) -> None:
    sender.request.siedem_outcome = "retried"


def _ended(task: Any, **_given: object) -> None:
    outcome = task.request.get("siedem_outcome") or "done"
    TASKS.labels(task.name, outcome).inc()
    if outcome == "done" and any(
        errand["task"] == task.name for errand in task.app.conf.beat_schedule.values()
    ):
        with suppress(redis.RedisError):
            heartbeat.note_errand(task.name)
    if (began := task.request.get("siedem_began")) is not None:
        TASK_SECONDS.labels(task.name).observe(time.perf_counter() - began)
