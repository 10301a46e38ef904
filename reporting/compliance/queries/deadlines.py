"""By when months are to be handed in, and from when they are late."""

from collections.abc import Iterable
from datetime import date

from kernel.periods import Month, nth_working_day
from reporting.compliance.models import ComparisonSettings


def due_and_grace_of(months: Iterable[Month]) -> dict[Month, tuple[date, date]]:
    """For each month the day it is due, and the last day of grace, after which it is late; one query for all."""
    settings = ComparisonSettings.objects.first() or ComparisonSettings()
    due = max(1, settings.close_working_day)
    last = due + settings.grace_working_days
    return {
        month: (nth_working_day(month.next(), due), nth_working_day(month.next(), last)) for month in months
    }
