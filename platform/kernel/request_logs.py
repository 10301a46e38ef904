"""One line of the log for each request: its route with ids, what came of it and how long it took."""

import re
import time
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django_structlog import signals
from django_structlog.middlewares import RequestMiddleware

# What may stand in an address: ids, months, numbers too short for a person's.
_HARMLESS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d{2}(-\d{2})?|\d{1,6}")
_TENANT = "<slug:tenant_slug>"
_LEFT_OUT = "…"


def told_address(request: HttpRequest) -> str:
    """The path as far as it is known to hold no words of people: names of routes, the tenant, ids and months.

    An address that leads nowhere is not told at all: anything may have been typed into it.
    """
    match = request.resolver_match
    if match is None:
        return _LEFT_OUT
    shapes, parts = match.route.split("/"), request.path.lstrip("/").split("/")
    if len(shapes) != len(parts) or "(?P" in match.route:
        return f"/{match.route}"
    told = (
        part if "<" not in shape or shape == _TENANT or _HARMLESS.fullmatch(part) else _LEFT_OUT
        for shape, part in zip(shapes, parts, strict=True)
    )  # fmt: skip
    return "/" + "/".join(told)


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's, with addresses that hold ids only."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {told_address(request)}"


def follow_requests() -> None:
    """Add to the line of every request how long it took."""
    signals.bind_extra_request_metadata.connect(_begin, dispatch_uid=__name__)
    signals.bind_extra_request_finished_metadata.connect(_finish, dispatch_uid=__name__)


def _begin(request: Any, **_given: object) -> None:
    request.began = time.monotonic()


def _finish(request: Any, response: HttpResponseBase, log_kwargs: dict[str, Any], **_given: object) -> None:
    log_kwargs["duration_ms"] = round((time.monotonic() - request.began) * 1000)
