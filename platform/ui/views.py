"""Pages of the platform itself: what is said when something cannot be shown, and the style guide."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _

from kernel.doors import public_door
from kernel.errors import Sentence
from kernel.outage import answer_outage
from ui.styleguide import sample_context

_CODES = {
    400: "bad_request",
    403: "not_allowed",
    404: "not_found",
    409: "conflict",
    413: "too_large",
    422: "refused",
}


def show_error(request: HttpRequest, status: int, message: Sentence | None = None) -> HttpResponse:
    """The page, or JSON where that is asked for, of 400, 403, 404, 409, 413 or 422, with a sentence of its own."""
    if "application/json" in request.headers.get("Accept", ""):
        problem = {"code": _CODES[status], "field": None, "value": None, "message": str(message or "")}
        return JsonResponse({"errors": [problem]}, status=status)
    return render(request, f"{status}.html", {"message": message}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 400."""
    return show_error(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 403; the sentence of a `PermissionDenied` is shown."""
    return show_error(request, 403, str(exception) or None)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 404; it never says whether the thing exists elsewhere."""
    return show_error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of 500: a page that needs no database, session or translation; 503 if a server is away."""
    away = answer_outage(request, sys.exc_info()[1])
    if away is not None:
        return away
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(
            {"errors": [{"code": "server_error", "field": None, "value": None, "message": ""}]}, status=500
        )
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its safety code: mostly a page that lay open overnight, or cookies switched off."""
    return show_error(
        request,
        403,
        _(
            "The page was open too long or your browser refuses cookies, so the form was not accepted and nothing "
            "was saved. "
            "Go back, reload the page and send the form again."
        ),
    )


@public_door
def show_icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for an icon at the root beside documents that name none: feeds, open data, files."""
    return redirect(static("ui/img/favicon.svg"))


@public_door
def show_styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with invented content, for looking and for axe; mounted on local machines only."""
    return render(request, "ui/styleguide.html", sample_context(request.GET))


@public_door
def show_error_sample(request: HttpRequest, status: int) -> HttpResponse:
    """One of the error pages, for looking."""
    if status >= 500:
        return HttpResponse(render_to_string(f"{status}.html"), status=status)
    return show_error(request, status)
