"""Figures of crisis intervention by month: problems and institutions with their trends, sessions, cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from kernel.access import Access
from kernel.periods import WARSAW, Month
from reporting.crisis.models import CaseEntry, DictionaryEntry, Session
from reporting.crisis.permissions import cases_for
from ui.formatting import percent_of

MONTHS = 12
_QUARTER = 3


@dataclass(frozen=True)
class Line:
    """One row of figures: a name and a number for each month."""

    name: str
    values: list[int]

    @property
    def total(self) -> int:
        return sum(self.values)

    @property
    def change(self) -> int:
        """The last three months less the three before them."""
        return sum(self.values[-_QUARTER:]) - sum(self.values[-2 * _QUARTER : -_QUARTER])


@dataclass(frozen=True)
class Figures:
    """Twelve months: what cases were about, who helped, cases opened, sessions by state."""

    months: list[Month]
    categories: list[Line]
    institutions: list[Line]
    cases: list[int]
    done: list[int]
    no_show: list[int]
    cancelled: list[int]

    @property
    def no_show_percent(self) -> Decimal | None:
        """no_show / (done + no_show), as for advice."""
        return percent_of(sum(self.no_show), sum(self.no_show) + sum(self.done))

    @property
    def no_show_by_month(self) -> list[Decimal | None]:
        return [
            percent_of(missed, missed + done) for missed, done in zip(self.no_show, self.done, strict=True)
        ]


def months_up_to(last: Month) -> list[Month]:
    """Twelve months, the last of them given."""
    months = [last]
    while len(months) < MONTHS:
        months.insert(0, months[0].previous())
    return months


def figures_for(access: Access, last: Month, centre: Q) -> Figures:
    """The twelve months up to `last` of the cases that the person may see and `centre` chooses; three queries.

    A problem or an institution counts in the month from which the case has it.
    """
    months = months_up_to(last)
    cases = cases_for(access).filter(centre)
    start, end = months[0].bounds()[0], last.bounds()[1]
    entries = (
        CaseEntry.objects.filter(case__in=cases, since__gte=months[0].first, since__lte=last.last)
        .order_by()
        .annotate(month=TruncMonth("since"))
        .values_list("entry__kind", "entry__name", "month")
        .annotate(count=Count("pk"))
    )
    opened = cases.filter(opened_at__gte=start, opened_at__lt=end).order_by()
    sessions = Session.objects.filter(case__in=cases, starts_at__gte=start, starts_at__lt=end).order_by()
    by_state = _counted(sessions.annotate(month=TruncMonth("starts_at", tzinfo=WARSAW)), months, "state")
    told = list(entries)
    by_month = _counted(opened.annotate(month=TruncMonth("opened_at", tzinfo=WARSAW)), months, "identity")
    return Figures(
        months=months,
        categories=_lines(told, DictionaryEntry.Kind.CATEGORY, months),
        institutions=_lines(told, DictionaryEntry.Kind.INSTITUTION, months),
        cases=[sum(column) for column in zip(*by_month.values(), strict=True)] if by_month else [0] * MONTHS,
        done=by_state.get(Session.State.DONE, [0] * MONTHS),
        no_show=by_state.get(Session.State.NO_SHOW, [0] * MONTHS),
        cancelled=by_state.get(Session.State.CANCELLED, [0] * MONTHS),
    )


def _counted(rows: Any, months: Sequence[Month], by: str) -> dict[str, list[int]]:
    places = {month: place for place, month in enumerate(months)}
    counted: dict[str, list[int]] = {}
    for key, month, count in rows.values_list(by, "month").annotate(count=Count("pk")):
        counted.setdefault(key, [0] * len(months))[places[Month.of(month)]] += count
    return counted


def _lines(rows: Sequence[Any], kind: str, months: Sequence[Month]) -> list[Line]:
    places = {month: place for place, month in enumerate(months)}
    values: dict[str, list[int]] = {}
    for of_kind, name, month, count in rows:
        if of_kind == kind:
            values.setdefault(name, [0] * len(months))[places[Month.of(month)]] += count
    lines = [Line(name, numbers) for name, numbers in values.items()]
    return sorted(lines, key=lambda line: (-line.total, line.name))
