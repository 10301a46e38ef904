"""Every reason of a correction, and every state of a settlement with every verb, through the pages."""

from collections.abc import Callable

import pytest
from django.test import Client

from kernel.tenancy import tenant_scope
from reporting.settlement.models import Adjustment, Settlement
from tenants.models import Tenant
from tenants.roles import Role
from tests.reporting.settlement.test_settlement_pages import address, post, stored
from tests.reporting.settlement.world import SettledWorld, accepted_world
from tests.values_on_pages import assert_offered, assert_shown

# How a settlement comes to each state, and what that lets through; a new state fails until it stands here.
COMES_BY: dict[str, tuple[str, ...]] = {
    "draft": ("offer/", "take-back/"),
    "offered": ("offer/",),
    "confirmed": ("confirm/",),
    "settled": ("confirm/", "settle/"),
}
LETS = {
    "draft": {"offer/", "confirm/"},
    "offered": {"confirm/", "take-back/"},
    "confirmed": {"settle/", "take-back/"},
    "settled": {"take-back/"},
}
VERBS = ("offer/", "confirm/", "settle/", "take-back/")
WHY = {"reason": "Zła cena"}


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


@pytest.fixture
def both(sign_in: Callable[..., Client], world: SettledWorld) -> list[Client]:
    return [
        sign_in(Role.ACCOUNTANT, world.tenant),
        sign_in(Role.NGO_MANAGER, world.tenant, world.organisation),
    ]


@pytest.mark.parametrize("reason", list(Adjustment.Reason), ids=str)
def test_every_reason_of_a_correction(
    world: SettledWorld, both: list[Client], reason: Adjustment.Reason
) -> None:
    accountant, manager = both
    visit, shown = world.long, address(world, f"visits/{world.over.pk}/")
    if reason == Adjustment.Reason.LATE:
        late = {
            "decision": str(world.over.pk), "worker": str(world.worker.pk), "date": "20.10.2026", "start": "10:00",
            "minutes": "1:00", "words": "Karta przyszła później", "justification": "Zlecona dodatkowo", "carried_in": "2026-11",
        }  # fmt: skip
        post(accountant, address(world, "late/"), late)
    else:
        where = address(world, f"correct/{visit.pk}/")
        assert_offered(accountant, where, reason)
        typed = {
            "direction": "less", "minutes": "0:30", "reason": reason.value, "words": "Karta", "carried_in": "2026-11",
        }  # fmt: skip
        post(accountant, where, typed)
    with tenant_scope(world.tenant):
        assert Adjustment.objects.get().reason == reason
    for client in (accountant, manager):
        assert_shown(client, shown, reason)


@pytest.mark.parametrize("state", list(Settlement.State), ids=str)
def test_every_state_is_shown_and_lets_only_its_verbs_through(
    world: SettledWorld, both: list[Client], state: Settlement.State
) -> None:
    accountant, manager = both
    for step in COMES_BY[state]:
        post(accountant, address(world, step), WHY if step == "take-back/" else {})
    assert stored(world)[0] == state
    for client in (accountant, manager):
        assert_shown(client, address(world), state)
    for verb in set(VERBS) - LETS[state]:
        refused = accountant.post(address(world, verb), WHY)
        assert refused.status_code in (409, 422), (state, verb)
        assert stored(world)[0] == state, verb
