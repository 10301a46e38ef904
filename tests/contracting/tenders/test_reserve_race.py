"""Two grants of the same freed money, and a step back against a draft of the contract, in real threads."""

import itertools
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from contracting.contracts.actions import draft_contract
from contracting.contracts.models import ContractDraft
from contracting.tenders.actions import reserves
from contracting.tenders.actions.reserves import give_up_award, grant_from_reserve, results_stamp
from contracting.tenders.clock import database_now
from contracting.tenders.models import Award, Call, ResultsChange
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.factories.reserves import decide
from tests.racing import at_once, committed_tenant, committing

db = committing

FUNDS = Decimal("150000.00")


@pytest.fixture
def committed(db: None) -> Iterator[JudgingWorld]:
    """150 000 zł in one part: offer 1 has 100 000, two wait; in a tenant of its own, really committed."""
    with committed_tenant("rezerwa", "Rezerwa") as tenant:
        world = build_judging(tenant, offers=3, mark="Rezerwa", lots=[str(FUNDS)])
        with tenant_scope(tenant):
            decide(world.call, ["granted", "reserve", "reserve"])
        yield world


def award(number: int) -> Award:
    found: Award = Award.objects.select_related("lot__call", "offer").get(offer__number=number)
    return found


def step_back(world: JudgingWorld) -> None:
    give_up_award(award(1), happened_on=timezone.localdate(), reason="Rezygnacja", actor=world.director_actor)


def grant(world: JudgingWorld, seen: str | None = None, **amounts: str) -> None:
    grant_from_reserve(
        world.call,
        {award(int(name[1:])).pk: Decimal(amount) for name, amount in amounts.items()},
        happened_on=timezone.localdate(),
        reason="Następny",
        seen=seen,
        actor=world.director_actor,
    )


def granted() -> Decimal:
    rows = Award.objects.filter(decision=Award.Outcome.GRANTED).values_list("amount", flat=True)
    return sum(rows, Decimal(0))


def test_without_the_lock_the_freed_money_is_granted_twice(committed: JudgingWorld) -> None:
    """The race is real: both see the offers in reserve, each alone is within the money, together they are not."""
    with tenant_scope(committed.tenant):
        step_back(committed)
    both_have_summed, other_is_done = threading.Barrier(2), threading.Event()
    numbers, over_funds = itertools.count(10), reserves.over_funds

    def look_only(call: Call) -> Call:
        found: Call = Call.objects.get(pk=call.pk)
        return found

    def number_freely(call: Call, kind: str, day: Any, reason: str, actor: Actor) -> ResultsChange:
        made: ResultsChange = ResultsChange.objects.create(
            call=call,
            number=next(numbers),
            kind=kind,
            reason=reason,
            happened_on=day,
            published_at=database_now(),
            made_by=new_id(),
        )
        return made

    def sum_together(awards: list[Award]) -> Any:
        found = over_funds(awards)
        both_have_summed.wait(timeout=10)
        if sum(1 for one in awards if one.decision == Award.Outcome.GRANTED) == 1:
            other_is_done.wait(timeout=10)
        return found

    def grant_two() -> None:
        grant(committed, o2="40000", o3="100000")
        other_is_done.set()

    with (
        mock.patch.object(reserves, "lock_call", look_only),
        mock.patch.object(reserves, "_change", number_freely),
        mock.patch.object(reserves, "over_funds", sum_together),
        mock.patch.object(QuerySet, "select_for_update", lambda queryset, **options: queryset),
    ):
        outcomes = at_once(committed.tenant, lambda: grant(committed, o2="100000"), grant_two)
    assert outcomes == ["done", "done"]
    with tenant_scope(committed.tenant):
        assert granted() == Decimal("200000.00") > FUNDS


def test_of_two_grants_of_freed_money_one_is_refused(committed: JudgingWorld) -> None:
    with tenant_scope(committed.tenant):
        step_back(committed)
    outcomes = at_once(
        committed.tenant,
        lambda: grant(committed, o2="100000"),
        lambda: grant(committed, o2="40000", o3="100000"),
    )
    assert sorted(outcomes) == ["done", "invalid"]
    with tenant_scope(committed.tenant):
        assert granted() <= FUNDS
        assert ResultsChange.objects.filter(kind="granted").count() == 1


def test_of_two_who_saw_the_same_results_the_second_is_told(committed: JudgingWorld) -> None:
    with tenant_scope(committed.tenant):
        step_back(committed)
        seen = results_stamp(committed.call)
    outcomes = at_once(
        committed.tenant,
        lambda: grant(committed, seen, o2="50000"),
        lambda: grant(committed, seen, o2="50000"),
    )
    assert sorted(outcomes) == ["changed_meanwhile", "done"]


def test_a_step_back_and_a_new_draft_leave_no_open_contract(committed: JudgingWorld) -> None:
    """Whichever comes first: no draft can be signed for a grant that was given up."""
    outcomes = at_once(
        committed.tenant,
        lambda: step_back(committed),
        lambda: draft_contract(award(1), actor=committed.director_actor),
    )
    assert outcomes[0] == "done" and outcomes[1] in ("done", "not_granted")
    with tenant_scope(committed.tenant):
        assert not ContractDraft.objects.open().exists()
        assert ContractDraft.objects.count() == (1 if outcomes[1] == "done" else 0)
        assert award(1).decision == Award.Outcome.GIVEN_UP
