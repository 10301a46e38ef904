"""What a view does not catch of the domain's refusals still becomes a page, or JSON, that says why."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from kernel.api_errors import as_body
from kernel.errors import DomainError, ServerAway
from ui.views import show_error

log = structlog.get_logger(__name__)


def _wants_json(request: HttpRequest) -> bool:
    return (
        "application/json" in request.headers.get("Accept", "") or request.content_type == "application/json"
    )


class RefusalMiddleware:
    """Answers a `DomainError` that no view caught with its own status and sentences, never with 500.

    A fallback: where a form can show the refusal at its field (`ui.refusals.attempt`), that serves people better, so
    each fall is logged by its code and route. Servers that are away belong to `kernel.middleware.OutageMiddleware`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError) or isinstance(error, ServerAway):
            return None
        route = request.resolver_match.route if request.resolver_match else None
        log.warning("refusal_not_shown_by_view", code=error.code, route=route)
        if _wants_json(request):
            return JsonResponse(as_body(error), status=error.status)
        sentences = dict.fromkeys([str(error.message), *(str(problem.message) for problem in error.problems)])
        answer = show_error(request, error.status, "\n".join(sentences))
        if "HX-Request" in request.headers:
            # A part of a page was asked for: show the refusal instead of the page, not inside a cell of it.
            answer["HX-Retarget"] = answer["HX-Reselect"] = "#main"
            answer["HX-Reswap"] = "outerHTML"
        return answer
