"""When a server that we need is away: which errors mean it, and the answer that says so."""

import json
from smtplib import SMTPException

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError as QueueAway
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

from kernel.errors import Problem, ServerAway

log = structlog.get_logger(__name__)


class MailServerAway(Exception):
    """A mail could not be handed to the mail server."""


OUTAGES = (
    OperationalError,
    InterfaceError,
    RedisAway,
    RedisSlow,
    QueueAway,
    SMTPException,
    MailServerAway,
    ServerAway,
)


def answer_outage(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """503 in plain words (or JSON) if the error means that a server is away, else None."""
    if not isinstance(error, OUTAGES):
        return None
    route = request.resolver_match.route if request.resolver_match else None
    log.warning("server_away", kind=type(error).__name__, route=route)
    if "json" in request.headers.get("Accept", ""):
        told = error.problems if isinstance(error, ServerAway) else [Problem("server_away", "")]
        body = {"errors": [problem.as_json() for problem in told]}
        return HttpResponse(json.dumps(body), status=503, content_type="application/json")
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})
