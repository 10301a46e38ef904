"""The tenant's own figures beside the quartiles of similar tenants."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.statistics.comparing import size_of
from reporting.statistics.permissions import READ_SENT
from reporting.statistics.picture import strip
from reporting.statistics.queries.benchmark import Comparison, comparisons
from reporting.statistics.words import MEASURE_WORDS, PLACE_WORDS, SIZE_WORDS, measure_text
from tenants.models import Tenant, Territory


@tenant_door(READ_SENT)
def benchmark(request: Request) -> HttpResponse:
    """Five measures of the newest released periods; `?within=voivodeship` compares with the own voivodeship only."""
    tenant = Tenant.objects.select_related("voivodeship").get(pk=request.tenant.pk)
    in_voivodeship = request.GET.get("within") == "voivodeship"
    compared = comparisons(tenant, in_voivodeship=in_voivodeship)
    size = size_of(tenant.population)
    kind, voivodeship = tenant.kind, tenant.voivodeship
    # What it is compared with is what it was in the newest period told.
    if among := next((one.among for one in compared if one.among), None):
        kind = among.kind or kind
        if among.voivodeship != voivodeship.pk:
            voivodeship = Territory.objects.get(pk=among.voivodeship)
    rows = [_row(one) | {"group": other_group(one, kind, voivodeship)} for one in compared]
    context = {
        "voivodeship": voivodeship,
        "in_voivodeship": in_voivodeship,
        "group": size,
        "kind": Tenant.Kind(kind).label,
        "size": SIZE_WORDS.get(size, ""),
        "rows": rows,
        "has_pictures": any("strip" in row for row in rows),
    }
    return render(request, "statistics/benchmark.html", context)


def other_group(one: Comparison, kind: str, voivodeship: Territory) -> str:
    """Whose peer the tenant was in the period of this figure, where that is not what the page says; else empty."""
    among = one.among
    if among is None or (among.kind or kind, among.voivodeship) == (kind, voivodeship.pk):
        return ""
    place = Territory.objects.get(pk=among.voivodeship)
    return f"{Tenant.Kind(among.kind or kind).label}, {place.display_name}"


def _row(one: Comparison) -> dict[str, Any]:
    words, peers = MEASURE_WORDS[one.measure.code], one.peers
    row: dict[str, Any] = {
        "one": one,
        "name": words[0],
        "meaning": words[1],
        "own": measure_text(one.measure.unit, one.own),
        "place": PLACE_WORDS.get(one.place, ""),
    }
    if peers is not None and peers.low is not None and peers.middle is not None and peers.high is not None:
        low, middle, high = (measure_text(one.measure.unit, n) for n in (peers.low, peers.middle, peers.high))
        said = _(
            "%(name)s: ours %(own)s; the middle half of the group from %(low)s to %(high)s, median %(middle)s"
        )
        said %= {"name": words[0], "own": row["own"], "low": low, "middle": middle, "high": high}
        row |= {"low": low, "middle": middle, "high": high}
        row["strip"] = strip(peers.low, peers.middle, peers.high, one.own, said)
    return row
