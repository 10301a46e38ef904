"""Structured logs as JSON lines, with request, tenant and user ids and never personal data or secrets."""

import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_NEVER = frozenset(
    {
        "pesel",
        "surname",
        "given_name",
        "full_name",
        "email",
        "note",
        "password",
        "token",
        "body",
        "ip",
        "user_agent",
    }
)
# Addresses whose last part is a secret that lets its holder in.
_SECRET_ADDRESS = re.compile(r"(/invitation/|/password/reset/key/|/confirm-email/)[^/\s?]+")
_QUERY = re.compile(r"\?\S*")


def drop_personal(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Drop fields that could carry personal data, whatever a caller passed; addresses lose queries and secrets."""
    kept = {key: value for key, value in event.items() if key not in _NEVER}
    for key in ("event", "request", "path"):
        if isinstance(kept.get(key), str):
            kept[key] = _SECRET_ADDRESS.sub(r"\1…", _QUERY.sub("", kept[key]))
    return kept


def describe_error(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """An error as its classes and the lines it came through.

    Its message is left out: a database quotes the row it refused, and rows hold persons.
    """
    given = event.pop("exc_info", None)
    if not given:
        return event
    error = given if isinstance(given, BaseException) else _current_error(given)
    if error is not None:
        event["error"] = [f"{type(cause).__module__}.{type(cause).__qualname__}" for cause in _causes(error)]
        event["where"] = _lines(error.__traceback__)
    return event


def _current_error(given: Any) -> BaseException | None:
    import sys

    info = given if isinstance(given, tuple) else sys.exc_info()
    return info[1]


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain


def _lines(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def renderer(logger: Any, name: str, event: EventDict) -> str:
    """One log event as one JSON line, ours or of another package."""
    event.setdefault("level", name)
    event.setdefault("timestamp", datetime.now(UTC).isoformat())
    event = drop_personal(logger, name, describe_error(logger, name, event))
    line = structlog.processors.JSONRenderer(ensure_ascii=False)(logger, name, event)
    return line if isinstance(line, str) else line.decode("utf-8")


def configure() -> None:
    """Set structlog up once, at start."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            describe_error,
            drop_personal,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
