"""The centre and the month that a page is about, and whether the person plans for the centre."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from kernel.access import Access
from kernel.doors import Request
from kernel.periods import Month
from reporting.crisis.queries.centres import centres_for
from ui.asked import say_instead
from ui.formatting import format_month

UNIT = "unit"
_MONTHS_AROUND = 12
_FIRST, _LAST = Month(2000, 1), Month(2198, 12)


@dataclass(frozen=True)
class Centre:
    """A centre with the others to choose from; `is_own` says that the person belongs to its house."""

    organisation_id: UUID | None
    name: str
    choices: list[tuple[str, str]]
    is_own: bool

    @property
    def value(self) -> str:
        """What names the centre in an address."""
        return str(self.organisation_id or UNIT)


def centre_of(request: Request) -> Centre:
    """The centre that `?centre=` names among those that the person may see, else their own."""
    found = centres_for(request.access)
    choices = [(str(key or UNIT), name) for key, name in found]
    asked = request.GET.get("centre", "")
    key, name = next(
        (one for one in found if str(one[0] or UNIT) == asked), found[0] if found else (None, "")
    )
    return Centre(key, name, choices, _is_own(request.access, key))


def _is_own(access: Access, organisation_id: UUID | None) -> bool:
    if access.organisation_ids is None:
        return organisation_id is None
    return organisation_id in access.organisation_ids


def month_of(request: Request) -> Month:
    """The month that `?month=` names, else the present one; the page says so where another was asked for."""
    month = present = Month.of(timezone.localdate())
    with suppress(ValueError):
        month = Month.parse(request.GET.get("month", ""))
    month = month if _FIRST <= month <= _LAST else present
    say_instead(request, "month", month, format_month(month))
    return month


def months_around(month: Month) -> list[Month]:
    """The months to choose from: half a year back, half a year ahead, and the one that is shown."""
    start = Month.of(timezone.localdate())
    for _each in range(_MONTHS_AROUND // 2):
        start = start.previous()
    months = [month]
    for _each in range(_MONTHS_AROUND):
        months.append(start)
        start = start.next()
    return months
