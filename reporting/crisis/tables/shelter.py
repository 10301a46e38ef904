"""The shelter in a month: places taken each night, and who stays where until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kernel.periods import Month
from reporting.crisis.queries.shelter import nights_of
from reporting.crisis.rules import beds_by_day
from ui.charts import Chart, Series, Unit, line_chart
from ui.formatting import format_month


@dataclass(frozen=True)
class Occupancy:
    """Nights of a month: places there, places taken, and the chart of both."""

    capacity: list[int]
    taken: list[int]
    chart: Chart

    @property
    def nights_there(self) -> int:
        return sum(self.capacity)

    @property
    def nights_taken(self) -> int:
        return sum(self.taken)


def occupancy_of(month: Month, places: Sequence[Any], stays: Iterable[Any]) -> Occupancy:
    """The month's nights from the places and stays of one centre."""
    days = month.days()
    capacity = [
        sum(one.valid_from <= day and (one.valid_to is None or day < one.valid_to) for one in places)
        for day in days
    ]
    taken = beds_by_day([nights_of(stay) for stay in stays], month.first, month.last)
    chart = line_chart(
        title=_("Places taken by night"),
        description=_("Places there and places taken in each night of %(month)s.")
        % {"month": format_month(month)},
        head=_("Night from"),
        labels=[f"{day:%d.%m}" for day in days],
        series=[
            Series(_("places there"), capacity, kind="granted"),
            Series(_("places taken"), taken, kind="delivered"),
        ],
        unit=Unit.COUNT,
    )
    return Occupancy(capacity, taken, chart)
