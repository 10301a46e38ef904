"""The order of a settlement's states: the social unit decides on penalties before the provider confirms."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Entry
from kernel.tenancy import tenant_scope
from reporting.settlement.models import Settlement
from tenants.models import Tenant
from tenants.roles import Role
from tests.reporting.compliance.closing_world import OCTOBER
from tests.reporting.settlement.test_cap_over_months import accept_november
from tests.reporting.settlement.test_settlement_pages import address, page, post, stored
from tests.reporting.settlement.world import SettledWorld, accepted_world

PENALTY = {"reason": "Brak opiekunki", "basis": "§ 9", "amount": "16,00"}


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


@pytest.fixture
def accountant(sign_in: Callable[..., Client], world: SettledWorld) -> Client:
    return sign_in(Role.ACCOUNTANT, world.tenant)


@pytest.fixture
def manager(sign_in: Callable[..., Client], world: SettledWorld) -> Client:
    return sign_in(Role.NGO_MANAGER, world.tenant, world.organisation)


def test_the_provider_confirms_only_what_the_unit_handed_over(
    world: SettledWorld, accountant: Client, manager: Client
) -> None:
    assert "Potwierdź rozliczenie" not in page(manager, address(world))
    assert "najpierw rozstrzyga o karach" in post(manager, address(world, "confirm/"), status=422)
    assert stored(world)[0] == ""
    assert manager.post(address(world, "offer/")).status_code == 403
    post(accountant, address(world, "penalty/"), PENALTY)
    post(accountant, address(world, "offer/"))
    assert stored(world) == ("offered", "accepted")
    # What the provider is to confirm no longer changes under its eyes.
    post(accountant, address(world, "penalty/"), PENALTY, 422)
    assert "ktoś był szybszy" in post(accountant, address(world, "offer/"), status=422)
    told = page(manager, address(world))
    assert "do potwierdzenia" in told
    assert "16,00 zł" in told
    post(manager, address(world, "confirm/"))
    with tenant_scope(world.tenant):
        row = Settlement.objects.get()
        assert (row.state, row.due, bool(row.offered_by_name)) == ("confirmed", 150, True)
        assert Entry.objects.filter(verb="offer_settlement").count() == 1


def test_what_was_handed_over_is_taken_back_with_a_reason(
    world: SettledWorld, accountant: Client, manager: Client, sign_in: Callable[..., Client]
) -> None:
    post(accountant, address(world, "offer/"))
    reopen = f"/alfa/month/{world.contract.pk}/{OCTOBER}/reopen/"
    told = post(sign_in(Role.DIRECTOR, world.tenant), reopen, {"reason": "Błąd"}, 422)
    assert "przekazane do potwierdzenia" in told
    post(accountant, address(world, "take-back/"), {"reason": ""}, 422)
    post(accountant, address(world, "take-back/"), {"reason": "Jednak kara"})
    assert stored(world) == ("draft", "accepted")
    assert "Jednak kara" in page(manager, address(world))
    post(manager, address(world, "confirm/"), status=422)
    post(accountant, address(world, "penalty/"), PENALTY)


def test_penalties_above_what_is_due_are_not_handed_over(world: SettledWorld, accountant: Client) -> None:
    post(accountant, address(world, "penalty/"), PENALTY | {"amount": "200,00"})
    assert "34,00 zł" in post(accountant, address(world, "offer/"), status=422)
    assert stored(world)[0] == "draft"


def test_what_changed_meanwhile_is_not_handed_over(world: SettledWorld, accountant: Client) -> None:
    post(accountant, address(world, "offer/"), {"seen": "older"}, 409)
    assert stored(world)[0] == ""


def test_the_unit_that_confirms_at_once_closes_its_part(world: SettledWorld, accountant: Client) -> None:
    post(accountant, address(world, "confirm/"))
    with tenant_scope(world.tenant):
        row = Settlement.objects.get()
        assert row.offered_at is not None
        with pytest.raises(IntegrityError), transaction.atomic():
            Settlement.objects.update(offered_at=None)


def test_months_are_handed_over_in_their_order_so_that_the_provider_can_confirm_each(
    world: SettledWorld, accountant: Client, manager: Client
) -> None:
    accept_november(world)
    november = f"/alfa/settlement/{world.contract.pk}/2026-11/"
    refused = post(accountant, f"{november}offer/", status=422)
    assert "najpierw przekaż do potwierdzenia rozliczenie tej umowy za październik 2026" in refused
    post(accountant, address(world, "offer/"))
    post(accountant, f"{november}offer/")
    post(manager, address(world, "confirm/"))
    post(manager, f"{november}confirm/")
    with tenant_scope(world.tenant):
        assert set(Settlement.objects.values_list("state", flat=True)) == {"confirmed"}
