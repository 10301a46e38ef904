"""gunicorn: workers with threads and bounded lifetimes; its lines are JSON like those of the product."""

import sys
from pathlib import Path

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
keepalive = 5
# Every thread of a worker holds a database connection, which grows by about 1 MB with each tenant it visits and
# never shrinks. CONN_MAX_AGE of the settings closes it after five minutes; a worker is replaced after so many requests.
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
