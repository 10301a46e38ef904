"""The rules against a naive second implementation on random small worlds, and the promises of the sieve."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.periods import Month
from reporting.compliance.rules import (
    CleanVisits,
    Code,
    DecisionFacts,
    MonthComparison,
    MonthFacts,
    Thresholds,
    VisitFacts,
    VisitState,
    compare,
    to_json,
)
from tests.reporting.compliance.naive import Limits, naive_compare, settled
from tests.reporting.compliance.telling import facts_of
from tests.reporting.compliance.worlds import MONTHS, World, random_world

SEEDS = range(120)
randoms = st.randoms(use_true_random=False)
months = st.sampled_from(MONTHS)
often = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

limits = st.builds(
    Limits,
    over_tolerance=st.sampled_from((0, 0, 1, 60)),
    under_threshold=st.sampled_from((90, 90, 0, 50, 100)),
    overlap_tolerance=st.sampled_from((0, 0, 5, 30)),
    slot_tolerance=st.sampled_from((30, 30, 0, 10, 60)),
    late_days=st.sampled_from((7, 7, 0, 6)),
    shortest=st.sampled_from((10, 10, 1, 45)),
    longest=st.sampled_from((720, 720, 60, 1440)),
)


def thresholds_of(limits: Limits) -> Thresholds:
    return Thresholds(
        over_tolerance_minutes=limits.over_tolerance,
        under_threshold_percent=limits.under_threshold,
        overlap_tolerance_minutes=limits.overlap_tolerance,
        slot_tolerance_minutes=limits.slot_tolerance,
        late_entry_days=limits.late_days,
        short_visit_minutes=limits.shortest,
        long_visit_minutes=limits.longest,
    )


def document_of(month: Month, facts: MonthFacts, thresholds: Thresholds | None = None) -> str:
    return json.dumps(to_json(compare(month, facts, thresholds or Thresholds()), tenant="alfa"), indent=1)


def test_defaults_agree() -> None:
    assert thresholds_of(Limits()) == Thresholds()


@often
@given(randoms, months, limits, st.booleans())
def test_rules_and_naive_rules_agree(rng: Random, month: Month, limits: Limits, storable: bool) -> None:
    world = random_world(rng, month, storable=storable)
    ours = to_json(compare(month, facts_of(world), thresholds_of(limits)), tenant="alfa")
    assert settled(ours) == settled(naive_compare(world, limits))


@pytest.mark.parametrize("seed", SEEDS)
def test_rules_and_naive_rules_agree_on_dense_worlds(seed: int) -> None:
    world = random_world(Random(seed))
    ours = to_json(compare(world.month, facts_of(world)), tenant="alfa")
    assert settled(ours) == settled(naive_compare(world, Limits()))


def test_every_code_occurs_in_the_dense_worlds() -> None:
    seen: Counter[Code] = Counter()
    for seed in SEEDS:
        world = random_world(Random(seed))
        seen.update(one.code for one in compare(world.month, facts_of(world)).deviations())
    assert {code: seen[code] for code in Code if seen[code] < 10} == {}


@often
@given(randoms, months)
def test_the_order_in_which_facts_are_told_changes_no_byte(rng: Random, month: Month) -> None:
    facts = facts_of(random_world(rng, month, storable=False))
    names = list(range(len(facts.visits)))
    rng.shuffle(names)
    renamed = [replace(visit, id=f"new-{name:03d}") for name, visit in zip(names, facts.visits, strict=True)]
    shuffled = replace(
        facts,
        decisions=rng.sample(list(facts.decisions), len(facts.decisions)),
        contracts=facts.contracts[::-1],
        workers=facts.workers[::-1],
        visits=rng.sample(renamed, len(renamed)),
        neighbours=facts.neighbours[::-1],
    )
    assert document_of(month, shuffled) == document_of(month, facts)


@often
@given(randoms, months)
def test_deviations_are_sorted_by_decision_number_then_code(rng: Random, month: Month) -> None:
    comparison = compare(month, facts_of(random_world(rng, month)))
    numbers = [decision.number for decision in comparison.decisions]
    assert numbers == sorted(numbers)
    for decision in comparison.decisions:
        codes = [one.code.value for one in decision.deviations]
        assert codes == sorted(codes)
        assert {one.decision for one in decision.deviations} <= {decision.number}


def sieved(facts: MonthFacts, comparison: MonthComparison, keep: Callable[[], bool]) -> MonthFacts:
    """The facts with clean visits added up, except those that `keep` happens to name all the same."""
    off_plan_days = set()
    flagged = set()
    for one in comparison.deviations():
        if one.visit is not None and one.code is not Code.OFF_PLAN:
            flagged |= {one.visit.id} | ({one.other.id} if one.other is not None else set())
        if one.code is Code.OFF_PLAN and one.visit is not None:
            off_plan_days.add((one.decision, one.visit.date))
        if one.code is Code.MISSED and one.slot is not None:
            off_plan_days.add((one.decision, one.slot.date))
    clean_days: dict[tuple[str, date], bool] = {}

    def is_clean_day(decision: DecisionFacts, day: date) -> bool:
        place = (decision.key, day)
        if place not in clean_days:
            clean_days[place] = (decision.number, day) not in off_plan_days and not keep()
        return clean_days[place]

    named: list[VisitFacts] = []
    clean = {decision.key: CleanVisits() for decision in facts.decisions}
    decisions = {decision.key: decision for decision in facts.decisions}
    for visit in facts.visits:
        decision = decisions[visit.decision]
        plain = visit.state is VisitState.DONE and visit.id not in flagged
        on_clean_day = not decision.plan or is_clean_day(decision, visit.date)
        if visit.state is VisitState.NO_SHOW and on_clean_day:
            if keep():
                named.append(visit)
        elif plain and on_clean_day and not keep():
            sum_of = clean[visit.decision]
            clean[visit.decision] = CleanVisits(
                sum_of.minutes + visit.minutes, sum_of.activities | visit.activities, frozenset()
            )
        elif visit.state not in (VisitState.CANCELLED, VisitState.DRAFT) or keep():
            named.append(visit)
    for (key, day), is_clean in clean_days.items():
        if is_clean:
            clean[key] = replace(clean[key], days=clean[key].days | {day})
    return replace(facts, visits=named, clean=clean)


@often
@given(randoms, months, limits)
def test_adding_up_clean_visits_changes_nothing(rng: Random, month: Month, limits: Limits) -> None:
    facts = facts_of(random_world(rng, month))
    thresholds = thresholds_of(limits)
    comparison = compare(month, facts, thresholds)
    fewer = sieved(facts, comparison, keep=lambda: rng.random() < 0.2)
    assert document_of(month, fewer, thresholds) == document_of(month, facts, thresholds)


def test_the_sieve_of_these_tests_takes_visits_out() -> None:
    named = taken = days = 0
    for seed in SEEDS:
        world = random_world(Random(seed))
        facts = facts_of(world)
        fewer = sieved(facts, compare(world.month, facts), keep=lambda: False)
        named += len(fewer.visits)
        taken += len(facts.visits) - len(fewer.visits)
        days += sum(len(clean.days) for clean in fewer.clean.values())
        assert document_of(world.month, fewer) == document_of(world.month, facts)
    assert min(named, taken, days) > 200


def test_worlds_are_storable_by_default() -> None:
    for seed in SEEDS:
        assert_storable(random_world(Random(seed)))


def assert_storable(world: World) -> None:
    rows = [(visit.decision, visit.worker, visit.starts_at, visit.ends_at) for visit in world.visits]
    assert len(rows) == len(set(rows))
    assert all(0 < (visit.ends_at - visit.starts_at).total_seconds() <= 86_400 for visit in world.visits)
    amended = [decision.amends for decision in world.decisions if decision.amends]
    assert len(amended) == len(set(amended))
    held: Counter[tuple[str, str, date]] = Counter()
    for facts in facts_of(world).decisions:
        assert facts.valid_from <= facts.valid_to
        ends = [end for end in (facts.revoked_from, facts.superseded_from) if end is not None]
        day = facts.valid_from
        while day <= facts.valid_to and all(day < end for end in ends):
            held[facts.person, facts.contract, day] += 1
            day = date.fromordinal(day.toordinal() + 1)
        days = Counter(
            day for one in facts.suspensions for day in range(one.first.toordinal(), one.last.toordinal() + 1)
        )
        assert max(days.values(), default=1) == 1
    assert max(held.values(), default=1) == 1
