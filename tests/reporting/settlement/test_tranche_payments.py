"""Payments of a grant's tranche: recorded once however often the form is sent, and withdrawn with a reason."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from audit.models import Entry
from contracting.contracts.models import Tranche
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.settlement.models import TranchePayment
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory
from tests.reporting.settlement.test_settlement_pages import address, change, page, post
from tests.reporting.settlement.world import SettledWorld, accepted_world

SignIn = Callable[..., Client]
PAID = {"year": "2026", "paid_on": "02.10.2026", "amount": "100,00"}


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    """Of a tranche of 500 zł nothing is paid yet."""
    world = accepted_world(alfa)
    with tenant_scope(alfa):
        Tranche.objects.create(contract=world.contract, year=2026, amount=Decimal(500))
    return world


@pytest.fixture
def accountant(sign_in: SignIn, world: SettledWorld) -> Client:
    return sign_in(Role.ACCOUNTANT, world.tenant)


def tranches(world: SettledWorld, rest: str = "") -> str:
    return f"/alfa/settlement/tranches/{world.contract.pk}/{rest}"


def paid(world: SettledWorld) -> list[Any]:
    with tenant_scope(world.tenant):
        return list(TranchePayment.objects.order_by("pk"))


def seen_on(html: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', html)
    assert found
    return found[1]


def test_a_form_sent_twice_records_one_payment(world: SettledWorld, accountant: Client) -> None:
    where = tranches(world)
    typed = PAID | {"seen": seen_on(accountant.get(where).content.decode())}
    post(accountant, where, typed)
    again = accountant.post(where, typed)
    assert again.status_code == 409
    assert "sprawdź listę" in again.content.decode()
    assert len(paid(world)) == 1
    # Another payment of the same day and amount: the form has seen the list by now.
    post(accountant, where, typed | {"seen": seen_on(again.content.decode())})
    assert [one.amount for one in paid(world)] == [100, 100]


def test_a_payment_is_withdrawn_with_a_reason(
    world: SettledWorld, accountant: Client, sign_in: SignIn
) -> None:
    post(accountant, tranches(world), PAID)
    [wrong] = paid(world)
    where = tranches(world, f"withdraw/{wrong.pk}/")
    assert where in accountant.get(tranches(world)).content.decode()
    assert "100,00 zł" in page(accountant, where)
    post(accountant, where, {"reason": " "}, 422)
    manager = sign_in(Role.NGO_MANAGER, world.tenant, world.organisation)
    assert manager.post(where, {"reason": "Pomyłka"}).status_code == 403
    assert len(paid(world)) == 1
    post(accountant, where, {"reason": "Wpisana dwa razy"})
    assert paid(world) == []
    with tenant_scope(world.tenant):
        line = Entry.objects.get(verb="withdraw_tranche_payment")
    assert line.payload == {
        "year": 2026, "paid_on": "2026-10-02", "amount": "100.00", "reason": "Wpisana dwa razy"
    }  # fmt: skip
    assert "Wypłacono z góry 0,00 zł" in page(accountant, tranches(world))
    assert "166,00 zł" in page(accountant, address(world))
    assert accountant.post(where, {"reason": "Jeszcze raz"}).status_code == 404


def test_a_payment_that_confirmed_months_rest_on_stays(world: SettledWorld, accountant: Client) -> None:
    post(accountant, tranches(world), PAID)
    [first] = paid(world)
    post(accountant, address(world, "confirm/"))
    where = tranches(world, f"withdraw/{first.pk}/")
    said = post(accountant, where, {"reason": "Zła kwota"}, 422)
    assert "korzystają z 100,00 zł wypłaconych z góry, a bez tej wypłaty byłoby to 0,00 zł" in said
    assert len(paid(world)) == 1
    # The right payment first, then the wrong one goes.
    post(accountant, tranches(world), PAID | {"amount": "120,00"})
    post(accountant, where, {"reason": "Zła kwota"})
    assert [one.amount for one in paid(world)] == [120]
    [right] = paid(world)
    post(accountant, tranches(world, f"withdraw/{right.pk}/"), {"reason": "Zła kwota"}, 422)
    post(accountant, address(world, "take-back/"), {"reason": "Zła wypłata"})
    post(accountant, tranches(world, f"withdraw/{right.pk}/"), {"reason": "Zła kwota"})
    assert paid(world) == []


def test_only_a_payment_of_this_grant(world: SettledWorld, accountant: Client) -> None:
    with tenant_scope(world.tenant):
        other = TranchePayment.objects.create(
            contract=ContractFactory(), year=2026, paid_on=date(2026, 10, 2), amount=Decimal(1)
        )
    for pk in (other.pk, new_id()):
        where = tranches(world, f"withdraw/{pk}/")
        page(accountant, where, 404)
        assert accountant.post(where, {"reason": "Pomyłka"}).status_code == 404
    post(accountant, tranches(world), PAID)
    own = next(one for one in paid(world) if one.pk != other.pk)
    change(world, procured=True)
    page(accountant, tranches(world, f"withdraw/{own.pk}/"), 404)
    assert len(paid(world)) == 2
