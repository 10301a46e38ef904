"""The OpenAPI description of the public interface, made from its views."""

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from kernel.doors import Request, public_door
from kernel.region_role import in_open_role
from reporting.statistics.api.reading import FiguresView, IndicatorsView

V1: list[URLPattern] = [
    path("v1/indicators/", public_door(in_open_role()(IndicatorsView.as_view())), name="api_indicators"),
    path("v1/figures/", public_door(in_open_role()(FiguresView.as_view())), name="api_figures"),
]


@public_door
@require_safe
def schema(request: Request) -> HttpResponse:
    """The description as OpenAPI 3, in the language of the reader."""
    generator = SchemaGenerator(patterns=V1)  # type: ignore[no-untyped-call]
    made = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    description: dict[str, Any] = json.loads(json.dumps(made, default=str))
    description["servers"] = [{"url": "/region/api"}]
    return JsonResponse(description, json_dumps_params={"ensure_ascii": False})
