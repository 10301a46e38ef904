"""Advice of a quarter: held by type and depth, no-shows, waiting time; four queries."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, Min, Q

from reporting.advice.models import Appointment, Request
from reporting.advice.models.wording import Kind
from reporting.advice.queries import ALIAS_OF_ORGANISATION
from reporting.advice.rules import require_sums
from reporting.statistics.batches.figures import Figure, fewer_of, fewest_of
from reporting.statistics.batches.periods import Stretch

_STATE = Appointment.State
_HELD = Q(state=_STATE.DONE)
_MISSED = Q(state=_STATE.NO_SHOW)


def figures(quarter: Stretch) -> Iterator[Figure]:
    """Nothing where the tenant has no advice at all."""
    if not Appointment.objects.order_by().exists():
        return
    chosen = Appointment.objects.between(quarter.first, quarter.last).order_by()
    kinds = {kind: _HELD & Q(kind=kind) for kind in Kind.values}
    depths = {depth: _HELD & Q(depth=depth) for depth in Appointment.Depth.values}
    groups = {"": _HELD, "missed": _MISSED, **kinds, **depths}
    counts = chosen.aggregate(
        **{f"count_{name}": Count("pk", filter=rule) for name, rule in groups.items()},
        **{f"persons_{name}": Count("person", distinct=True, filter=rule) for name, rule in groups.items()},
        **{
            f"aliases_{name}": Count(ALIAS_OF_ORGANISATION, distinct=True, filter=rule & ~Q(alias=""))
            for name, rule in groups.items()
        },
    )

    def known(name: str) -> int:
        return int(counts[f"persons_{name}"] + counts[f"aliases_{name}"])

    def behind(name: str) -> int:
        """Persons that are surely there: an anonymous session may be of anybody who is known."""
        return fewest_of(known(name), counts[f"count_{name}"])

    total = counts["count_"]
    for indicator, groups_of in (("advice", kinds), ("advice_depth", depths)):
        require_sums(total, {name: counts[f"count_{name}"] for name in groups_of}, indicator)
        for name in ("", *groups_of):
            yield Figure(indicator, Decimal(counts[f"count_{name}"]), None, behind(name), category=name)
    yield Figure("advice_persons", Decimal(known("")), None, known(""))
    missed = counts["count_missed"]
    yield Figure(
        "advice_no_show", Decimal(missed), Decimal(missed + total), fewer_of(behind("missed"), behind(""))
    )
    yield _waiting(quarter)


def _waiting(quarter: Stretch) -> Figure:
    """Days from requests to their first appointment that came up, where that one lies in the quarter."""
    came_up = Q(appointments__state__in=[_STATE.DONE, _STATE.NO_SHOW])
    waits = [
        ((first - requested).days, person or alias)
        for requested, first, person, alias in Request.objects.order_by()
        .annotate(first=Min("appointments__date", filter=came_up))
        .filter(first__gte=quarter.first, first__lte=quarter.last)
        .values_list("requested_on", "first", "person", "alias")
    ]
    days, known = sum(wait for wait, _who in waits), {who for _wait, who in waits if who}
    return Figure("advice_waiting", Decimal(days), Decimal(len(waits)), fewest_of(len(known), len(waits)))
