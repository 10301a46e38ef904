"""The page of all that a month still waits for, from both sides."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from reporting.compliance.permissions import READ_MONTHS
from reporting.compliance.tables.open_points import of_person, open_points
from reporting.compliance.views.pages import month_of
from ui.lists import page_of

_MINE, _ALL = "mine", "all"


@tenant_door(READ_MONTHS)
def month_points(request: Request, month: str) -> HttpResponse:
    """Each open point of the month with its owner and next step; the person's own first, where they have any."""
    when = month_of(month)
    contracts = list(
        Contract.objects.visible_to(request.access)
        .filter(Q(valid_from__lte=when.last, valid_to__gte=when.first) | Q(months__month=when.first))
        .select_related("organisation", "service")
        .order_by("number")
        .distinct()
    )
    every = open_points(contracts, when, timezone.localdate())
    mine = of_person(every, request.access)
    chosen = request.GET.get("whose", "")
    whose = chosen if chosen in {_MINE, _ALL} else _MINE if mine else _ALL
    context = {
        "month": when,
        "previous": when.previous(),
        "next": when.next(),
        "whose": whose,
        "mine": len(mine),
        "every": len(every),
        "page": page_of(mine if whose == _MINE else every, request),
    }
    return render(request, "compliance/open_points.html", context)
