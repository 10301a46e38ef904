"""Corrections of accepted months, in minutes, as ledgers and settlements ask for them."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Sum

from kernel.periods import Month
from reporting.settlement.models import Adjustment


def adjustments_of(decision_ids: Collection[UUID], month: Month) -> dict[UUID, int]:
    """Minutes that corrections carried by this month add to (or take from) each decision; one query.

    Decisions without any are missing. Withdrawn corrections do not count.
    """
    return {pk: minutes for (pk, _month), minutes in adjusted_between(decision_ids, month, month).items()}


def adjusted_between(
    decision_ids: Collection[UUID], first: Month, last: Month, *, by_original: bool = False
) -> dict[tuple[UUID, Month], int]:
    """The same over several months, both inclusive, by decision and month; one query.

    `by_original` counts each correction in the month that it corrects instead of the one that carries it.
    """
    place = "line__month" if by_original else "carried_in"
    within: dict[str, date] = {f"{place}__gte": first.first, f"{place}__lte": last.first}
    rows = (
        Adjustment.objects.standing()
        .filter(line__decision__in=list(decision_ids), **within)
        .order_by()
        .values_list("line__decision_id", place)
        .annotate(total=Sum("minutes"))
    )
    return {(decision, Month.of(day)): total for decision, day, total in rows}
