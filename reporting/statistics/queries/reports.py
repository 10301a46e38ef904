"""Reports of a region with the newest file of each."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from reporting.statistics.models import MadeReport, SavedReport


def reports_of(voivodeship: str) -> QuerySet[Any]:
    """Those in use first, by name, with `newest` (when its newest file was made) and `period` of that; one query."""
    newest = MadeReport.objects.filter(report=OuterRef("pk")).order_by("-made_at")
    found: QuerySet[Any] = (
        SavedReport.objects.of_region(voivodeship)
        .select_related("author")
        .defer("author__password")
        .annotate(newest=Subquery(newest.values("made_at")[:1]), period=Subquery(newest.values("period")[:1]))
        .order_by("ended_at", "name", "pk")
    )
    return found
