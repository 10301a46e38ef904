"""Shapes of output: amounts in words, the week of a plan, the timeline of a decision."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from contracting.commissioning.law import find_limit
from contracting.commissioning.rules.limits import Limit
from reporting.care.models import Decision
from reporting.care.rules import Slot, Term
from ui.formatting import format_count, format_date_short, format_minutes_text

_ONE_DAY = timedelta(days=1)
WEEKDAYS = range(1, 8)


def duration_in_words(minutes: int) -> str:
    """1200 → `20 godzin`, 1230 → `20 godzin 30 minut`."""
    hours, rest = divmod(minutes, 60)
    parts = [format_count(hours, "hour")] if hours or not rest else []
    if rest:
        parts.append(format_count(rest, "minute"))
    return " ".join(parts)


def amount_in_words(amount_per: str, minutes: int | None, plan_minutes: int = 0) -> str:
    """What is granted, as a decision would say it: `20 godzin miesięcznie`; `plan_minutes` is the plan's week."""
    if amount_per == Decision.AmountPer.MONTH:
        return _("%(duration)s a month") % {"duration": duration_in_words(minutes or 0)}
    if amount_per == Decision.AmountPer.WEEK:
        return _("%(duration)s a week") % {"duration": duration_in_words(minutes or 0)}
    return _("as the plan of visits: %(duration)s a week") % {"duration": duration_in_words(plan_minutes)}


@dataclass(frozen=True)
class UrgentStart:
    """Care that began `days` before its decision was issued; `limit` is what the law gave for that, where known."""

    days: int
    limit: Limit | None

    @property
    def is_late(self) -> bool:
        """Whether the decision was issued after the days that the law gives."""
        return self.limit is not None and self.days > self.limit.value


def urgent_start(decision: Decision) -> UrgentStart | None:
    """The start before the decision (L-45), or None where there was none; at most one query.

    Care may begin at once, and its decision be issued within days of that start: the day on which it is valid from is
    then the first day of care, so visits before it was issued count as any others. The law is read as it stood on that
    first day. An amendment is never urgent: until it was issued the earlier decision held.
    """
    days = (decision.issued_on - decision.valid_from).days
    if days <= 0 or decision.amends_id is not None:
        return None
    return UrgentStart(days, find_limit("urgent_decision_days", on=decision.valid_from))


def short_amount(amount_per: str, minutes: int | None) -> str:
    """What is granted, for a table: `20 h / mies.`."""
    if amount_per == Decision.AmountPer.MONTH:
        return _("%(duration)s / month") % {"duration": format_minutes_text(minutes)}
    if amount_per == Decision.AmountPer.WEEK:
        return _("%(duration)s / week") % {"duration": format_minutes_text(minutes)}
    return _("plan of visits")


def week_of(slots: Iterable[Any]) -> list[list[Slot | None]]:
    """Rows of a week grid: seven cells each, the visits of every day from the earliest on."""
    days: defaultdict[int, list[Slot]] = defaultdict(list)
    for each in slots:
        days[each.weekday].append(Slot(each.weekday, each.start, each.minutes, each.on_holidays))
    columns = (sorted(days[weekday]) for weekday in WEEKDAYS)
    return [list(row) for row in zip_longest(*columns)]


@dataclass(frozen=True)
class Bar:
    """A part of a lane, in percent of its width."""

    x: str
    width: str
    kind: str


@dataclass(frozen=True)
class Lane:
    """A decision of the chain with the bars of its days."""

    decision: Decision
    bars: Sequence[Bar]
    current: bool
    words: str
    y: int


@dataclass(frozen=True)
class Tick:
    """The beginning of a month on the axis."""

    x: str
    label: str
    year: str


@dataclass(frozen=True)
class Timeline:
    """Decisions of one chain under each other over the same months; `today` is a place on the axis or None."""

    lanes: Sequence[Lane]
    ticks: Sequence[Tick]
    today: str | None
    height: int
    axis: int

    def has(self, kind: str) -> bool:
        return any(bar.kind == kind for lane in self.lanes for bar in lane.bars)

    @property
    def has_lost(self) -> bool:
        """Whether a decision ended before its printed end."""
        return self.has("lost")

    @property
    def has_rest(self) -> bool:
        """Whether a decision was suspended."""
        return self.has("rest")


_LANE_HEIGHT, _TOP = 36, 4
_FEW_MONTHS = 14


def timeline_of(chain: Sequence[Decision], current: Decision, today: date) -> Timeline:
    """The timeline of a chain of amendments, the earliest decision first; suspensions must be prefetched."""
    first = min(decision.valid_from for decision in chain).replace(day=1)
    after = _month_after(max(decision.valid_to for decision in chain))
    whole = (after - first).days

    def place(day: date) -> float:
        return 100 * (day - first).days / whole

    lanes = [
        Lane(
            decision=decision,
            bars=[_bar(place, *part) for part in _parts(decision)],
            current=decision.pk == current.pk,
            words=_spoken(decision),
            y=_TOP + position * _LANE_HEIGHT,
        )
        for position, decision in enumerate(chain)
    ]
    axis = _TOP + len(lanes) * _LANE_HEIGHT
    return Timeline(
        lanes=lanes,
        ticks=[
            Tick(_percent(place(day)), f"{day.month:02d}", _year_at(day, first))
            for day in _ticks(first, after)
        ],
        today=_percent(place(today)) if first <= today < after else None,
        height=axis + 36,
        axis=axis,
    )


def _parts(decision: Decision) -> list[tuple[date, date, str]]:
    """Days of a decision as (first, first after, kind): held, then lost by an early end, suspensions over both."""
    term: Term = decision.term
    printed_end = decision.valid_to + _ONE_DAY
    parts = [(decision.valid_from, term.ends_before, "held"), (term.ends_before, printed_end, "lost")]
    parts += [
        (max(rest.first_day, decision.valid_from), min(rest.last_day + _ONE_DAY, printed_end), "rest")
        for rest in decision.suspensions.all()
    ]
    return [part for part in parts if part[0] < part[1]]


def _bar(place: Any, first: date, after: date, kind: str) -> Bar:
    return Bar(_percent(place(first)), _percent(place(after) - place(first)), kind)


def _percent(value: float) -> str:
    return f"{value:.3f}%"


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _ticks(first: date, after: date) -> list[date]:
    months = []
    while first < after:
        months.append(first)
        first = _month_after(first)
    step = 1 if len(months) <= _FEW_MONTHS else 3 if len(months) <= 3 * _FEW_MONTHS else 12
    return [month for month in months if (month.month - 1) % step == 0]


def _year_at(month: date, first: date) -> str:
    """The year, under its January and under the first month of the axis."""
    return str(month.year) if month.month == 1 or month == first else ""


def _spoken(decision: Decision) -> str:
    last = decision.term.last_day
    if last is None:
        return _("%(number)s: never in force") % {"number": decision.number}
    held = _("%(number)s: in force from %(first)s to %(last)s") % {
        "number": decision.number,
        "first": format_date_short(decision.valid_from),
        "last": format_date_short(last),
    }
    rests = [
        _("suspended from %(first)s to %(last)s")
        % {"first": format_date_short(rest.first_day), "last": format_date_short(rest.last_day)}
        for rest in decision.suspensions.all()
    ]
    return "; ".join([held, *rests])
