"""Answers Prometheus for one main process: `python -m kernel.metrics_server` beside gunicorn or a Celery worker.

It adds up what the processes of `METRICS_FOLDER` counted, and tells how queue, clock and tenants are, as Redis
knows it. It ends with the process that started it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import redis
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_UP = "Whether Redis answers."


class Installation(Collector):
    """Queue, clock and figures of tenants: what is the same whoever is asked."""

    def collect(self) -> Iterator[Metric]:
        from kernel import heartbeat, measures

        try:
            waiting, oldest = heartbeat.tasks_waiting(), heartbeat.oldest_waiting()
            beat, errands, measured = heartbeat.seconds_since(), heartbeat.errands_done(), measures.kept()
        except (redis.RedisError, OSError):
            yield _gauge("siedem_queue_up", _UP, 0)
            return
        yield _gauge("siedem_queue_up", _UP, 1)
        yield _gauge("siedem_queue_tasks", "Tasks that no worker has taken.", waiting)
        yield _gauge("siedem_queue_oldest_seconds", "For how long the oldest of them waits.", oldest)
        if beat is not None:
            yield _gauge("siedem_heartbeat_age_seconds", "Since a worker did an errand of the clock.", beat)
        ages = GaugeMetricFamily(
            "siedem_errand_age_seconds", "Since an errand of the clock was done.", labels=["task"]
        )
        for task, age in errands.items():
            ages.add_metric([task], age)
        yield ages
        yield from _backups()
        if measured is not None:
            yield _gauge(
                "siedem_measured_age_seconds", "Since tenants were measured.", time.time() - measured.at
            )
            for name, by_tenant in measured.figures.items():
                figures = GaugeMetricFamily(name, measures.ABOUT.get(name, ""), labels=["tenant"])
                for tenant, figure in by_tenant.items():
                    figures.add_metric([tenant], figure)
                yield figures


def _backups() -> Iterator[Metric]:
    """Whether our own program takes backups here, and what it has noted."""
    from django.conf import settings

    from kernel.backup import noted
    from kernel.health import redis_server

    yield _gauge(
        "siedem_backup_own", "Whether infra/backup.py backs this installation up.", settings.BACKUPS == "own"
    )
    try:
        with redis_server() as server:
            reached, missing = noted.noted(server), noted.missing(server)
    except (redis.RedisError, OSError):
        return
    if reached is None:
        return
    ages = GaugeMetricFamily(
        "siedem_backup_age_seconds",
        "Since a segment, a base backup, copies of files were kept.",
        labels=["kind"],
    )
    for kind, instant in reached.items():
        ages.add_metric([kind], time.time() - instant.timestamp())
    yield ages
    yield _gauge(
        "siedem_backup_gap", "Whether segments that a moment needs are missing in the store.", bool(missing)
    )


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def registry_of(folder: str, *, tells_installation: bool) -> CollectorRegistry:
    """What is told: the counts of the folder, and the installation where this is the one to tell of it."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    if tells_installation:
        registry.register(Installation())
    return registry


def start_beside(folder: str, kind: str) -> subprocess.Popen[bytes]:
    """Empty the folder of what earlier processes counted, and start answering; `kind` is web or worker."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for file in Path(folder).glob("*.db"):
        file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "kernel.metrics_server", kind]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603


def main() -> None:
    """Serve until the parent is gone."""
    from django.conf import settings

    parent = os.getppid()
    address, _, port = settings.METRICS_BIND.rpartition(":")
    registry = registry_of(settings.METRICS_FOLDER, tells_installation=sys.argv[1:] == ["web"])
    start_http_server(int(port), addr=address, registry=registry)
    while os.getppid() == parent:
        time.sleep(0.5)


if __name__ == "__main__":
    main()
