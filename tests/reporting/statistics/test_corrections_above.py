"""Corrections that are open in themselves and would bare what stands beside them: a provider's business above them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from reporting.statistics.disclosure import waves
from reporting.statistics.models import Contribution, Fact, ReleasedCell
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_facts, fact_of, small_tenant
from tests.factories.people import OrganisationFactory
from tests.reporting.statistics.business_reader import BusinessReader

SEPTEMBER = date(2026, 9, 1)
ACTOR = Actor.system("tests")
pytestmark = pytest.mark.django_db


def _pay(tenant: Tenant, providers: list[Any], *money: int) -> None:
    """A month of care of always the same persons and minutes, and what each provider earned of it."""
    Fact.objects.filter(tenant=tenant, current=True).update(current=False)
    batch = batch_of(tenant, SEPTEMBER)
    care_facts(batch, 40, 24000, 24000)
    fact_of(batch, "care_hours_accepted", 24000, persons=40)
    fact = fact_of(batch, "hour_price", sum(money), denominator=sum(money))
    Contribution.objects.bulk_create(
        Contribution(fact=fact, organisation=one, legal_form=one.legal_form, value=Decimal(value))
        for one, value in zip(providers, money, strict=False)
    )


def _price(place: object) -> str | None:
    row = ReleasedCell.objects.current().get(population="business:hour_price", part="*", place=str(place))
    return None if row.figures is None else row.figures["hour_price"][1]


class _County:
    """One tenant of one provider in a county with two that hide it, beside a county where all is shown."""

    def __init__(self) -> None:
        self.providers = [OrganisationFactory() for _number in range(3)]
        self.secret, self.first, self.second = (small_tenant(n, f"04010{n}2") for n in range(1, 4))
        self.others = [small_tenant(n, f"04020{n}2") for n in range(4, 8)]
        self.pay(self.secret, 5000)
        self.pay(self.first, 2000, 2000, 2000)
        self.pay(self.second, 1000, 1000, 1000)
        for other in self.others:
            self.pay(other, 3000, 3000, 3000)
        self.reader = BusinessReader()
        self.publish()

    def pay(self, tenant: Tenant, *money: int) -> None:
        _pay(tenant, self.providers, *money)

    def publish(self) -> Any:
        release = publish("month", SEPTEMBER, actor=ACTOR)
        self.reader.look(SEPTEMBER)
        return release

    def findings(self) -> list[str]:
        insiders = ["", *(str(one.pk) for one in (self.secret, self.first, self.second, *self.others))]
        return [line for one in insiders for line in self.reader.findings(one)]


@pytest.fixture
def county() -> _County:
    made = _County()
    assert [_price(one.pk) for one in (made.secret, made.first, made.second)] == [None] * 3
    assert [_price(place) for place in ("0401", "0402", "04", "PL")] == ["14000", "36000", "50000", "50000"]
    assert made.findings() == []
    return made


def test_corrections_after_which_one_provider_prevails_in_their_county_wait(county: _County) -> None:
    for tenant in (county.first, county.second):
        county.pay(tenant, 100, 100, 100)
    assert county.publish() is None
    assert [_price(place) for place in ("0401", "0402", "04", "PL")] == ["14000", "36000", "50000", "50000"]
    assert county.findings() == []


def test_another_countys_correction_does_not_wait_for_them(county: _County) -> None:
    for tenant in (county.first, county.second):
        county.pay(tenant, 100, 100, 100)
    county.pay(county.others[0], 4000, 4000, 4000)
    release = county.publish()
    assert (release.corrected, release.waiting) == (1, 2)
    assert [_price(place) for place in ("0401", "0402", "04", "PL")] == ["14000", "39000", "53000", "53000"]
    assert county.findings() == []


def test_corrections_that_leave_enough_of_others_are_seen(county: _County) -> None:
    """What waited comes out as soon as it is told in a way that leaves the county nobody's."""
    county.pay(county.first, 100, 100, 100)
    assert county.publish() is None
    county.pay(county.first, 1500, 1500, 1500)
    release = county.publish()
    assert (release.corrected, release.waiting) == (1, 0)
    assert [_price(place) for place in ("0401", "04")] == ["12500", "48500"]
    assert county.findings() == []


def test_a_correction_waits_that_bares_a_rest_to_the_people_of_another_tenant(county: _County) -> None:
    """The county is nobody's by far; without the first tenant, whose people know their own part, it is one's."""
    county.pay(county.second, 600, 600, 600)
    assert county.publish() is None
    assert _price("0401") == "14000"
    assert county.findings() == []


def test_the_attack_finds_what_a_look_at_each_correction_alone_gives_away(
    county: _County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "_needed", lambda *_given: {})
    for tenant in (county.first, county.second):
        county.pay(tenant, 100, 100, 100)
    assert county.publish().corrected == 2
    assert any(line.startswith(": money of") for line in county.findings())
