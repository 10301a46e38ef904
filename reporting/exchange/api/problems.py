"""Refusals as RFC 9457 says them: `application/problem+json` with a stable code and a sentence."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from rest_framework import exceptions
from rest_framework.response import Response

from kernel.errors import DomainError, Problem
from kernel.outage import OUTAGES
from reporting.delivery.actions.imports import RowsRefused
from reporting.exchange.importing import WrongShape

MEDIA_TYPE = "application/problem+json"


def titles() -> dict[int, str]:
    """What each status means here, in the active language."""
    return {
        400: pgettext("problem", "The request cannot be read"),
        401: pgettext("problem", "The token is missing or opens nothing"),
        403: pgettext("problem", "Not allowed"),
        404: pgettext("problem", "Not found"),
        405: pgettext("problem", "This address takes other methods"),
        406: pgettext("problem", "This form of answer is not given"),
        409: pgettext("problem", "Somebody else is at it"),
        412: pgettext("problem", "Changed meanwhile"),
        413: pgettext("problem", "Too much at once"),
        415: pgettext("problem", "This form of request is not read"),
        422: pgettext("problem", "Refused, and nothing was saved"),
        428: pgettext("problem", "The version is missing"),
        429: pgettext("problem", "Too many calls"),
        503: pgettext("problem", "A server is away"),
    }


def problem_body(
    status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """`type`, `title`, `status`, `code`, `detail`, and `errors` with a row each where rows or fields are wrong."""
    return {
        "type": f"urn:siedem:problem:{code}",
        "title": titles().get(status, code),
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }


def body_of(error: DomainError) -> dict[str, Any]:
    """The problem of a refusal, with its rows where an import refused them."""
    if isinstance(error, RowsRefused):
        errors = [refusal.as_json() for refusal in error.refusals]
    elif isinstance(error, WrongShape):
        errors = [
            {"row": row, "column": column, "value": "", "code": error.code, "reason": str(sentence)}
            for row, column, sentence in error.faults
        ]
    else:
        errors = [_as_row(problem) for problem in error.problems if problem.field]
    return problem_body(error.status, error.code, str(error.message), errors)


def _as_row(problem: Problem) -> dict[str, Any]:
    return {
        "row": None,
        "column": problem.field,
        "value": problem.value or "",
        "code": problem.code,
        "reason": str(problem.message),
    }


def answer(body: dict[str, Any], **headers: str) -> Response:
    """The response of a problem."""
    if body["status"] == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="siedem"'
    return Response(body, status=body["status"], content_type=MEDIA_TYPE, headers=headers)


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook for the views of this app; None lets a defect go its way to the handler of 500."""
    if isinstance(error, DomainError):
        retry = {"Retry-After": "5"} if error.status in (409, 503) else {}
        return answer(body_of(error), **retry)
    if isinstance(error, OUTAGES):
        sentence = _(
            "A server that is needed is away. Nothing was saved; send the same call again in a moment."
        )
        return answer(problem_body(503, "server_away", sentence), **{"Retry-After": "5"})
    if isinstance(error, (Http404, exceptions.NotFound)):
        sentence = _("There is nothing here that the token opens. Check the address and the ids in it.")
        return answer(problem_body(404, "not_found", sentence))
    if isinstance(error, (PermissionDenied, exceptions.PermissionDenied)):
        return answer(problem_body(403, "not_allowed", _("The token does not open this.")))
    return _of_framework(error)


def _of_framework(error: Exception) -> Response | None:
    if isinstance(error, exceptions.Throttled):
        wait = max(1, round(getattr(error, "wait", None) or 1))
        sentence = _("The token has made its calls of this minute. Wait %(seconds)s seconds.") % {
            "seconds": wait
        }
        return answer(problem_body(429, "too_many_calls", sentence), **{"Retry-After": str(wait)})
    if isinstance(error, exceptions.ParseError):
        sentence = _("The body is not JSON in UTF-8. Correct it and send it again.")
        return answer(problem_body(400, "not_json", sentence))
    if isinstance(error, exceptions.UnsupportedMediaType):
        sentence = _("Send the body as application/json.")
        return answer(problem_body(415, "media_type", sentence))
    if isinstance(error, exceptions.NotAcceptable):
        return answer(problem_body(406, "not_acceptable", _("Answers are given as application/json only.")))
    if isinstance(error, exceptions.MethodNotAllowed):
        return answer(problem_body(405, "method", _("This address does not take this method.")))
    return None
