"""What pages of evaluation have in common: the cycle they are of, and the page of a last question."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from contracting.commissioning.models import Cycle
from kernel.doors import Request
from kernel.errors import DomainError


def cycle_of(request: Request, pk: UUID) -> Cycle:
    found: Cycle = get_object_or_404(
        Cycle.objects.visible_to(request.access).select_related("service"), pk=pk
    )
    return found


def confirmed(
    request: Request, template: str, context: dict[str, Any], verb: Callable[[], object], done: str, back: str
) -> HttpResponse:
    """The page of a last question, and what comes of it: back with a word, or the refusal on the page."""
    refusal = ""
    if request.method == "POST":
        try:
            verb()
        except DomainError as error:
            refusal = str(error)
        else:
            messages.success(request, done)
            return redirect(back)
    return render(request, template, {**context, "refusal": refusal}, status=422 if refusal else 200)
