"""The interface described: OpenAPI for programs, and a page for people who write them."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.doors import Request, public_door
from reporting.delivery.files.reasons import ROW_REASONS
from reporting.exchange.document import describe, operations_of, refusals_of
from reporting.exchange.models import Event, Scope
from reporting.exchange.outbox.serving import RETRIES


@public_door
@require_safe
def schema(request: Request) -> HttpResponse:
    """The description of version 1 as OpenAPI 3, in the language of the page."""
    return JsonResponse(describe(request.tenant.slug), json_dumps_params={"ensure_ascii": False})


@public_door
@require_safe
def documentation(request: Request) -> HttpResponse:
    """How to use the interface, with examples that run, and every address of it."""
    description = describe(request.tenant.slug)
    context: dict[str, Any] = {
        "operations": operations_of(description),
        "refusals": refusals_of(description),
        "base": f"{settings.SITE_URL.rstrip('/')}/{request.tenant.slug}/api",
        "scopes": Scope.choices,
        "events": Event.choices,
        "row_codes": sorted(ROW_REASONS),
        "retries": len(RETRIES),
        "limits": {
            "rows": settings.EXCHANGE_ROWS_MAX,
            "reads": settings.EXCHANGE_READS_PER_MINUTE,
            "writes": settings.EXCHANGE_WRITES_PER_MINUTE,
            "hours": settings.EXCHANGE_ANSWERS_HOURS,
            "lag": settings.EXCHANGE_FEED_LAG_SECONDS,
            "failures": settings.EXCHANGE_WEBHOOK_FAILURES_MAX,
        },
    }
    return render(request, "exchange/documentation.html", context)
