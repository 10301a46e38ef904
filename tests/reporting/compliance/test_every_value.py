"""Every reason of an answer and of a return, and every state with every verb, through the pages of a month."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from kernel.tenancy import tenant_scope
from reporting.compliance import actions, schedule
from reporting.compliance.actions.workflow import CLOSE
from reporting.compliance.models import (
    BulkAcceptance,
    BulkAcceptanceLine,
    ContractMonth,
    MonthReminder,
    Resolution,
    ReturnedLine,
)
from tenants.models import Tenant
from tenants.roles import Role
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER, ClosingWorld, build_world
from tests.values_on_pages import assert_offered, assert_shown, times_said

SignIn = Callable[..., Client]
# What each state lets through the pages; a new state fails until it stands here.
LETS = {
    "open": {"submit"},
    "submitted": {"return", "accept"},
    "returned": {"submit"},
    "accepted": {"reopen"},
    "settled": set[str](),
}
VERBS = ("submit", "return", "accept", "reopen")


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    return build_world(alfa)


def _address(world: ClosingWorld, verb: str = "") -> str:
    return f"/alfa/month/{world.contract.pk}/2026-10/{verb and f'{verb}/'}"


def _both(world: ClosingWorld, sign_in: SignIn) -> list[Client]:
    return [
        sign_in(Role.DIRECTOR, world.tenant),
        sign_in(Role.NGO_MANAGER, world.tenant, world.organisation),
    ]


@pytest.mark.parametrize("reason", [*Resolution.Reason, *Resolution.Refusal], ids=str)
def test_every_reason_of_an_answer(
    world: ClosingWorld, sign_in: SignIn, reason: Resolution.Reason | Resolution.Refusal
) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        point = f"H1 {world.one('H1').subject}"
    director, provider = _both(world, sign_in)
    assert_offered(director, _address(world), reason)
    before = times_said(director, _address(world), reason)
    typed = {"chosen": point, "reason": reason.value, "note": "Ustalone telefonicznie"}
    assert director.post(_address(world, "answer"), typed).status_code == 302
    for client in (director, provider):
        assert_shown(client, _address(world), reason, before=before)
    with tenant_scope(world.tenant):
        saved = Resolution.objects.get()
    refused = reason.value in Resolution.Refusal.values
    assert (saved.reason, saved.kind) == (reason.value, "refused" if refused else "justified")


@pytest.mark.parametrize("reason", list(ReturnedLine.Reason), ids=str)
def test_every_reason_of_a_return(world: ClosingWorld, sign_in: SignIn, reason: ReturnedLine.Reason) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    director, provider = _both(world, sign_in)
    assert_offered(director, _address(world, "return"), reason)
    before = times_said(director, _address(world), reason)
    typed = {f"reason_{world.over.pk}": reason.value, f"note_{world.over.pk}": "Popraw wizytę"}
    assert director.post(_address(world, "return"), typed).status_code == 302
    for client in (director, provider):
        assert_shown(client, _address(world), reason, before=before)
        assert_shown(client, "/alfa/month/months/2026-10/points/?whose=all", reason)


@pytest.mark.parametrize("state", list(ContractMonth.State), ids=str)
def test_every_state_is_shown_and_lets_only_its_verbs_through(
    world: ClosingWorld, sign_in: SignIn, state: ContractMonth.State
) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        actions.justify_deviations(
            world.contract, OCTOBER, points=[("H1", world.one("H1").subject)], reason="urgent", actor=DIRECTOR
        )
        if state in ("accepted", "settled"):
            actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
        ContractMonth.objects.update(state=state)
    director, provider = _both(world, sign_in)
    for client in (director, provider):
        assert_shown(client, "/alfa/month/months/?month=2026-10", state)
    for verb in set(VERBS) - LETS[state]:
        client = provider if verb == "submit" else director
        refused = client.post(_address(world, verb), {"reason": "Popraw wizytę"})
        assert refused.status_code in (409, 422), (state, verb)
        with tenant_scope(world.tenant):
            assert ContractMonth.objects.get().state == state, verb


@pytest.mark.parametrize(("state", "verb"), [(state, verb) for state in LETS for verb in sorted(LETS[state])])
def test_what_a_state_lets_through_is_done(
    world: ClosingWorld, sign_in: SignIn, state: str, verb: str
) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        actions.justify_deviations(
            world.contract, OCTOBER, points=[("H1", world.one("H1").subject)], reason="urgent", actor=DIRECTOR
        )
        if state == "accepted":
            actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
        ContractMonth.objects.update(state=state)
    director, provider = _both(world, sign_in)
    client = provider if verb == "submit" else director
    assert client.post(_address(world, verb), {"reason": "Popraw wizytę"}).status_code == 302
    with tenant_scope(world.tenant):
        assert ContractMonth.objects.get().state != state


def test_no_verb_of_the_close_is_left_out() -> None:
    told = {one.verb for state in ContractMonth.State for one in CLOSE.verbs_from(state)}
    assert told == {*VERBS, "settle", "unsettle"}, "settlement's own pages settle a month and take that back"


# How each kind of answer is given: by which verb, to a deviation that must be explained or to a note, with which
# reason; a new kind fails until it stands here.
ANSWERS = {
    "justified": ("answer", "H1", "urgent"),
    "refused": ("answer", "H1", "beyond"),
    "acknowledged": ("acknowledge", "D4", ""),
}


@pytest.mark.parametrize("kind", list(Resolution.Kind), ids=str)
def test_every_kind_of_an_answer(world: ClosingWorld, sign_in: SignIn, kind: Resolution.Kind) -> None:
    verb, code, reason = ANSWERS[kind]
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        point = f"{code} {world.one(code).subject}"
    director, provider = _both(world, sign_in)
    before = times_said(director, _address(world), kind)
    typed = {"chosen": point, "reason": reason, "note": "Ustalone"} if reason else {"chosen": point}
    assert director.post(_address(world, verb), typed).status_code == 302
    with tenant_scope(world.tenant):
        assert Resolution.objects.get().kind == kind
    for client in (director, provider):
        assert_shown(client, _address(world), kind, before=before)


@pytest.mark.parametrize("state", list(BulkAcceptanceLine.State), ids=str)
def test_every_state_of_a_month_among_many(
    world: ClosingWorld, sign_in: SignIn, state: BulkAcceptanceLine.State
) -> None:
    director, _provider = _both(world, sign_in)
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        if state == BulkAcceptanceLine.State.ACCEPTED:
            point = ("H1", world.one("H1").subject)
            actions.justify_deviations(
                world.contract, OCTOBER, points=[point], reason="urgent", actor=DIRECTOR
            )
    assert director.post("/alfa/month/months/2026-10/accept/").status_code == 302
    with tenant_scope(world.tenant):
        asked = BulkAcceptance.objects.get()
        if state != BulkAcceptanceLine.State.WAITING:
            schedule.accept_many(str(asked.pk))
        assert BulkAcceptanceLine.objects.get().state == state
    told = director.get(f"/alfa/month/months/acceptances/{asked.pk}/").content.decode().replace("\u00a0", " ")
    said = {"waiting": "0 / 1", "accepted": "Przyjęto 1 miesiąc", "refused": "1 odchylenie do wyjaśnienia"}
    assert [one for one, words in said.items() if words in told] == [state]


@pytest.mark.parametrize("kind", list(MonthReminder.Kind), ids=str)
def test_every_kind_of_a_reminder_is_mailed(
    world: ClosingWorld, sign_in: SignIn, kind: MonthReminder.Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(task: Any, pk: object) -> bool:
        with tenant_scope(world.tenant):
            task(str(pk))
        return True

    monkeypatch.setattr(schedule, "hand_over", at_once)
    director, provider = _both(world, sign_in)
    day, subject = {"soon": (4, "Oddaj miesiąc do"), "returned": (7, "Miesiąc wrócił do poprawy")}[kind]
    if kind == MonthReminder.Kind.RETURNED:
        assert provider.post(_address(world, "submit")).status_code == 302
        assert director.post(_address(world, "return"), {"reason": "Popraw wizytę"}).status_code == 302
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, day, 6, tzinfo=UTC))
    schedule.remind_of_months()
    with tenant_scope(world.tenant):
        assert MonthReminder.objects.get(month=OCTOBER.first).kind == kind
    assert sum(one.subject.startswith(subject) for one in mail.outbox) == 1
