"""By when months are to be handed in."""

from collections.abc import Iterable
from datetime import date

from kernel.periods import Month, nth_working_day
from reporting.compliance.models import ComparisonSettings


def deadlines_of(months: Iterable[Month]) -> dict[Month, date]:
    """For each month the working day of the following one by which it is to be handed in; one query for all."""
    settings = ComparisonSettings.objects.first() or ComparisonSettings()
    working_day = max(1, settings.close_working_day)
    return {month: nth_working_day(month.next(), working_day) for month in months}


def deadline_of(month: Month) -> date:
    """The same of one month."""
    return deadlines_of([month])[month]
