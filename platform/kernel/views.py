"""Answers to machines that ask how the process is doing; no secrets, no names."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from kernel.doors import public_door
from kernel.health import servers_away


@public_door
@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "live"})


@public_door
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503 with the names of the servers that are away."""
    away = servers_away()
    if away:
        return JsonResponse({"status": "away", "away": away}, status=503)
    return JsonResponse({"status": "ready"})
