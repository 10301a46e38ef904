"""What a month of advice and crisis intervention says of each kind of promise: waiting, no-shows, sessions, duty.

As with visits a value is a Fraction, never rounded before it is compared; shares are in percent.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from statistics import median

from kernel.periods import local_datetime
from reporting.crisis.rules import Gap, minutes_of
from reporting.evaluation.rules.measures import RULES, Behind, Reading, Reason, share
from reporting.evaluation.rules.measures import SHARES as _SHARES_OF_VISITS


@dataclass(frozen=True, slots=True)
class Meeting:
    """An appointment of advice or a crisis session that came up: held, or nobody came; `key` is of its page."""

    key: str
    day: date
    start: time
    is_held: bool


@dataclass(frozen=True, slots=True)
class FirstAdvice:
    """The first appointment that came up after a request, and on which day it was requested."""

    key: str
    day: date
    start: time
    requested_on: date

    @property
    def days(self) -> int:
        """How long the person waited."""
        return (self.day - self.requested_on).days


@dataclass(frozen=True, slots=True)
class ServiceMonth:
    """The month: what came up, first advice, minutes of duty `asked` for, and stretches with too few on duty."""

    meetings: Sequence[Meeting] = ()
    first_advice: Sequence[FirstAdvice] = ()
    asked: int = 0
    gaps: Sequence[Gap] = ()


@dataclass(frozen=True, slots=True)
class ServiceAsked:
    """What a measure may need beside the month: the promise, and within how many days first advice is in term."""

    promised: Decimal
    first_advice_days: int


def waiting_days(month: ServiceMonth, promised: Decimal) -> Reading:
    """The median of days from the request to the first advice; `part` is the longest wait, `whole` how many waited."""
    waits = [one.days for one in month.first_advice]
    if not waits:
        return Reading(reason=Reason.NO_FIRST_ADVICE)
    behind = tuple(_waited(one) for one in month.first_advice if one.days > promised)
    return Reading(Fraction(str(median(waits))), max(waits), len(waits), behind=behind)


def in_term(month: ServiceMonth, days: int) -> Reading:
    """Of first advice the share given within so many days of the request."""
    late = [one for one in month.first_advice if one.days > days]
    whole = len(month.first_advice)
    return share(whole - len(late), whole, Reason.NO_FIRST_ADVICE, [_waited(one) for one in late])


def _waited(one: FirstAdvice) -> Behind:
    return Behind(one.key, "waited_days", one.day, one.start, one.days)


def no_show(month: ServiceMonth) -> Reading:
    """Of appointments and sessions that came up the share to which nobody came."""
    missed = [one for one in month.meetings if not one.is_held]
    behind = [Behind(one.key, "no_show", one.day, one.start) for one in missed]
    return share(len(missed), len(month.meetings), Reason.NO_MEETINGS, behind)


def sessions(month: ServiceMonth) -> Reading:
    """How many appointments and sessions were held; none is a value too."""
    held = [one for one in month.meetings if one.is_held]
    behind = tuple(Behind(one.key, "held", one.day, one.start) for one in held)
    return Reading(Fraction(len(held)), len(held), None, behind=behind)


def duty(month: ServiceMonth, *, full: bool) -> Reading:
    """Of the time in which people are asked for, that with somebody on duty; `full`: with as many as are asked for."""
    short = [gap for gap in month.gaps if full or gap.on_duty == 0]
    missing = minutes_of(month.gaps, empty=True) + (minutes_of(month.gaps, empty=False) if full else 0)
    behind = []
    for gap in short:
        begins = local_datetime(gap.starts_at)
        said = "nobody_on_duty" if gap.on_duty == 0 else "few_on_duty"
        behind.append(Behind("", said, begins.date(), begins.time(), gap.minutes))
    return share(month.asked - missing, month.asked, Reason.NO_DUTY, behind)


SERVICE_RULES: Mapping[str, Callable[[ServiceMonth, ServiceAsked], Reading]] = {
    "advice_wait_days": lambda month, asked: waiting_days(month, asked.promised),
    "advice_in_term": lambda month, asked: in_term(month, asked.first_advice_days),
    "no_show": lambda month, asked: no_show(month),
    "sessions": lambda month, asked: sessions(month),
    "duty_staffed": lambda month, asked: duty(month, full=False),
    "duty_full": lambda month, asked: duty(month, full=True),
}
# Kinds for which the roster is read, and requests.
OF_ROSTER = frozenset({"duty_staffed", "duty_full"})
OF_REQUESTS = frozenset({"advice_wait_days", "advice_in_term"})
OF_MEETINGS = frozenset({"no_show", "sessions"})

MEASURED: Collection[str] = frozenset(RULES) | frozenset(SERVICE_RULES)
SHARES: Collection[str] = frozenset(_SHARES_OF_VISITS) | {
    "advice_in_term",
    "no_show",
    "duty_staffed",
    "duty_full",
}
