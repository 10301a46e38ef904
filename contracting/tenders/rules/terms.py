"""Terms of calls: full days after a publication, years of a contract, days to demand reasons; without Django."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from kernel.periods import resolve_wall_time

_DAY = timedelta(days=1)


def earliest_deadline(last_publication: date, days: int, *, grace: timedelta = timedelta(0)) -> datetime:
    """The first moment (UTC) at which `days` full days have passed after the day of the last publication.

    That day itself does not count: published last on 1 March, 21 days end with the end of 22 March in Warsaw. `grace`
    lets the deadline stand a little before that midnight, for offices that write 23:59.
    """
    return resolve_wall_time(last_publication + _DAY * (days + 1), time.min) - grace


def is_short(
    deadline: datetime, last_publication: date, days: int, *, grace: timedelta = timedelta(0)
) -> bool:
    """Whether the deadline leaves less than `days` full days after the last publication."""
    return deadline < earliest_deadline(last_publication, days, grace=grace)


def last_publication(posted_on: Iterable[date]) -> date | None:
    """The day from which the term runs: the last of the publications; None where there is none."""
    return max(posted_on, default=None)


def last_day_of_years(first: date, years: int) -> date:
    """The last day of a period of so many years from a day: 1 January 2027 and 5 years give 31 December 2031."""
    try:
        end = first.replace(year=first.year + years)
    except ValueError:
        # 29 February, and the last year has none: the years end on its 28th.
        return date(first.year + years, 2, 28)
    return end - _DAY


def days_inclusive(first: date, last: date) -> int:
    """How many days a task lasts, its first and last day included."""
    return (last - first).days + 1


def last_day_to_demand(published_on: date, days: int) -> date:
    """The last day on which reasons for the choice may be demanded; the day of publication does not count."""
    return published_on + _DAY * days
