"""What waits for a person in the cycles: steps that they own and whose day has come or is near.

Apps of what comes after the contract tell what waits in them through `tell_start_page`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle, Step
from contracting.commissioning.permissions import EDIT_FINANCING, READ_CYCLES
from contracting.commissioning.plans import financing_tables
from kernel.access import Access
from kernel.periods import Month
from tenants.addresses import tenant_url
from ui.formatting import format_date_text, format_month

_SOON = timedelta(days=14)
_HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True)
class Wait:
    """One thing that waits: `kind` is must, warn or note; `is_mine` says that the person can do something about it."""

    kind: str
    title: str
    meta: str
    href: str
    verb: str
    is_mine: bool = True


# So many things of one kind are named; the others are counted.
MOST_NAMED = 5


def first_of(rows: QuerySet[Any]) -> list[Any]:
    """The first MOST_NAMED of ordered rows, each with `of_all`, how many there are; one query."""
    return list(rows.annotate(of_all=Window(Count("pk")))[:MOST_NAMED])


def and_more(named: Sequence[Any], kind: str, what: str, href: str, verb: str) -> Iterator[Wait]:
    """One line that counts those of `first_of` that are not named; none where all are."""
    yield from line_of_more(named[0].of_all - len(named) if named else 0, kind, what, href, verb)


def line_of_more(more: int, kind: str, what: str, href: str, verb: str) -> Iterator[Wait]:
    """The same of so many that are not named."""
    if more > 0:
        yield Wait(kind, _("%(what)s: %(count)s more") % {"what": what, "count": more}, "", href, verb)


Teller = Callable[[Access, date], Iterable[Wait]]
_TELLERS: list[Teller] = []


def tell_start_page(teller: Teller) -> None:
    """Let an app say what waits for a person on a day; called once at start. The same teller twice counts once.

    A teller asks the permissions itself, and the database a constant number of questions.
    """
    if teller not in _TELLERS:
        _TELLERS.append(teller)


def told_by_apps(access: Access, today: date) -> list[Wait]:
    """What all registered apps say, in the order in which they registered."""
    told: list[Wait] = []
    for teller in _TELLERS:
        for part in access.parts():
            told += [wait for wait in teller(part, today) if wait not in told]
    return told


def steps_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Steps in work of running cycles that the person owns, overdue or due within two weeks; one query."""
    if not access.may(READ_CYCLES) or access.actor.user_id is None:
        return
    steps = (
        Step.objects.filter(
            owner_id=access.actor.user_id,
            state__in=[Step.State.OPEN, Step.State.TO_REVIEW],
            cycle__state=Cycle.State.RUNNING,
            due_on__lte=today + _SOON,
        )
        .select_related("cycle")
        .order_by("due_on")
    )
    for step in steps:
        late = step.due_on is not None and step.due_on < today
        said = {"step": step.get_kind_display(), "day": format_date_text(step.due_on)}
        yield Wait(
            "must" if late else "warn",
            (_("“%(step)s” was due on %(day)s") if late else _("“%(step)s” is due on %(day)s")) % said,
            step.cycle.title,
            tenant_url("cycles:cycle", step.cycle_id),
            _("Go to the cycle"),
        )


def money_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Running cycles with a month within half a year that the money does not reach in full (S-045); five queries."""
    if not access.may(EDIT_FINANCING):
        return
    soon = today + _HALF_A_YEAR
    cycles = list(
        Cycle.objects.running()
        .filter(period_from__lte=soon, period_to__gte=today)
        .filter(steps__kind=Step.Kind.FINANCING, steps__state=Step.State.PASSED)
        .order_by("period_from", "pk")
    )
    tables = financing_tables(cycles)
    for cycle in cycles:
        short = [month.month for month in tables[cycle.pk].unfunded_months if month.month.last >= today]
        if short and short[0].first <= soon:
            yield Wait(
                "warn",
                _("Last month funded in full: %(month)s") % {"month": format_month(short[0].previous())}
                if short[0] > Month.of(cycle.period_from)
                else _("Not funded in full: %(month)s") % {"month": format_month(short[0])},
                cycle.title,
                f"{tenant_url('financing:financing', cycle.pk)}#months",
                _("See the months"),
            )
