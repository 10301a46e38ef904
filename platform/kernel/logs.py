"""Structured logs as JSON lines, with request, tenant and user ids and never personal data or secrets."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from uuid import UUID

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
        "data",
        "form",
        "query",
        "params",
        "headers",
        "cookies",
        "first_name",
        "last_name",
        "username",
        "phone",
        "ip",
        "user_agent",
    }
)
# What nothing in a log line may look like, whoever wrote it: a PESEL, a mail address.
_PERSONAL = re.compile(r"\b\d{11}\b|[\w.+-]+@[\w-]+\.[\w.-]+")
_LEFT_OUT = "…"
# Programs that tell of their own life in words of their own, up to INFO.
_SERVERS = ("gunicorn.error", "celery.apps", "celery.beat", "celery.worker", "celery.redirected", "kombu")
# Words of a task that are names of the program, never values of people.
_TASK_WORDS = frozenset({"id", "name", "description", "hostname"})
# Addresses whose last part is a secret that lets its holder in.
_SECRET_ADDRESS = re.compile(
    r"(/invitation/|/password/reset/key/|/confirm-email/|/[^/\s]+/appointment/|/[^/\s]+/survey/)[^/\s?]+"
)
_QUERY = re.compile(r"\?\S*")


def drop_personal(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Drop fields that could carry personal data, whatever a caller passed; addresses lose queries and secrets."""
    kept: EventDict = _scrubbed(event)
    for key in ("event", "request", "path"):
        if isinstance(kept.get(key), str):
            kept[key] = _SECRET_ADDRESS.sub(r"\1…", _QUERY.sub("", kept[key]))
    # An error is told by its classes (describe_error); a text under this name is its message.
    if isinstance(kept.get("error"), str):
        del kept["error"]
    return kept


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return _PERSONAL.sub(_LEFT_OUT, value)
    if isinstance(value, BaseException):
        return type(value).__qualname__
    if isinstance(value, Mapping):
        # ProcessorFormatter's own entries (`_record`) are objects, which pass as they are.
        return {key: _scrubbed(item) for key, item in value.items() if key not in _NEVER}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrubbed(item) for item in value]
    return value


def tell_foreign(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A line of another package: its own words, without the values it would put in.

    Those values are whatever went wrong: the text of an exception, a header, arguments and results of a task.
    """
    record: logging.LogRecord = event["_record"]
    given = event.pop("positional_args", None) or ()
    is_server = record.levelno <= logging.INFO and record.name.startswith(_SERVERS)
    if isinstance(record.msg, BaseException):
        text = type(record.msg).__qualname__
    else:
        text = _filled(str(record.msg), given if is_server else _without_values(given))
    if record.exc_info and isinstance(record.exc_info[1], BaseException):
        for cause in _causes(record.exc_info[1]):
            if said := str(cause):
                text = text.replace(said, type(cause).__qualname__)
    event["event"] = text
    event["logger"] = record.name
    return event


def _filled(text: str, values: Any) -> str:
    try:
        return text % values if values else text
    except (TypeError, ValueError, KeyError):
        return text


def _without_values(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {key: value if key in _TASK_WORDS else _harmless(value) for key, value in given.items()}
    return tuple(_harmless(value) for value in given)


def _harmless(value: Any) -> Any:
    if isinstance(value, BaseException):
        return type(value).__qualname__
    return value if value is None or isinstance(value, int | float | UUID) else _LEFT_OUT


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
    error: BaseException | None = (given if isinstance(given, tuple) else sys.exc_info())[1]
    return error


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


def make_formatter() -> logging.Formatter:
    """The formatter of every handler: of Django, of Celery's worker and of gunicorn."""
    return structlog.stdlib.ProcessorFormatter(
        processor=renderer, foreign_pre_chain=[tell_foreign], pass_foreign_args=True, use_get_message=False
    )


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
