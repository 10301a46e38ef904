"""Who moves and who stays, numbers that are not lost, long lists by pages, and two who move the same person at once."""

import threading
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.continuity import actions, schedule
from reporting.continuity.actions import issuing, reassigning
from reporting.continuity.models import Reassignment, ReassignmentLine
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import DecisionFactory
from tests.racing import at_once, committed_tenant, committing
from tests.reporting.continuity.test_moving import (
    DIRECTOR,
    FROM,
    PAGE,
    PERSONS,
    TODAY,
    MovingWorld,
    SignIn,
    _prepared,
    _text,
    _today,
    build_world,
    ticked,
    world,
)

__all__ = ["_today", "world"]
committing_db = committing


def test_who_is_unticked_stays(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    client: Client = sign_in(Role.DIRECTOR, alfa)
    address = f"{PAGE}contracts/{world.source.pk}/reassign/"
    moving = [str(one.pk) for one in world.decisions[:2]]
    sent = {"target": world.target.pk, "first_day": "01.12.2026", "decisions": moving}
    # What was ticked stays so when something is refused.
    with tenant_scope(alfa), mock.patch.object(actions, "ask_reassignment", side_effect=_refuse):
        assert ticked(_text(client.post(address, sent), 422)) == 2
    assert client.post(address, sent).status_code == 302
    with tenant_scope(alfa):
        lines = ReassignmentLine.objects.values_list("decision_id", flat=True)
        assert {str(pk) for pk in lines} == set(moving)
        schedule.prepare_all(str(Reassignment.objects.get().pk))
    # The others may go another day.
    page = _text(client.get(address, {"target": world.target.pk, "first_day": "15.12.2026"}))
    assert ticked(page) == PERSONS
    rest = [str(one.pk) for one in world.decisions[2:]]
    assert client.post(address, sent | {"first_day": "15.12.2026", "decisions": rest}).status_code == 302


def _refuse(*_given: Any, **_named: Any) -> None:
    raise reassigning.DomainError("nobody_to_move", "refused")


def test_two_carers_are_named_where_one_plans(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        Decision.objects.filter(pk=world.decisions[0].pk).update(two_workers=True)
    client = sign_in(Role.DIRECTOR, alfa)
    said = "możliwe dwie opiekunki naraz"
    assert _text(client.get(f"{PAGE}contracts/{world.source.pk}/")).count(said) == 1
    page = _text(
        client.get(
            f"{PAGE}contracts/{world.source.pk}/reassign/",
            {"target": world.target.pk, "first_day": "01.12.2026"},
        )
    )
    assert said in page
    assert "U 1 osoby możliwe są dwie opiekunki naraz" in page
    # Nobody was visited since 2 November.
    assert said in _text(client.get(f"{PAGE}"))


def test_numbers_typed_into_other_rows_survive_a_drop(
    alfa: Tenant, world: MovingWorld, sign_in: SignIn
) -> None:
    asked, client = _prepared(world), sign_in(Role.DIRECTOR, alfa)
    with tenant_scope(alfa):
        lines = {line.decision.number: line for line in asked.lines.select_related("decision")}
    field = f"number_{lines['D/1'].pk.hex}"
    sent = {"issued_on": "20.11.2026", field: "D/101", "drop": str(lines["D/2"].pk)}
    page = _text(client.post(f"{PAGE}reassignments/{asked.pk}/issue/", sent))
    assert 'value="D/101"' in page
    assert 'value="20.11.2026"' in page
    assert f"number_{lines['D/2'].pk.hex}" not in page
    assert "Wydana decyzja" not in page
    with tenant_scope(alfa):
        states = dict(asked.lines.values_list("decision__number", "state"))
    assert states == {"D/0": "prepared", "D/1": "prepared", "D/2": "dropped", "D/3": "prepared"}


def test_long_lists_come_by_pages(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    asked = _prepared(world)
    with tenant_scope(alfa):
        ReassignmentLine.objects.bulk_create(
            ReassignmentLine(
                reassignment=asked, decision=DecisionFactory(contract=world.source), position=10 + place,
                state="refused", refusal="over", done_at=asked.asked_at,
            )
            for place in range(60)
        )  # fmt: skip
    client, address = sign_in(Role.DIRECTOR, alfa), f"{PAGE}reassignments/{asked.pk}/"
    assert "Decyzja nie obowiązuje" not in _text(client.get(address))
    first = _text(client.get(f"{address}?show=refused"))
    second = _text(client.get(f"{address}?show=refused&page=2"))
    assert (first.count('scope="row"'), second.count('scope="row"')) == (50, 10)


@pytest.fixture
def committed(committing_db: None) -> Iterator[MovingWorld]:
    with committed_tenant("przenosiny", "Przenosiny") as tenant:
        yield build_world(tenant)


def _both_read(module: Any, name: str) -> Any:
    """The function of the module, held up until both sides have come to it: what they read before, both have read."""
    both, real = threading.Barrier(2), getattr(module, name)

    def held(*given: Any, **named: Any) -> Any:
        both.wait(10)
        return real(*given, **named)

    return mock.patch.object(module, name, held)


def test_two_who_ask_to_move_the_same_person(committed: MovingWorld) -> None:
    def ask() -> Reassignment:
        return actions.ask_reassignment(committed.source, committed.target, first_day=FROM, actor=DIRECTOR)

    def read(*given: Any) -> Any:
        lines = real(*given)
        both.wait(10)
        return lines

    both, real = threading.Barrier(2), reassigning.to_be_moved
    with mock.patch.object(reassigning, "to_be_moved", read):
        assert sorted(at_once(committed.tenant, ask, ask)) == ["done", "reassignment_going_on"]
    with tenant_scope(committed.tenant):
        asked = Reassignment.objects.get()
        # Two workers prepare it: each line once.
        assert at_once(committed.tenant, *[lambda: reassigning.prepare_next(asked.pk)] * 2) == ["done"] * 2
        assert asked.lines.filter(state="prepared").count() == PERSONS
        line = asked.lines.get(decision=committed.decisions[0])

    def issue(number: str) -> Decision:
        return actions.issue_line(line.pk, number=number, issued_on=TODAY, actor=DIRECTOR)

    with _both_read(issuing, "hold_diaries"):
        outcomes = at_once(committed.tenant, lambda: issue("D/101"), lambda: issue("D/102"))
    assert sorted(outcomes) == ["done", "line_done"]
    with tenant_scope(committed.tenant):
        assert Decision.objects.filter(amends=committed.decisions[0]).count() == 1
