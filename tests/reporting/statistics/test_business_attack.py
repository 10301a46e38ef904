"""A reader who kept every version of every price, and a solver: what few providers earned does not come out."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from kernel.access import Actor
from reporting.statistics.actions import comparing
from reporting.statistics.actions.publishing import publish
from reporting.statistics.disclosure import protecting, quartiles
from reporting.statistics.models import Contribution, Fact, HeldFact
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_facts, fact_of, small_tenant
from tests.factories.people import OrganisationFactory
from tests.reporting.statistics.business_reader import BusinessReader
from tests.reporting.statistics.joint_reader import QuartileReader

SEPTEMBER = date(2026, 9, 1)
ACTOR = Actor.system("tests")
FORMS = ("procurement", "small_grant")
pytestmark = pytest.mark.django_db


def _pay(
    tenant: Tenant,
    paid: dict[Any, int],
    chance: Random,
    *,
    is_held: bool = False,
    forms: tuple[str, ...] = FORMS,
    price: int = 120,
) -> None:
    """A month of care of many persons, and what was paid to each provider in one of the forms, at a price an hour."""
    Fact.objects.filter(tenant=tenant, current=True).update(current=False)
    batch = batch_of(tenant, SEPTEMBER)
    minutes = sum(paid.values()) * 60 // price
    care_facts(batch, 40, minutes, minutes)
    fact_of(batch, "care_hours_accepted", minutes, persons=40)
    by_form: dict[str, dict[Any, int]] = {form: {} for form in forms}
    for provider, money in paid.items():
        by_form[chance.choice(forms)][provider] = money
    left = minutes
    for category, part in (("", paid), *by_form.items()):
        money = sum(part.values())
        # The last form has what rounding leaves.
        told = left if category == forms[-1] else money * 60 // price
        left -= told if category else 0
        fact = fact_of(batch, "hour_price", money, denominator=told, category=category)
        Contribution.objects.bulk_create(
            Contribution(fact=fact, organisation=one, legal_form=one.legal_form, value=Decimal(value))
            for one, value in part.items()
        )
    if is_held:
        HeldFact.objects.create(
            batch=batch, tenant=tenant, indicator="hour_price", category="procurement", reason="jump"
        )


def _paid(providers: list[Any], chance: Random) -> dict[Any, int]:
    some = chance.sample(providers, chance.choice([1, 1, 2, 3, 4]))
    return {one: 2 * chance.choice([5, 50, 500]) * chance.randint(10, 99) for one in some}


@pytest.mark.parametrize("seed", range(3))
def test_versions_of_prices_give_no_provider_away(seed: int) -> None:
    chance = Random(seed)
    providers = [OrganisationFactory() for _number in range(7)]
    tenants = [small_tenant(n, f"04{1 + n % 2:02d}{n:02d}2") for n in range(10)]
    tenants += [small_tenant(n, f"060101{n - 9}") for n in range(10, 14)]
    chance.shuffle(tenants)
    reader = BusinessReader()
    for first, last in ((0, 8), (8, 9), (9, 11), (11, 14)):
        for tenant in tenants[first:last]:
            _pay(tenant, _paid(providers, chance), chance, is_held=chance.random() < 0.1)
        if first:
            # A correction of somebody who stands in it already: a contract that was accepted later.
            _pay(chance.choice(tenants[:first]), _paid(providers, chance), chance)
        publish("month", SEPTEMBER, actor=ACTOR)
        reader.look(SEPTEMBER)
    assert len(reader.secrets()) > 10 and len(reader.shown) > 3
    assert reader.findings() == []
    for tenant in chance.sample(tenants, 4):
        assert reader.findings(str(tenant.pk)) == []


def test_the_attack_finds_what_the_primary_rule_alone_gives_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is hidden for the sake of another: a county less its other tenants is what one provider earned."""
    monkeypatch.setattr(protecting._Protecting, "_protect", lambda *_given, **_more: ())
    monkeypatch.setattr(protecting._Protecting, "_hide_with_rests", lambda _self: None)
    chance = Random(1)
    for number in range(6):
        paid = {OrganisationFactory(): 2 * chance.randint(40, 60) * 100 for _one in range(3 if number else 1)}
        _pay(small_tenant(number, f"04010{number}2"), paid, chance, forms=FORMS[:1])
    publish("month", SEPTEMBER, actor=ACTOR)
    reader = BusinessReader()
    reader.look(SEPTEMBER)
    assert any(line.startswith(": money of") for line in reader.findings())


@pytest.mark.parametrize("seed", range(2))
def test_quartiles_beside_prices_tell_nobodys_price_to_a_twentieth(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is shown of prices at once, to a director who even knows whom each quartile stands for."""
    chance = Random(seed)
    reader = QuartileReader()
    monkeypatch.setattr(comparing, "quartiles", reader.record(comparing.quartiles))
    tenants = _peers(chance, 24)
    publish("month", SEPTEMBER, actor=ACTOR)
    reader.look(SEPTEMBER)
    assert len(reader.means) > 10 and len(reader.secrets()) > 10
    for insider in ("", *(str(tenant.pk) for tenant in chance.sample(tenants, 3))):
        assert reader.findings(insider, within=0.05) == []


def test_the_attack_finds_the_price_that_a_plain_quartile_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A median that is one tenant's own figure, beside sums."""
    reader = QuartileReader()
    monkeypatch.setattr(
        quartiles, "_around", lambda ordered, quarter, _limits: [ordered[quarter * len(ordered) // 4]]
    )
    monkeypatch.setattr(comparing, "quartiles", reader.record(comparing.quartiles))
    _peers(Random(0), 24)
    publish("month", SEPTEMBER, actor=ACTOR)
    reader.look(SEPTEMBER)
    assert reader.findings(within=0.05) != []


def _peers(chance: Random, count: int) -> list[Tenant]:
    """Communes of one size, of two counties in each of two voivodeships; most have several providers."""
    providers = [OrganisationFactory() for _number in range(40)]
    tenants = [
        small_tenant(n, f"{'0406'[n % 2 * 2 :][:2]}{1 + n // 2 % 2:02d}{n:02d}2") for n in range(count)
    ]
    Tenant.objects.filter(pk__in=[one.pk for one in tenants]).update(population=12_000)
    for tenant in tenants:
        some = chance.sample(providers, chance.choice([1, 2, 3, 4, 5, 6]))
        _pay(
            tenant, {one: 2 * chance.randint(200, 900) for one in some}, chance, price=chance.randint(30, 90)
        )
    return tenants
