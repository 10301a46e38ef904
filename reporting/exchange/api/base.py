"""The base of every view for programs: token, scope, limit of calls, language, and bodies that are not too large."""

import json
import time
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from kernel.errors import DomainError
from reporting.exchange.actions import note_use
from reporting.exchange.api.problems import handle_exception
from reporting.exchange.gates import Caller, NotRecognised, recognise, require_scope

_WINDOW = 60


class TooLarge(DomainError):
    """More came than one call may bring."""

    status = 413


class InTheClear(DomainError):
    """The call came over plain http."""

    status = 403


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer sdm_…`; a session is never looked at. Over https only, where pages go by it."""

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            raise InTheClear(
                "plain_http",
                _(
                    "Call by https. What you sent went in the clear: have this token revoked and a new one made."
                ),
            )
        kind, _space, shown = request.headers.get("Authorization", "").partition(" ")
        if kind.casefold() != "bearer" or not shown.strip():
            raise NotRecognised(
                "token_missing", _("Send your token in the header “Authorization: Bearer sdm_…”.")
            )
        caller = recognise(shown.strip())
        return caller, caller.token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="siedem"'


class HasScope(BasePermission):
    """The token must have the scope that the view names for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = view.scopes.get(request.method)
        if scope is not None:
            require_scope(caller_of(request).token, scope)
        return True


class CallsPerMinute(BaseThrottle):
    """So many calls of a token in each minute of the clock, reads and writes apart; counted in Redis in one step."""

    _left = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        reads = request.method in ("GET", "HEAD", "OPTIONS")
        limit = settings.EXCHANGE_READS_PER_MINUTE if reads else settings.EXCHANGE_WRITES_PER_MINUTE
        minute, spent = divmod(int(time.time()), _WINDOW)
        self._left = _WINDOW - spent
        key = f"exchange:{caller_of(request).token.pk}:{'r' if reads else 'w'}:{minute}"
        cache.add(key, 0, timeout=2 * _WINDOW)
        return int(cache.incr(key)) <= limit

    def wait(self) -> float:
        return self._left


class BoundedJSON(JSONParser):
    """JSON up to a size, of text that can be stored."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        request = (parser_context or {})["request"]
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.EXCHANGE_BODY_MAX_BYTES
        if not length.isdecimal() or int(length) > limit:
            raise TooLarge(
                "body_too_large",
                format_lazy(
                    _("The body is larger than {limit} bytes. Send it in several calls."), limit=limit
                ),
            )
        try:
            body = super().parse(stream, media_type, parser_context)
            # A lone surrogate can be written in JSON and stored nowhere.
            json.dumps(body, ensure_ascii=False).encode("utf-8")
        except (RecursionError, UnicodeEncodeError) as error:
            raise ParseError from error
        if _has_nul(body):
            raise ParseError
        return body


class ApiView(APIView):
    """A view for programs. `scopes` names for each method what the token must open; None is open to every token."""

    scopes: ClassVar[dict[str, str]] = {}
    authentication_classes = [TokenAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [CallsPerMinute]
    parser_classes = [BoundedJSON]
    renderer_classes = [JSONRenderer]
    metadata_class = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = _language_of(request.headers.get("Accept-Language", ""))
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
            # Sentences are lazy: they must be written while the language of the caller is active.
            cast(Any, response).render()
        response.headers["Content-Language"] = language
        response.headers["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept-Language"])
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        note_use(caller_of(request).token)

    def get_exception_handler(self) -> Any:
        return handle_exception


class NothingHere(ApiView):
    """Every other address below the interface."""

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        raise Http404


def _has_nul(body: Any) -> bool:
    """Whether a text or a name in it holds the character 0, which PostgreSQL stores nowhere."""
    left = [body]
    while left:
        value = left.pop()
        if isinstance(value, str):
            if "\x00" in value:
                return True
        elif isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
    return False


def caller_of(request: Request) -> Caller:
    """Who calls; known after authentication."""
    caller: Caller = request.user  # type: ignore[assignment]
    return caller


def _language_of(header: str) -> str:
    """The first language of the header that the interface speaks; Polish where there is none."""
    for wanted, _weight in parse_accept_lang_header(header):
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
