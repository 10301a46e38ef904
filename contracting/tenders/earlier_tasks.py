"""Tasks of a service delivered in the year of an announcement and in the one before, as its point 7 tells them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from ui.formatting import format_money


@dataclass(frozen=True)
class EarlierTask:
    """A task under a signed contract; `by_year` maps a year to its money (PLN), `amount` is that of the whole contract.

    Either may be missing: contracts entered by hand need not say how much they may pay.
    """

    number: str
    title: str
    organisation: str
    begins: date
    ends: date
    by_year: dict[int, Decimal]
    amount: Decimal | None


# Service and years → its tasks under signed contracts that hold in one of the years, in a constant number of queries.
Source = Callable[[UUID, Sequence[int]], list[EarlierTask]]

_SOURCES: list[Source] = []


def provide_earlier_tasks(source: Source) -> None:
    """Let an app tell what was delivered; called once at start. The same function twice counts once."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def earlier_tasks(service_id: UUID, year: int) -> str:
    """The tasks of a service in the year of an announcement and in the one before, a line for each year of each.

    What was done outside this platform has to be added by hand. Art. 13(2)(7) of the act on public benefit activity.
    """
    years = (year - 1, year)
    tasks = [task for source in _SOURCES for task in source(service_id, years)]
    return "\n".join(
        _("%(year)s: %(title)s (contract %(number)s), %(organisation)s, %(cost)s")
        % {
            "year": one,
            "title": task.title,
            "number": task.number,
            "organisation": task.organisation,
            "cost": _cost(task, one),
        }
        for one in years
        for task in sorted(tasks, key=lambda task: (task.begins, task.number))
        if task.begins.year <= one <= task.ends.year
    )


def _cost(task: EarlierTask, year: int) -> str:
    if year in task.by_year:
        return _("cost %(amount)s") % {"amount": format_money(task.by_year[year])}
    if task.amount is None:
        return _("cost to be entered")
    if task.begins.year == task.ends.year:
        return _("cost %(amount)s") % {"amount": format_money(task.amount)}
    return _("cost of the whole contract %(from)s–%(to)s: %(amount)s") % {
        "from": task.begins.year,
        "to": task.ends.year,
        "amount": format_money(task.amount),
    }
