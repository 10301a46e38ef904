"""The tenant's own figures beside the quartiles of similar tenants."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.statistics.comparing import group_of
from reporting.statistics.permissions import READ_SENT
from reporting.statistics.picture import strip
from reporting.statistics.queries.benchmark import Comparison, comparisons
from reporting.statistics.words import MEASURE_WORDS, PLACE_WORDS, SIZE_WORDS, measure_text
from tenants.models import Tenant


@tenant_door(READ_SENT)
def benchmark(request: Request) -> HttpResponse:
    """Five measures of the newest released periods; `?within=voivodeship` compares with the own voivodeship only."""
    tenant = Tenant.objects.select_related("voivodeship").get(pk=request.tenant.pk)
    in_voivodeship = request.GET.get("within") == "voivodeship"
    group = group_of(tenant)
    context = {
        "voivodeship": tenant.voivodeship,
        "in_voivodeship": in_voivodeship,
        "group": group,
        "kind": tenant.get_kind_display(),
        "size": SIZE_WORDS.get(group.rpartition(":")[2], ""),
        "rows": [_row(one) for one in comparisons(tenant, in_voivodeship=in_voivodeship)],
    }
    return render(request, "statistics/benchmark.html", context)


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
