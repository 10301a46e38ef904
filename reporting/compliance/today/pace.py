"""Hours granted and delivered so far this month, and until when the caps of contracts will last."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum

from contracting.contracts.models import Contract
from contracting.contracts.rules.lasting import RATE_DAYS, rate_of, runs_out_on
from kernel.periods import Month
from reporting.advice.consumption import advice_minutes
from reporting.compliance.queries.papers import contracts_in, decisions_in
from reporting.compliance.rules import granted_minutes
from reporting.crisis.consumption import session_minutes
from reporting.delivery.models import Visit


@dataclass(frozen=True)
class CapForecast:
    """A contract with a cap: minutes used, and the day on which it is used up at the pace of the last 60 days.

    `lasts_until` is None where nothing was delivered lately; `runs_out` says that it ends before the contract.
    """

    contract: Contract
    cap_minutes: int
    used_minutes: int
    lasts_until: date | None

    @property
    def is_used_up(self) -> bool:
        return self.used_minutes >= self.cap_minutes

    @property
    def runs_out(self) -> bool:
        return self.is_used_up or (self.lasts_until is not None and self.lasts_until < self.contract.valid_to)


@dataclass(frozen=True)
class Pace:
    """The month so far: minutes granted for all of it, delivered up to today, and delivered by day."""

    month: Month
    granted_minutes: int
    delivered_minutes: int
    by_day: tuple[int, ...]
    caps: tuple[CapForecast, ...]


def pace_of(contracts: Sequence[Contract], today: date) -> Pace:
    """The current month of these contracts; eight queries at most, however many persons."""
    month = Month.of(today)
    keys = {str(contract.pk) for contract in contracts}
    granted = sum(
        granted_minutes(decision, month)
        for decision in decisions_in(month).values()
        if decision.contract in keys
    )
    daily = _delivered_by_day(contracts, min(today - timedelta(days=2 * RATE_DAYS), month.first), today)
    by_day: dict[date, int] = defaultdict(int)
    for days in daily.values():
        for day, minutes in days.items():
            by_day[day] += minutes
    so_far = tuple(by_day[day] for day in month.days() if day <= today)
    return Pace(month, granted, sum(so_far), so_far, _caps(contracts, daily, month, today))


def _delivered_by_day(contracts: Sequence[Contract], first: date, last: date) -> dict[UUID, dict[date, int]]:
    rows = (
        Visit.objects.filter(decision__contract__in=contracts, state=Visit.State.DONE)
        .beginning_in(first, last)
        .order_by()
        .values_list("decision__contract_id", "date")
        .annotate(minutes=Sum("minutes"))
    )
    daily: dict[UUID, dict[date, int]] = defaultdict(dict)
    for contract_id, day, minutes in rows:
        daily[contract_id][day] = minutes
    return daily


def _caps(
    contracts: Sequence[Contract], daily: Mapping[UUID, Mapping[date, int]], month: Month, today: date
) -> tuple[CapForecast, ...]:
    capped = [one for one in contracts if one.cap_minutes is not None and one.valid_to >= today]
    if not capped:
        return ()
    facts = contracts_in(month, {str(contract.pk) for contract in capped})
    keys = [contract.pk for contract in capped]
    advised, in_crisis = advice_minutes(keys), session_minutes(keys)
    found = []
    for contract in capped:
        days = Counter(daily.get(contract.pk, {}))
        cap = contract.cap_minutes or 0
        used = facts[str(contract.pk)].minutes_before + sum(
            minutes for day, minutes in days.items() if month.contains(day)
        )
        for beside in (advised.get(contract.pk), in_crisis.get(contract.pk)):
            if beside is not None:
                days.update(beside.daily)
        found.append(
            CapForecast(contract, cap, used, runs_out_on(cap - used, rate_of(days, contract.valid_from)))
        )
    return tuple(found)
