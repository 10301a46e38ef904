"""By which rules figures are hidden, for everybody; and the log of what was released, for analysts."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from kernel.doors import Request, open_door, region_door
from reporting.statistics.dictionary import dictionary
from reporting.statistics.models import DisclosureRule, Release
from reporting.statistics.periods import Period
from reporting.statistics.permissions import READ_REGION
from reporting.statistics.words import language
from tenants.models import Territory
from ui.lists import page_of


@open_door
def rules(request: Request) -> HttpResponse:
    """The rule in force first, then those before it and those to come, each with its source and its day."""
    today = timezone.localdate()
    known = list(DisclosureRule.objects.order_by("-valid_from"))
    in_force = next((one for one in known if one.valid_from <= today), None)
    context = {
        "rule": in_force,
        "others": [one for one in known if one is not in_force],
        "today": today,
        "plain": dictionary().plain_words[language()],
    }
    return render(request, "statistics/rules.html", context)


@region_door(READ_REGION)
def releases(request: Request, voivodeship: str) -> HttpResponse:
    """Every release of the country, newest first: what came in, what waits, how much is hidden, and its checksum."""
    get_object_or_404(Territory, pk=voivodeship, level=Territory.Level.VOIVODESHIP)
    page = page_of(Release.objects.order_by("-released_at", "pk"), request)
    rows = [(one, Period(one.kind, one.period)) for one in page.object_list]
    return render(
        request, "statistics/releases.html", {"page": page, "rows": rows, "voivodeship": voivodeship}
    )
