"""Structured logs as JSON lines, with request, tenant and user ids and never personal data."""

from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_NEVER = frozenset(
    {"pesel", "surname", "given_name", "full_name", "email", "note", "password", "token", "body"}
)


def drop_personal(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Drop fields that could carry personal data, whatever a caller passed."""
    return {key: value for key, value in event.items() if key not in _NEVER}


def renderer(logger: Any, name: str, event: EventDict) -> str:
    """One log event as one JSON line."""
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    line = structlog.processors.JSONRenderer(ensure_ascii=False)(
        logger, name, drop_personal(logger, name, event)
    )
    return line if isinstance(line, str) else line.decode("utf-8")


def configure() -> None:
    """Set structlog up once, at start."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_personal,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
