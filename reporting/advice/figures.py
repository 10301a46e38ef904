"""Figures of advice for the page and its exports: counts, months, lead times, waiting time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from kernel.access import Access
from kernel.periods import Month
from reporting.advice.models import Appointment, Request
from reporting.advice.models.wording import Kind
from reporting.advice.queries import AdviceCounts, counts_of
from reporting.advice.rules import ShowRate, median_days, rates_by_lead, require_sums

_CAME_UP = (Appointment.State.DONE, Appointment.State.NO_SHOW)


@dataclass(frozen=True)
class Figures:
    """Everything the page shows of a period, both days inclusive.

    `months` pairs each month with its counts by type; `lead` has a rate for each band of rules.LEAD_BANDS and None;
    `waiting_median` is in days, over `waited` requests whose first appointment came up in the period.
    """

    first: date
    last: date
    counts: AdviceCounts
    months: list[tuple[Month, dict[str, int]]]
    lead: dict[int | None, ShowRate]
    waiting_median: Decimal | None
    waited: int
    still_waiting: int

    @property
    def no_shows(self) -> ShowRate:
        """Of all appointments that came up."""
        states = self.counts.by_status
        return ShowRate(states[Appointment.State.DONE], states[Appointment.State.NO_SHOW])


def period_of_all(access: Access) -> tuple[date, date]:
    """From the first appointment that the person may see to today, or to the last one held."""
    today = timezone.localdate()
    seen = Appointment.objects.visible_to(access).order_by().filter(state__in=_CAME_UP)
    ends = seen.aggregate(first=Min("date"), last=Max("date"))
    return ends["first"] or today.replace(day=1), max(ends["last"] or today, today)


def figures_of(access: Access, first: date, last: date) -> Figures:
    """The figures that the person may see; six queries whatever there is."""
    chosen = Appointment.objects.visible_to(access).between(first, last)
    counts = counts_of(chosen)
    months = _by_month(chosen, first, last)
    require_sums(counts.total, {str(month): sum(kinds.values()) for month, kinds in months}, "months")
    came = (
        chosen.order_by()
        .filter(state__in=_CAME_UP)
        .values_list("date", "booked_on", "state")
        .annotate(count=Count("pk"))
    )
    lead = rates_by_lead(
        (None if booked is None else (day - booked).days, state, count) for day, booked, state, count in came
    )
    waits = _waits(access, first, last)
    waiting = Request.objects.filter(state=Request.State.WAITING).count() if _sees_queue(access) else 0
    return Figures(first, last, counts, months, lead, median_days(waits), len(waits), waiting)


def _sees_queue(access: Access) -> bool:
    return access.organisation_ids is None


def _by_month(chosen: Any, first: date, last: date) -> list[tuple[Month, dict[str, int]]]:
    """Counts of held advice by month and type, also for months without any."""
    counted: dict[Month, dict[str, int]] = {}
    month = Month.of(first)
    while month.first <= last:
        counted[month] = dict.fromkeys(Kind.values, 0)
        month = month.next()
    rows = (
        chosen.order_by()
        .filter(state=Appointment.State.DONE)
        .annotate(month=TruncMonth("date"))
        .values_list("month", "kind")
        .annotate(count=Count("pk"))
    )
    for first_day, kind, count in rows:
        counted[Month.of(first_day)][kind] = count
    return list(counted.items())


def _waits(access: Access, first: date, last: date) -> list[tuple[date, date]]:
    """Requests with the day of their first appointment that came up, where that day lies in the period."""
    visible = Appointment.objects.visible_to(access).filter(state__in=_CAME_UP)
    rows = (
        Request.objects.order_by()
        .annotate(first=Min("appointments__date", filter=Q(appointments__in=visible.order_by().values("pk"))))
        .filter(first__gte=first, first__lte=last)
        .values_list("requested_on", "first")
    )
    return list(rows)
