"""Every outcome of a call, state of a move and reason why somebody cannot move: through the pages of the pack."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from contracting.contracts.models import Contract
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.continuity import schedule
from reporting.continuity.models import ReachNote, ReassignmentLine
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, visit
from tests.reporting.continuity.test_moving import FROM, PAGE, MovingWorld, SignIn, _today, world
from tests.values_on_pages import assert_offered, assert_shown, times_said

__all__ = ["_today", "world"]
State, Refusal = ReassignmentLine.State, ReassignmentLine.Refusal


@pytest.mark.parametrize("outcome", list(ReachNote.Outcome), ids=str)
def test_every_outcome_of_a_call(world: MovingWorld, sign_in: SignIn, outcome: ReachNote.Outcome) -> None:
    client, pack = sign_in(Role.SOCIAL_WORKER, world.tenant), f"{PAGE}contracts/{world.source.pk}/"
    form = f"{pack}persons/{world.decisions[0].person_id}/reach/"
    assert_offered(client, form, outcome)
    before = {page: times_said(client, page, outcome) for page in (form, pack)}
    assert client.post(form, {"outcome": outcome.value, "remark": "Syn wozi obiady"}).status_code == 302
    with tenant_scope(world.tenant):
        assert ReachNote.objects.get().outcome == outcome
    for page, times in before.items():
        assert_shown(client, page, outcome, before=times)


def _move(world: MovingWorld, sign_in: SignIn, *decisions: Decision) -> str:
    """The page of a move of these decisions, which the background has not come to yet."""
    sent = {
        "target": world.target.pk,
        "first_day": f"{FROM:%d.%m.%Y}",
        "decisions": [one.pk for one in decisions],
    }
    address = f"{PAGE}contracts/{world.source.pk}/reassign/"
    answer = sign_in(Role.DIRECTOR, world.tenant).post(address, sent)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def _pk(page: str) -> str:
    return page.rstrip("/").rpartition("/")[2]


def _prepare(world: MovingWorld, page: str) -> None:
    with tenant_scope(world.tenant):
        schedule.prepare_all(_pk(page))


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The background does nothing by itself."""
    monkeypatch.setattr(schedule, "hand_over_after_commit", lambda *_given, **_named: None)


@pytest.mark.parametrize("state", list(State), ids=str)
def test_every_state_of_a_move(world: MovingWorld, sign_in: SignIn, state: ReassignmentLine.State) -> None:
    director, moved = sign_in(Role.DIRECTOR, world.tenant), world.decisions[0]
    page = _move(world, sign_in, moved)
    with tenant_scope(world.tenant):
        line = ReassignmentLine.objects.get()
        if state == State.REFUSED:
            visit(moved, world.worker, FROM, "08:00", 60)
    if state != State.WAITING:
        _prepare(world, page)
    sent = {
        State.ISSUED: {"issued_on": "23.11.2026", f"number_{line.pk.hex}": "D/100"},
        State.DROPPED: {"drop": str(line.pk)},
    }.get(state)
    if sent:
        assert director.post(f"{page}issue/", sent).status_code == 302
    with tenant_scope(world.tenant):
        assert ReassignmentLine.objects.get().state == state
    if state == State.WAITING:
        # It has no list of its own: the page counts on until none waits.
        assert "0 / 1" in director.get(page).content.decode().replace("\u00a0", " ")
        return
    assert_shown(director, page, state)
    listed = director.get(f"{page}?show={state}")
    assert [one.pk for one in listed.context["page"]] == [line.pk]


def _cap(world: MovingWorld) -> None:
    Contract.objects.filter(pk=world.target.pk).update(cap_minutes=600)


def _elsewhere(world: MovingWorld) -> None:
    other = ContractFactory(service=world.source.service)
    Decision.objects.filter(pk=world.decisions[0].pk).update(contract=other)


def _changed(**fields: Any) -> Callable[[MovingWorld], None]:
    def change(world: MovingWorld) -> None:
        Decision.objects.filter(pk=world.decisions[0].pk).update(**fields)

    return change


def _amended(world: MovingWorld) -> None:
    first, day = world.decisions[0], date(2026, 12, 10)
    Decision.objects.filter(pk=first.pk).update(superseded_from=day)
    told = {"contract": world.source, "person": first.person, "amends": first, "valid_from": day}
    DecisionFactory(number="D/amending", **told)


# What comes between the word of the director and the background, for each refusal; a new one fails until it stands here.
BETWEEN: dict[str, Callable[[MovingWorld], object]] = {
    "over": _changed(valid_to=date(2026, 11, 30)),
    "begins_later": _changed(valid_from=FROM),
    "amended": _amended,
    "visits_after": lambda world: visit(world.decisions[0], world.worker, FROM, "08:00", 60),
    "cap": _cap,
    "moved": _elsewhere,
}


@pytest.mark.parametrize("refusal", list(Refusal), ids=str)
def test_every_reason_why_somebody_cannot_move(
    world: MovingWorld, sign_in: SignIn, refusal: ReassignmentLine.Refusal
) -> None:
    moved = world.decisions[0]
    if refusal == Refusal.PREPARED_ELSEWHERE:
        _prepare(world, _move(world, sign_in, moved))
    page = _move(world, sign_in, moved)
    if refusal != Refusal.PREPARED_ELSEWHERE:
        with tenant_scope(world.tenant):
            BETWEEN[refusal](world)
    _prepare(world, page)
    with tenant_scope(world.tenant):
        line = ReassignmentLine.objects.get(reassignment_id=_pk(page))
        assert (line.state, line.refusal) == (State.REFUSED, refusal)
    assert_shown(sign_in(Role.COORDINATOR, world.tenant), f"{page}?show=refused", refusal)
