"""How a view is told to the OpenAPI description: its answer, its parameters, and the refusals that all may give."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from reporting.exchange.api.problems import MEDIA_TYPE
from reporting.exchange.models import Scope
from reporting.exchange.serializers import ProblemOut

_READING = (400, 401, 403, 404, 406, 422, 429, 503)
_WRITING = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 503)
_CHANGING = (*_WRITING, 412, 428)
_MEANINGS = {
    400: _("the body is no JSON"),
    401: _("the token is missing, unknown, revoked or expired"),
    403: _("the scope is missing, the partnership is over or the tenant is suspended"),
    404: _("nothing here, or not yours"),
    406: _("another form of answer was asked for"),
    409: _("the same call is being done"),
    412: _("the visit was changed or removed since you read it"),
    413: _("too many rows or bytes"),
    415: _("the body is not application/json"),
    422: _("refused; `errors` say why"),
    428: _("If-Match is missing: it names the version that you have read"),
    429: _("too many calls in this minute"),
    503: _("a server is away"),
}
LANGUAGE = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, enum=["pl", "en"], description=_("language of sentences")
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description=_("The same key with the same body gives the same answer and saves nothing twice."),
)

VERSION = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^"[0-9]{1,9}"$', "example": '"3"'},
    OpenApiParameter.HEADER,
    required=True,
    description=_("The version that you have read, in quotation marks."),
)


def reading(
    summary: Any,
    answer: Any,
    *,
    scope: str | None = None,
    asks: type[serializers.Serializer[Any]] | None = None,
    operation: str | None = None,
) -> Callable[[Any], Any]:
    """For GET: the answer of 200 and the usual refusals; `operation` names it where the address alone does not."""
    return extend_schema(
        operation_id=operation,
        summary=summary,
        description=_scope_line(scope),
        parameters=[*([asks] if asks else []), LANGUAGE],
        responses={200: answer, **_refusals(_READING)},
    )


def writing(summary: Any, body: Any, answer: Any, *, scope: str, examples: Any) -> Callable[[Any], Any]:
    """For POST: body, answer and the refusals."""
    return extend_schema(
        summary=summary,
        description=_scope_line(scope),
        parameters=[KEY, LANGUAGE],
        request=body,
        responses={200: answer, **_refusals(_WRITING)},
        examples=examples,
    )


def changing(summary: Any, body: Any, answer: Any, *, scope: str, examples: Any) -> Callable[[Any], Any]:
    """For PATCH and DELETE of one thing: the version that is meant, body, answer and the refusals."""
    return extend_schema(
        summary=summary,
        description=_scope_line(scope),
        parameters=[VERSION, KEY, LANGUAGE],
        request=body,
        responses={200: answer, **_refusals(_CHANGING)},
        examples=examples,
    )


def pages_of(item: type[serializers.Serializer[Any]]) -> Any:
    """The shape of a page of a list: `items`, and `next` to be sent as `cursor`."""
    return type(
        item.__name__.replace("Out", "Page"),
        (serializers.Serializer,),
        {
            "items": item(many=True),
            "next": serializers.CharField(
                allow_null=True, help_text=_("Send it as cursor; null at the end.")
            ),
        },
    )


def _told_scope(scope: str | None) -> str:
    if scope is None:
        return gettext("Open to every token.")
    return gettext("Scope %(scope)s: %(meaning)s.") % {"scope": scope, "meaning": Scope(scope).label}


# Views are described when they load; the language is that of whoever reads.
_scope_line = lazy(_told_scope, str)


def _refusals(statuses: tuple[int, ...]) -> dict[Any, Any]:
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemOut, description=_MEANINGS[status])
        for status in statuses
    }


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The token in the description."""

    target_class = "reporting.exchange.api.base.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "sdm_…"}
