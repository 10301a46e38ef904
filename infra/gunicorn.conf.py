"""gunicorn: workers with threads and bounded lifetimes; its lines are JSON like those of the product."""

import os
import sys
from pathlib import Path
from typing import Any

# gunicorn reads this file before the product is on the path.
_ROOT = Path(__file__).resolve().parents[1]
for _source in (_ROOT / "platform", _ROOT):
    if str(_source) not in sys.path:
        sys.path.insert(0, str(_source))

from config import env  # noqa: E402

bind = env.text("BIND", "127.0.0.1:8000")
workers = env.number("WEB_WORKERS", 2)
threads = env.number("WEB_THREADS", 4)
worker_class = "gthread"
timeout = 60
graceful_timeout = 20
# Longer than any proxy in front keeps a connection that nobody uses (60 s): else it sends into one that we just closed.
keepalive = 75
# Every thread of a worker holds a database connection, which grows by 2 to 3 MB with each tenant it visits and never
# shrinks. It ends after five minutes (CONN_MAX_AGE) or fifty tenants (kernel.database); a worker is replaced after
# so many requests.
max_requests = env.number("WEB_MAX_REQUESTS", 5000)
max_requests_jitter = max_requests // 10
# Nothing of this server is steered through a socket in somebody's home.
control_socket_disable = True
# The product logs each request itself, without addresses of people and without queries.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kernel.logs.make_formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}

metrics_folder = env.text("METRICS_FOLDER", "")
_beside: list[Any] = []


def on_starting(_server: Any) -> None:
    """Begin to answer Prometheus, in a process beside the web server."""
    if metrics_folder:
        from kernel.metrics_server import start_beside

        _beside.append(start_beside(metrics_folder, "web"))


def on_exit(_server: Any) -> None:
    """It ends by itself too, a moment after us."""
    for process in _beside:
        process.terminate()


def pre_fork(server: Any, worker: Any) -> None:
    """The first place that no living worker has: it goes on with the counts of whom it replaces."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(place for place in range(len(taken) + 1) if place not in taken)


def post_fork(_server: Any, worker: Any) -> None:
    """Count for that place."""
    if metrics_folder:
        # Settings are named by the application, which is read after this.
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
        from kernel.metrics import take_slot

        take_slot(f"web-{worker.slot}")
