"""What the page of any brought file shows while it is worked on, and how its moving part ends."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from kernel.doors import Request
from reporting.delivery.actions.brought import is_stuck
from reporting.delivery.models import BroughtFile
from tenants.addresses import tenant_url

State = BroughtFile.State
_WORKING = (State.WAITING, State.CHECKING, State.SAVING)


def progress_context(brought: Any, *, progress: str, retry: str) -> dict[str, Any]:
    """What the page shows of the file; `progress` and `retry` name the routes of its app."""
    pk: UUID = brought.pk
    stuck = is_stuck(brought)
    return {
        "import": brought,
        "working": brought.state in _WORKING and not stuck,
        "stuck": stuck,
        "untold": stuck and brought.queued_at is None,
        "states": State,
        "progress_url": tenant_url(progress, pk),
        "retry_url": tenant_url(retry, pk),
    }


def show_progress(request: Request, context: dict[str, Any], saving: str) -> HttpResponse:
    """The moving part of the page, asked for every second; with nothing left to wait for, all is drawn anew."""
    response = render(request, "delivery/_import_progress.html", {**context, "saving": saving})
    if not context["working"]:
        response["HX-Refresh"] = "true"
    return response
