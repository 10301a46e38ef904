"""Released sums of counties and above for everybody, without a login; no tenant by name.

A county in which one tenant alone told is that tenant's own figure, under the same rule as all (decision 0018).
"""

from django.http import Http404, HttpResponse
from django.urls import reverse

from kernel.doors import Request, open_door
from reporting.statistics.views.asked import Desk, hand_over, show_figures
from tenants.models import Territory


def _desk(request: Request) -> Desk:
    code = request.GET.get("voivodeship", "")
    if code and not Territory.objects.filter(pk=code, level=Territory.Level.VOIVODESHIP).exists():
        raise Http404
    return Desk(
        code,
        is_public=True,
        page=reverse("statistics:open"),
        file=lambda form: reverse("statistics:open_file", args=[form]),
    )


@open_door
def figures(request: Request) -> HttpResponse:
    """One indicator over voivodeships or counties, or through time."""
    return show_figures(request, _desk(request), "statistics/open.html")


@open_door
def figures_file(request: Request, form: str) -> HttpResponse:
    """The table of that page to take along."""
    return hand_over(request, _desk(request), form)
