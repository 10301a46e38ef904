"""Who told the figures of which period and when: completeness and timeliness of a region's tenants."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.utils import timezone

from kernel.periods import Month
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.models import DisclosureRule, FactsBatch, PeriodKind, PushConsent
from reporting.statistics.periods import Period
from reporting.statistics.periods_due import last_day
from reporting.statistics.places import Moves
from tenants.models import Tenant

# So far back the pages look: a year of months, two years of quarters.
PERIODS = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 8}


@dataclass(frozen=True)
class Due:
    """A period whose figures were to be told by `day`."""

    period: Period
    day: date


@dataclass(frozen=True)
class Sender:
    """One tenant: whether it sends, and how its periods of the last time came.

    `stopped` is its consent that was ended, `agreed` whether one is in force. `expected` are the periods due since it
    first agreed, `told` those of them that came, `late` how many of these after their day; `missing` those that did
    not come, with the days that have passed since, and those of `reopened`: their acceptance was taken back, and the
    region holds nothing of them. Only periods count in which the tenant lay in the voivodeship; `left` is the day
    since which it does not. `delay` is the usual number of days from the end of a period to
    its figures, None where none came. `accepted` of `contracts` is how complete the newest month is.
    """

    tenant: Tenant
    agreed: bool
    stopped: PushConsent | None
    expected: int
    told: int
    late: int
    most_late: int
    missing: tuple[tuple[Due, int], ...]
    reopened: frozenset[date]
    newest: Period | None
    delay: int | None
    accepted: int
    contracts: int
    left: date | None

    @property
    def state(self) -> str:
        """left, suspended, stopped, never (agreed to nothing), late (a period is missing), new (none due), sends."""
        if self.tenant.left_on:
            return "left"
        if not self.tenant.is_active:
            return "suspended"
        if not self.agreed:
            return "stopped" if self.stopped else "never"
        if not self.expected:
            return "new"
        return "late" if self.missing else "sends"

    @property
    def overdue(self) -> int:
        """Days since the oldest missing period was due; 0 where none is missing."""
        return max((days for _due, days in self.missing), default=0)

    @property
    def oldest_missing(self) -> Due | None:
        return self.missing[0][0] if self.missing else None

    @property
    def is_partial(self) -> bool:
        """Whether contracts of the newest month were not accepted."""
        return self.accepted < self.contracts


_ORDER = ("stopped", "late", "never", "suspended", "new", "sends", "left")


def due_periods(kind: str, today: date) -> list[Due]:
    """The last periods whose day of release has come, oldest first; one query."""
    rules = list(DisclosureRule.objects.order_by("-valid_from"))
    found: list[Due] = []
    first = _before(kind, today)
    while len(found) < PERIODS[PeriodKind(kind)]:
        last = last_day(kind, first)
        rule = next((one for one in rules if one.valid_from <= last), None)
        if rule is None:
            break
        day = last + timedelta(days=rule.release_after_days)
        if day <= today:
            found.append(Due(Period(kind, first), day))
        first = _before(kind, first)
    return found[::-1]


def _before(kind: str, day: date) -> date:
    if kind == PeriodKind.MONTH:
        return Month.of(day).previous().first
    return Quarter.of(day).previous().first


def senders(voivodeship: str, due: list[Due], today: date) -> list[Sender]:
    """The tenants of the voivodeship, first those who stopped or are late, the longest overdue first; five queries.

    Whoever was moved elsewhere, or has left, stays while periods are due of the time before.
    """
    moves = Moves()
    tenants = list(moves.ever_in(voivodeship).defer("data_key").order_by("name"))
    consents = _consents(tenants)
    first, newest = _batches(tenants, due)
    rows = []
    for tenant in tenants:
        today_in = str(tenant.voivodeship_id)
        here = [
            one for one in due if moves.voivodeship_on(one.period.first, tenant.pk, today_in) == voivodeship
        ]
        days = {one.period.first for one in here}
        sender = _sender(
            tenant,
            consents.get(tenant.pk, []),
            {day: at for day, at in first.get(tenant.pk, {}).items() if day in days},
            [batch for batch in newest.get(tenant.pk, []) if batch["period"] in days],
            here,
            today,
            None if today_in == voivodeship else moves.last_from(tenant.pk, voivodeship),
        )
        if sender.expected or (sender.left is None and not _is_gone(tenant, here)):
            rows.append(sender)
    return sorted(rows, key=lambda one: (_ORDER.index(one.state), -one.overdue, one.tenant.name))


def _is_gone(tenant: Tenant, due: Iterable[Due]) -> bool:
    left = tenant.left_on
    return left is not None and all(left < one.period.first for one in due)


def _consents(tenants: Iterable[Tenant]) -> dict[UUID, list[PushConsent]]:
    found: dict[UUID, list[PushConsent]] = defaultdict(list)
    for row in PushConsent.objects.filter(tenant__in=tenants).order_by("given_at"):
        found[row.tenant_id].append(row)
    return found


def _batches(
    tenants: Iterable[Tenant], due: list[Due]
) -> tuple[Mapping[UUID, Mapping[date, date]], Mapping[UUID, list[Any]]]:
    """When each tenant first told each period, and the newest batch of each of its periods, newest period first."""
    first: dict[UUID, dict[date, date]] = defaultdict(dict)
    newest: dict[UUID, list[Any]] = defaultdict(list)
    if not due:
        return first, newest
    told = FactsBatch.objects.filter(
        tenant__in=tenants, kind=due[0].period.kind, period__gte=due[0].period.first
    ).filter(period__lte=due[-1].period.first)
    for tenant, period, at in told.filter(version=1).values_list("tenant_id", "period", "pushed_at"):
        first[tenant][period] = timezone.localdate(at)
    for row in (
        told.order_by("tenant_id", "-period", "-version")
        .distinct("tenant_id", "period")
        .values("tenant_id", "period", "kind", "contracts_accepted", "contracts_total")
    ):
        newest[row["tenant_id"]].append(row)
    return first, newest


def _sender(
    tenant: Tenant,
    consents: list[PushConsent],
    told: Mapping[date, date],
    batches: list[Any],
    due: list[Due],
    today: date,
    left: date | None,
) -> Sender:
    agreed = any(one.ended_at is None for one in consents)
    newest = batches[0] if batches else None
    reopened = frozenset(
        one["period"] for one in batches if one["kind"] == PeriodKind.MONTH and not one["contracts_accepted"]
    )
    stopped = consents[-1] if consents and not agreed else None
    expected = [one for one in due if _is_expected(one, consents, told, stopped)]
    here = told.keys() - reopened
    came = [(one, told[one.period.first]) for one in expected if one.period.first in here]
    delays = [(day - one.period.last).days for one, day in came]
    late = [(day - one.day).days for one, day in came if day > one.day]
    return Sender(
        tenant=tenant,
        agreed=agreed,
        stopped=stopped,
        expected=len(expected),
        told=len(came),
        late=len(late),
        most_late=max(late, default=0),
        # Of who has left nothing is waited for any more.
        missing=tuple(
            (one, (today - one.day).days)
            for one in expected
            if one.period.first not in here and not tenant.left_on
        ),
        reopened=reopened,
        newest=Period(due[-1].period.kind, newest["period"]) if newest else None,
        delay=round(median(delays)) if delays else None,
        accepted=newest["contracts_accepted"] if newest else 0,
        contracts=newest["contracts_total"] if newest else 0,
        left=left,
    )


def _is_expected(
    due: Due, consents: list[PushConsent], told: Mapping[date, date], stopped: PushConsent | None
) -> bool:
    """Whether the period was to come: what was told, and what ended between the first consent and the stop."""
    if due.period.first in told:
        return True
    if not consents or due.period.last < timezone.localdate(consents[0].given_at):
        return False
    ended = timezone.localdate(stopped.ended_at) if stopped and stopped.ended_at else None
    return ended is None or due.period.last < ended
