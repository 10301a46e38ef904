"""JSON answers of refusals: one shape for domain errors, bad input and missing rights."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel.errors import Conflict, DomainError


def as_body(error: DomainError) -> dict[str, Any]:
    """`{"errors": [{code, field, value, message}], "current": …}`; `current` only for conflicts."""
    body: dict[str, Any] = {"errors": [problem.as_json() for problem in error.problems]}
    if isinstance(error, Conflict):
        body["current"] = error.current
    return body


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: domain errors get their own status and shape, the rest goes DRF's way."""
    if isinstance(error, DomainError):
        return Response(as_body(error), status=error.status)
    return exception_handler(error, context)
