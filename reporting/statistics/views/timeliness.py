"""Completeness and timeliness of a region's tenants: who told what, who is late by how much, and who stopped."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from kernel.doors import Request, region_door
from reporting.statistics.models import PeriodKind
from reporting.statistics.permissions import READ_REGION, WRITE_NOTES
from reporting.statistics.queries.timeliness import due_periods, senders
from tenants.models import Territory
from ui.lists import page_of


@region_door(READ_REGION)
def timeliness(request: Request, voivodeship: str) -> HttpResponse:
    """The tenants by how much they are late, over months or quarters (`?kind=quarter`)."""
    place = get_object_or_404(Territory, pk=voivodeship, level=Territory.Level.VOIVODESHIP)
    asked = request.GET.get("kind", "")
    kind = asked if asked in PeriodKind.values else PeriodKind.MONTH
    today = timezone.localdate()
    due = due_periods(kind, today)
    rows = senders(voivodeship, due, today)
    counts = Counter(one.state for one in rows)
    newest = due[-1] if due else None
    context = {
        "place": place,
        "voivodeship": voivodeship,
        "kind": kind,
        "due": due,
        "newest": newest,
        "page": page_of(rows, request),
        "tenants": len(rows),
        "counts": counts,
        "expected": sum(one.expected for one in rows),
        "told": sum(one.told for one in rows),
        "in_time": sum(one.told - one.late for one in rows),
        "may_write": request.access.may(WRITE_NOTES),
    }
    return render(request, "statistics/timeliness.html", context)
