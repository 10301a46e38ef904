"""Middleware without tables: the language of the interface, and plain words when a server is away."""

import json
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from redis.exceptions import ConnectionError as RedisAway

GetResponse = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger(__name__)


class LanguageMiddleware:
    """Polish first: the language is what the person chose (a cookie), never what the browser happens to prefer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


class OutageMiddleware:
    """Answers 503 with a sentence while the database or Redis is away; nothing half done can have been saved."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError | RedisAway):
            return None
        log.warning(
            "server_away",
            kind=type(error).__name__,
            path=request.resolver_match and request.resolver_match.route,
        )
        if "json" in request.headers.get("Accept", ""):
            body = {"errors": [{"code": "server_away", "field": None, "value": None, "message": ""}]}
            return HttpResponse(json.dumps(body), status=503, content_type="application/json")
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})
