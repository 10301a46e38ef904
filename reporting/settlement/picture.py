"""The picture of a ledger: what is granted, what was used, and what the present pace comes to."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from contracting.contracts.rules.lasting import Rate
from kernel.periods import Month
from reporting.settlement.rules.ledger import Minutes, forecast
from ui.charts import Chart, Series, Unit, line_chart
from ui.formatting import format_month_short


def ledger_chart(
    months: Mapping[Month, Minutes], rate: Rate | None, today: date, *, whole: int | None
) -> Chart | None:
    """Minutes by the end of each month, beside the limit `whole` if any; None where there is nothing to draw."""
    if not months:
        return None
    used, reached = [], 0
    for month in months:
        reached += months[month].counted
        used.append(reached)
    so_far = [value if month.first <= today else None for month, value in zip(months, used, strict=True)]
    ahead = forecast(used, list(months), rate, today)
    series = [] if whole is None else [Series(_("limit"), [whole] * len(used), kind="granted")]
    series.append(Series(_("used"), so_far, kind="delivered"))
    if any(value is not None for value in ahead):
        series.append(Series(_("at this pace"), ahead))
    return line_chart(
        title=_("Until when it lasts"),
        description=_("Hours used by the end of each month, and what the last weeks come to if they go on"),
        head=_("Month"),
        labels=[format_month_short(month) for month in months],
        series=series,
        unit=Unit.MINUTES,
    )
