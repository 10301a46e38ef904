"""What supervision of a cycle is told of inspections, findings, dossiers and tasks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.access import Actor
from kernel.periods import Month
from kernel.tenancy import connection
from reporting.supervision import actions
from reporting.supervision.chain import tell_supervision_step
from reporting.supervision.models import Recommendation
from tests.factories.commissioning import make_cycle
from tests.reporting.supervision.asking import answered
from tests.reporting.supervision.supervised import MONTH, Supervised

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("tests")


def cycle_of(world: Supervised, year: int) -> Any:
    service = world.contract.service
    return make_cycle(service, period_from=date(year, 1, 1), period_to=date(year, 12, 31))


def done(cycle: Any) -> list[bool]:
    return [check.done for check in tell_supervision_step(cycle, None).items]


def inspect(world: Supervised) -> None:
    today = timezone.localdate()
    plan = actions.InspectionPlan("documents", "Dzienniczki", today, "Dorota Wierzba")
    row = actions.plan_inspection(world.contract, plan, actor=ACTOR)
    row = actions.write_protocol(row, held_on=today, present="", protocol="Przebieg.", actor=ACTOR)
    recommended = actions.RecommendationEntry("Uzupełnić", "koordynator", today + timedelta(days=5))
    entry = actions.FindingEntry("major", "Brak podpisów", None, [recommended])
    actions.save_finding(row, entry, actor=ACTOR)
    actions.send_protocol(row, actor=ACTOR)


def test_inspections_findings_and_tasks_of_the_period_are_told(world: Supervised) -> None:
    with world.in_tenant():
        cycle = cycle_of(world, 2026)
        assert done(cycle) == [False, True, True]
        inspect(world)
        actions.recommend_on_decision(
            world.contract,
            Month.parse(MONTH),
            world.short,
            verdict="lower",
            reason="Mało wizyt",
            proposed_minutes=240,
            actor=ACTOR,
        )
        assert done(cycle) == [True, False, False]
        assert not tell_supervision_step(cycle, None).unmet, "what is open warns and does not shut the gate"
        Recommendation.objects.update(state="done", follow_up="x", followed_up_at=timezone.now())
        assert done(cycle) == [True, True, False]
        actions.conclude_dossier(world.contract, Month.parse(MONTH), conclusions="Dobrze.", actor=ACTOR)
        assert str(tell_supervision_step(cycle, None).links[-1].value) == "1"


def test_answers_of_surveys_of_the_period_are_told(world: Supervised) -> None:
    with world.in_tenant():
        cycle = cycle_of(world, 2026)
        before = [str(link.value) for link in tell_supervision_step(cycle, None).links]
        answered(world.contract, 1)
        after = [str(link.value) for link in tell_supervision_step(cycle, None).links]
        assert [told for told in after if told not in before] == ["1 z 2"]


def test_another_period_and_a_cycle_without_contracts_are_told_nothing(world: Supervised) -> None:
    with world.in_tenant():
        inspect(world)
        assert tell_supervision_step(cycle_of(world, 2028), None).items == ()


def test_the_questions_do_not_grow_with_inspections(world: Supervised) -> None:
    with world.in_tenant():
        cycle, counts = cycle_of(world, 2026), []
        for more in (1, 4):
            for _n in range(more):
                inspect(world)
            with CaptureQueriesContext(connection) as asked:
                tell_supervision_step(cycle, None)
            counts.append(len(asked))
    assert counts[0] == counts[1]
