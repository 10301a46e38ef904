"""The comparison of a month of the tenant at hand: sieve, facts and rules put together."""

from collections.abc import Collection, Iterator
from dataclasses import fields
from datetime import date
from uuid import UUID

from kernel.periods import Month
from reporting.compliance.models import ComparisonSettings
from reporting.compliance.queries import papers
from reporting.compliance.queries.activities import performed_in
from reporting.compliance.queries.added import added_beside
from reporting.compliance.queries.moment import one_moment, without_collecting
from reporting.compliance.queries.persons import mark_overlaps
from reporting.compliance.queries.sieve import Sifted, dates_in, sift, weekday_masks
from reporting.compliance.rules import (
    CleanVisits,
    DecisionFacts,
    MonthComparison,
    MonthFacts,
    Thresholds,
    VisitState,
    compare,
)


def thresholds_at_hand() -> Thresholds:
    """The thresholds of the tenant; those of the house where it set none."""
    row = ComparisonSettings.objects.first()
    if row is None:
        return Thresholds()
    return Thresholds(**{field.name: getattr(row, field.name) for field in fields(Thresholds)})


def compare_month(month: Month, *, contracts: Collection[UUID] | None = None) -> MonthComparison:
    """The month compared, of all contracts of the tenant or of these only.

    Keys are ids as texts: of decisions, contracts and visits. Takes the same few queries for any number of rows.
    """
    wanted = None if contracts is None else frozenset(str(contract) for contract in contracts)
    with without_collecting():
        with one_moment():
            thresholds = thresholds_at_hand()
            facts = month_facts(month, thresholds, wanted)
        compared = compare(month, facts, thresholds)
    if wanted is None:
        return compared
    return MonthComparison(
        month,
        tuple(one for one in compared.decisions if one.contract in wanted),
        tuple(one for one in compared.contracts if one.key in wanted),
    )


def month_facts(month: Month, thresholds: Thresholds, contracts: Collection[str] | None) -> MonthFacts:
    """All that the rules need to compare the month, visits that cannot deviate added up.

    With `contracts` (ids as texts) decisions of other contracts are there only where their visits overlap something.
    """
    touching = papers.decisions_in(month)
    sifted = sift(month, thresholds)
    added = added_beside(month, sifted)
    missing = (sifted.keys() | {one.decision for one in added}) - touching.keys()
    decisions = touching | papers.decisions_by_id(missing)
    mark_overlaps(month, sifted, decisions, thresholds.slot_tolerance_minutes)
    wanted = {key for key, one in decisions.items() if contracts is None or one.contract in contracts}
    reading = _Reading(month, decisions, wanted)
    for key, added_up in sifted.items():
        reading.add(key, added_up)
    visits, in_week = papers.visits_on(month, reading.days_to_name())
    for visit in visits:
        if visit.state is VisitState.DONE and visit.decision in wanted and month.contains(visit.date):
            reading.minutes[visit.decision] -= visit.minutes
    performed = performed_in(month, {key: decisions[key] for key in reading.minutes}, in_week)
    kept = wanted | {visit.decision for visit in (*visits, *added)}
    told = [decision for key, decision in decisions.items() if key in kept]
    contracts_told, workers = papers.contracts_and_workers(
        month,
        {decision.contract for decision in told} | set(contracts or ()),
        {visit.worker for visit in visits},
    )
    return MonthFacts(
        decisions=told,
        contracts=contracts_told,
        workers=workers,
        visits=[visit for visit in visits if month.contains(visit.date)],
        neighbours=[visit for visit in visits if not month.contains(visit.date)],
        added=added,
        clean={
            key: CleanVisits(minutes, performed.get(key, frozenset()), reading.clean_days[key])
            for key, minutes in reading.minutes.items()
        },
    )


class _Reading:
    """What of the sieve's sums can be kept, and which days must be read visit by visit."""

    def __init__(self, month: Month, decisions: dict[str, DecisionFacts], wanted: set[str]) -> None:
        self._month = month
        self._decisions = decisions
        self._wanted = wanted
        self._weekdays = weekday_masks(month)
        self._all_days = (1 << len(month.days())) - 1
        self._named: list[tuple[str, int]] = []
        self.minutes: dict[str, int] = {}
        self.clean_days: dict[str, frozenset[date]] = {}

    def add(self, key: str, visits: Sifted) -> None:
        """Decide on the visits of one decision."""
        if key not in self._wanted:
            self._named.append((key, visits.met))
            return
        decision = self._decisions[key]
        unanswered = visits.unanswered(decision, self._weekdays)
        named = visits.days_to_name(decision, unanswered)
        # Of the day after the month only overlaps matter.
        self._named.append((key, named & self._all_days | visits.met))
        self.minutes[key] = visits.minutes
        self.clean_days[key] = dates_in(self._all_days & ~(named | unanswered), self._month.first)

    def days_to_name(self) -> Iterator[tuple[str, date]]:
        """Pairs of a decision and a date whose visits are read one by one."""
        for key, mask in self._named:
            for day in dates_in(mask, self._month.first) if mask else ():
                yield key, day
