"""Released sums as JSON: what there is, and one indicator over places and periods; cached by release."""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from kernel.callers import caller_of
from kernel.outage import OUTAGES
from reporting.statistics import serializers as shapes
from reporting.statistics.desk.cuts import Cut, Figure, Table, kinds_of, newest_version, read_cut
from reporting.statistics.desk.listing import spans_of_all
from reporting.statistics.dictionary import dictionary
from reporting.statistics.periods_due import known_rule, thresholds_of
from reporting.statistics.words import language, words_of

_WINDOW = 60
_KEEP_SECONDS = 300
_PROBLEM = "application/problem+json"
_LANGUAGE = OpenApiParameter("Accept-Language", str, OpenApiParameter.HEADER, enum=["pl", "en"])
_REFUSALS: dict[Any, Any] = {
    (status, _PROBLEM): OpenApiResponse(shapes.RefusalOut, description=meaning)
    for status, meaning in (
        (406, gettext_lazy("another form of answer was asked for")),
        (422, gettext_lazy("refused; `errors` say why")),
        (429, gettext_lazy("too many calls in this minute")),
        (503, gettext_lazy("a server is away")),
    )
}


class CallsOfAnAddress(BaseThrottle):
    """So many calls of one network address in each minute of the clock; the address is kept as a hash, for a minute."""

    _left = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        minute, spent = divmod(int(time.time()), _WINDOW)
        self._left = _WINDOW - spent
        told = f"{settings.SECRET_KEY}:{minute}:{caller_of(request._request)}"
        key = f"open:{hashlib.sha256(told.encode()).hexdigest()}"
        cache.add(key, 0, timeout=2 * _WINDOW)
        return int(cache.incr(key)) <= settings.OPEN_READS_PER_MINUTE

    def wait(self) -> float:
        return self._left


class OpenView(APIView):
    """A view that everybody may read: no session, no token, answers that may be kept and asked for again by ETag."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = [CallsOfAnAddress]
    renderer_classes = [JSONRenderer]
    http_method_names = ["get", "head", "options"]
    metadata_class = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = translation.get_language_from_request(request)
        with translation.override("en" if wanted.startswith("en") else "pl"):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, Response):
                response.render()
            response.headers["Content-Language"] = language()
        # Open data may be read from pages of others; nothing here depends on who asks.
        response.headers["Access-Control-Allow-Origin"] = "*"
        patch_vary_headers(response, ["Accept-Language"])
        return response

    def answer(self, request: Request, body: Any) -> HttpResponseBase:
        """The body as JSON, or 304 where the caller has it already."""
        made = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
        tag = f'"{hashlib.sha256(made.content).hexdigest()[:32]}"'
        asked = request.headers.get("If-None-Match", "")
        held = {one.strip().removeprefix("W/") for one in asked.split(",")}
        response: HttpResponse = HttpResponse(status=304) if tag in held else made
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = f"public, max-age={_KEEP_SECONDS}"
        return response

    def get_exception_handler(self) -> Any:
        return _refuse


class IndicatorsView(OpenView):
    """What there is to ask for."""

    @extend_schema(
        operation_id="open_indicators",
        summary=gettext_lazy("Indicators with their released periods"),
        parameters=[_LANGUAGE],
        responses={
            200: shapes.IndicatorsOut,
            **{key: one for key, one in _REFUSALS.items() if key[0] != 422},
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        known = spans_of_all()
        rows = [
            {"indicator": one.code, "name": words_of(one).name, "kind": kind.value, "periods": periods}
            for one in {one.code: one for one in dictionary().indicators}.values()
            for kind in kinds_of(one)
            if (periods := [str(span) for span in known(one, kind)])
        ]
        body = {
            "edition": dictionary().edition,
            "dictionary": reverse("statistics:indicators_json"),
            "indicators": rows,
        }
        return self.answer(request, shapes.IndicatorsOut(body).data)


class FiguresView(OpenView):
    """One indicator over places and periods."""

    @extend_schema(
        operation_id="open_figures",
        summary=gettext_lazy("Figures of an indicator"),
        parameters=[shapes.FiguresIn, _LANGUAGE],
        responses={200: shapes.FiguresOut, **_REFUSALS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        asked = shapes.FiguresIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        table = read_cut(_cut_of(asked.validated_data))
        return self.answer(request, shapes.FiguresOut(_body(table)).data)


def _cut_of(asked: Mapping[str, Any]) -> Cut:
    try:
        indicator = newest_version(asked["indicator"])
    except KeyError as error:
        raise exceptions.ValidationError({"indicator": _("There is no such indicator.")}) from error
    kinds = kinds_of(indicator)
    span = asked.get("period")
    if span is None:
        spans = spans_of_all()(indicator, kinds[0])
        if not spans:
            raise exceptions.ValidationError({"period": _("Nothing of this indicator is released yet.")})
        span = spans[0]
    if span.kind not in kinds:
        raise exceptions.ValidationError({"period": _("The indicator has no figures of such periods.")})
    return Cut(
        indicator.code,
        span.last_ones(asked["periods"]),
        asked["level"],
        asked.get("within", "") if asked["level"] != "country" else "",
        part=asked["part"],
    )


def _body(table: Table) -> dict[str, Any]:
    words, period = words_of(table.indicator), table.indicator.period
    rule = known_rule(period, table.cut.spans[-1].parts(period)[-1])
    threshold, health = thresholds_of(rule, table.indicator, table.cut.part) if rule else (None, None)
    return {
        "indicator": table.indicator.code,
        "name": words.name,
        "definition": words.definition,
        "unit": table.indicator.unit,
        "level": table.cut.level,
        "part": table.cut.part,
        "threshold": threshold,
        "health_threshold": health,
        "released_at": table.released_at,
        "figures": [
            {"place": row.place, "place_name": row.label, "period": str(span), **_numbers(figure)}
            for row in table.rows
            for span, figure in zip(table.cut.spans, row.figures, strict=True)
        ],
    }


def _numbers(figure: Figure | None) -> dict[str, Any]:
    if figure is None:
        figure = Figure(why="not_told")
    return {
        "value": None if figure.value is None else f"{figure.value:f}",
        "numerator": None if figure.numerator is None else f"{figure.numerator:f}",
        "denominator": None if figure.denominator is None else f"{figure.denominator:f}",
        "missing": figure.why,
        "shown_in": figure.shown_in,
        "version": figure.version or None,
    }


def _refuse(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail if isinstance(error.detail, dict) else {}
        faults = [
            {"field": name, "reason": str(told[0] if isinstance(told, list) else told)}
            for name, told in detail.items()
        ]
        return _problem(422, "refused", _("The question cannot be answered"), faults)
    if isinstance(error, exceptions.Throttled):
        wait = max(1, round(getattr(error, "wait", None) or 1))
        return _problem(429, "too_many_calls", _("Too many calls in this minute"), retry=wait)
    if isinstance(error, OUTAGES):
        return _problem(503, "server_away", _("A server is away; ask again in a moment"), retry=5)
    if isinstance(error, exceptions.APIException):
        return _problem(error.status_code, "not_answered", str(error.detail))
    return None


def _problem(
    status: int, code: str, title: str, errors: list[dict[str, str]] | None = None, retry: int = 0
) -> Response:
    body = {
        "type": f"urn:siedem:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "errors": errors or [],
    }
    headers = {"Retry-After": str(retry)} if retry else {}
    return Response(body, status=status, content_type=_PROBLEM, headers=headers)
