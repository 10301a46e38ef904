"""Error reports: where the program failed, in which tenant and request, and nothing of what people entered."""

import re
from contextlib import suppress
from typing import Any

import sentry_sdk
import structlog
from celery import current_task
from django.core.signals import got_request_exception
from django.db import DatabaseError
from django.http import HttpRequest
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.transport import Transport

from kernel.tenancy import current_schema

Event = dict[str, Any]

_KEPT = ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk")
_KEPT_OF_FRAME = (
    "filename", "module", "function", "lineno", "in_app", "pre_context", "context_line", "post_context",
)  # fmt: skip
# A transaction that is no route, view or task is the raw address.
_NAMES_OF_PROGRAM = frozenset({"route", "component", "task"})
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


def start_sentry(dsn: str, environment: str, transport: type[Transport] | Transport | None = None) -> None:
    """Send unhandled errors of requests, tasks and commands to the server of `dsn`.

    An event is built anew from an allow-list, so that what a later version of the SDK gathers is not sent either.
    """
    # Before the SDK's own receiver, so that the event knows who was signed in.
    got_request_exception.connect(_note_user, dispatch_uid="config.sentry")
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        transport=transport,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(middleware_spans=False, signals_spans=False, cache_spans=False),
            CeleryIntegration(),
            ExcepthookIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
            DedupeIntegration(),
        ],
        # send_default_pii is deprecated to name; without it the SDK sends none (a test holds it to that).
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        traces_sample_rate=None,
        enable_logs=False,
        before_send=keep_needed,  # type: ignore[arg-type]
        before_send_transaction=_send_nothing,
        before_breadcrumb=_send_nothing,
    )


def keep_needed(event: Event, _hint: dict[str, Any]) -> Event:
    """The event with what is needed to find the fault: classes, lines of code, route, ids.

    Messages of exceptions stay here: a database quotes the row it refused, and rows hold persons.
    """
    kept = {key: event[key] for key in _KEPT if key in event}
    if (event.get("transaction_info") or {}).get("source") in _NAMES_OF_PROGRAM:
        kept["transaction"] = event.get("transaction")
    errors = (event.get("exception") or {}).get("values") or []
    kept["exception"] = {"values": [_error(error) for error in errors]}
    if request := event.get("request"):
        kept["request"] = _request(request)
    context = structlog.contextvars.get_contextvars()
    kept["tags"] = {"tenant": current_schema()}
    if "request_id" in context:
        kept["tags"]["request_id"] = str(context["request_id"])
    if current_task:
        kept["tags"]["task_id"] = str(current_task.request.id)
    if context.get("user_id"):
        kept["user"] = {"id": str(context["user_id"])}
    return kept


def _error(error: Event) -> Event:
    mechanism = error.get("mechanism") or {}
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "mechanism": {key: mechanism[key] for key in ("type", "handled") if key in mechanism},
        "stacktrace": {
            "frames": [{key: frame[key] for key in _KEPT_OF_FRAME if key in frame} for frame in frames]
        },
    }


def _request(request: Event) -> Event:
    headers = {str(name).lower(): str(value) for name, value in (request.get("headers") or {}).items()}
    media_type = _MEDIA_TYPE.match(headers.get("content-type", ""))
    return {
        "method": request.get("method"),
        "headers": {"Content-Type": media_type.group()} if media_type else {},
    }


def _send_nothing(_given: Any, _hint: Any) -> None:
    """No traces and no crumbs: both carry addresses, queries and texts of logs."""


def _note_user(request: HttpRequest | None = None, **_given: Any) -> None:
    with suppress(DatabaseError):
        if (pk := getattr(getattr(request, "user", None), "pk", None)) is not None:
            structlog.contextvars.bind_contextvars(user_id=str(pk))
