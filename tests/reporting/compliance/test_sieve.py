"""The comparison over the database, sieve and all, against the rules alone and the naive second implementation."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from kernel.periods import Month, resolve_wall_time
from reporting.compliance.queries import compare_month, comparison
from reporting.compliance.rules import Code, Thresholds, compare, to_json
from tests.factories.care import (
    ContractFactory,
    DecisionFactory,
    ServiceFactory,
    WorkerFactory,
    plan,
    visit,
)
from tests.reporting.compliance.naive import Limits, naive_compare, settled
from tests.reporting.compliance.storing import store, store_limits
from tests.reporting.compliance.telling import facts_of
from tests.reporting.compliance.worlds import World, WorldQualification, WorldVisit, random_world

SEEDS = range(160)
JITTERS = (-31, -20, -5, 0, 0, 0, 0, 0, 5, 10, 15, 30)
QUALIFIED = tuple(
    WorldQualification(code, date(2020, 1, 1), None) for code in ("carer_course", "first_aid", "therapist")
)


@contextmanager
def stored(world: World, limits: Limits | None = None) -> Iterator[None]:
    """The world in the tables, for as long as the block lasts."""
    with transaction.atomic():
        store(world)
        if limits is not None:
            store_limits(limits)
        yield
        transaction.set_rollback(True)


def orderly_world(rng: Random) -> World:
    """A world whose visits follow the plans, nearly: most of them pass the sieve."""
    world = random_world(rng)
    workers = [replace(worker, qualifications=QUALIFIED) for worker in world.workers]
    contracts = [replace(contract, named_staff=()) for contract in world.contracts]
    decisions = [
        replace(decision, plan=tuple(slot for slot in decision.plan if 6 <= slot.start.hour < 20))
        for decision in world.decisions
    ]
    visits: list[WorldVisit] = []
    for decision in decisions:
        for day in world.month.days():
            for slot in decision.plan:
                if slot.weekday != day.isoweekday() or rng.random() < 0.05:
                    continue
                starts_at = resolve_wall_time(day, slot.start) + timedelta(minutes=rng.choice(JITTERS))
                minutes = slot.minutes if rng.random() < 0.9 else rng.choice((5, 30, 240, 800))
                visits.append(
                    WorldVisit(
                        id=f"visit-{len(visits):04d}",
                        decision=decision.number,
                        worker=rng.choice(workers).code,
                        starts_at=starts_at,
                        ends_at=starts_at + timedelta(minutes=minutes),
                        entered_at=starts_at + timedelta(days=rng.choice((0, 0, 0, 0, 1, 6, 6, 7, 8))),
                        state="done" if rng.random() < 0.95 else rng.choice(("no_show", "cancelled")),
                        activities=decision.activities[: rng.randint(1, 4)]
                        if rng.random() < 0.97
                        else ("gardening",),
                    )
                )
    return replace(
        world,
        workers=tuple(workers),
        contracts=tuple(contracts),
        decisions=tuple(decisions),
        visits=tuple({(v.decision, v.worker, v.starts_at, v.ends_at): v for v in visits}.values()),
    )


def random_limits(rng: Random) -> Limits:
    if rng.random() < 0.5:
        return Limits()
    return Limits(
        over_tolerance=rng.choice((0, 1, 60)),
        under_threshold=rng.choice((0, 50, 90, 100)),
        overlap_tolerance=rng.choice((0, 5, 30)),
        slot_tolerance=rng.choice((0, 10, 30, 60, 600)),
        late_days=rng.choice((0, 6, 7)),
        shortest=rng.choice((1, 10, 45)),
        longest=rng.choice((60, 720, 1440)),
    )


@pytest.mark.parametrize("batch", range(8))
def test_the_database_says_what_the_naive_rules_say(in_alfa: Any, batch: int) -> None:
    for seed in SEEDS[batch::8]:
        rng = Random(seed)
        limits = random_limits(rng)
        world = orderly_world(rng) if seed % 2 else random_world(rng)
        with stored(world, limits):
            found = to_json(compare_month(world.month), tenant="alfa")
            assert settled(found) == settled(naive_compare(world, limits)), f"seed {seed}"


def test_the_database_says_byte_for_byte_what_the_rules_say(in_alfa: Any) -> None:
    codes: Counter[Code] = Counter()
    for seed in range(200, 240):
        world = orderly_world(Random(seed)) if seed % 2 else random_world(Random(seed))
        with stored(world):
            found = compare_month(world.month)
            codes.update(one.code for one in found.deviations())
            rules = compare(world.month, facts_of(world))
            assert to_json(found, tenant="a") == to_json(rules, tenant="a"), f"seed {seed}"
    assert set(codes) == set(Code)


def test_the_sieve_holds_back_what_is_clean(in_alfa: Any) -> None:
    # A sieve that named every visit would pass every test of sameness.
    held_back = named = 0
    for seed in range(20):
        world = orderly_world(Random(seed))
        with stored(world):
            facts = comparison.month_facts(world.month, Thresholds(), None)
            named += sum(visit.minutes for visit in facts.visits if visit.state == "done")
            held_back += sum(clean.minutes for clean in facts.clean.values())
    assert held_back > named / 10


def test_one_contract_is_compared_as_in_the_whole(in_alfa: Any) -> None:
    for seed in range(300, 330):
        world = random_world(Random(seed))
        with stored(world):
            whole = compare_month(world.month)
            for contract in whole.contracts:
                one = compare_month(world.month, contracts=[contract.key])
                assert one.contracts == (contract,)
                assert [part for part in whole.decisions if part.contract == contract.key] == list(
                    one.decisions
                )


def test_few_queries_for_any_number_of_rows(in_alfa: Any, django_assert_max_num_queries: Any) -> None:
    contract, worker = ContractFactory(cap_minutes=100), WorkerFactory()
    month = Month(2026, 10)
    for size in (2, 20):
        for _ in range(size):
            decision = DecisionFactory(contract=contract)
            plan(decision, (1, "08:00", 60))
            visit(decision, worker, month.days()[4], "08:00", 60)
        with django_assert_max_num_queries(14):
            compared = compare_month(month)
    assert len(compared.decisions) == 22


def test_settings_of_the_planner_do_not_outlive_the_comparison(in_alfa: Any) -> None:
    def settings() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN "
                "('jit', 'work_mem', 'join_collapse_limit', 'enable_nestloop') ORDER BY name"
            )
            rows: list[Any] = cursor.fetchall()
        return rows

    before = settings()
    compare_month(Month(2026, 10))
    assert settings() == before


@pytest.mark.parametrize(
    ("slots", "visits"),
    [
        # The first stays until the second has come, each in time for its own slot.
        ([(1, "08:00", 60), (1, "10:00", 60)], [("2026-10-05T08:00", 140), ("2026-10-05T10:00", 60)]),
        # Early for the second slot, late for the first, though an hour of plan lies between.
        ([(1, "08:00", 60), (1, "10:00", 60)], [("2026-10-05T08:25", 70), ("2026-10-05T09:30", 60)]),
        # Slots nearer to each other than the tolerance.
        ([(1, "08:00", 20), (1, "08:20", 20)], [("2026-10-05T08:00", 25), ("2026-10-05T08:20", 20)]),
        # Over midnight, into the next day's visit.
        ([(1, "22:00", 60), (2, "06:00", 60)], [("2026-10-05T22:00", 490), ("2026-10-06T06:00", 60)]),
        # The hour that is skipped in March makes the first end at 3:10.
        ([(7, "01:30", 40), (7, "03:00", 60)], [("2026-03-29T01:30", 40), ("2026-03-29T03:00", 60)]),
        # Without a plan nothing keeps visits apart.
        ([], [("2026-10-05T08:00", 60), ("2026-10-05T08:30", 60)]),
    ],
)
def test_visits_of_one_person_at_their_slots_can_overlap(
    in_alfa: Any, slots: list[tuple[int, str, int]], visits: list[tuple[str, int]]
) -> None:
    decision = DecisionFactory(minutes=6000)
    plan(decision, *slots)
    for text, minutes in visits:
        day, start = text.split("T")
        visit(decision, WorkerFactory(), date.fromisoformat(day), start, minutes)
    compared = compare_month(Month.parse(visits[0][0][:7]))
    assert [one.code for one in compared.decisions[0].deviations if one.code[0] == "O"] == ["O2"]


def test_visits_of_one_person_under_two_decisions_can_overlap(in_alfa: Any) -> None:
    first = DecisionFactory()
    service = ServiceFactory(code="therapy", name="Terapia")
    second = DecisionFactory(person=first.person, contract=ContractFactory(service=service))
    plan(first, (1, "08:00", 60))
    plan(second, (1, "08:30", 60))
    visit(first, WorkerFactory(), date(2026, 10, 5), "08:00", 60)
    visit(second, WorkerFactory(), date(2026, 10, 5), "08:30", 60)
    codes = [one.code for one in compare_month(Month(2026, 10)).deviations()]
    assert codes.count(Code.PERSON_OVERLAP) == 1
