"""A reader who kept every version of every released cell, and a solver: no few persons come out, for nobody but themselves."""

from datetime import date
from random import Random

import pytest

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from reporting.statistics.models import Fact, ReleasedCell, Standing
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_facts, fact_of, small_tenant
from tests.reporting.statistics.care_world import SEPTEMBER, left_out_of, tell_month
from tests.reporting.statistics.joint_reader import joint_findings
from tests.reporting.statistics.reader import Reader

ACTOR = Actor.system("tests")
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("seed", "all_tell_all"), [(0, True), (9, True), *((seed, False) for seed in range(1, 8))]
)
def test_versions_of_a_month_give_nobody_away(seed: int, all_tell_all: bool) -> None:
    chance = Random(seed)
    tenants = [small_tenant(n, f"04{1 + n % 2:02d}{n:02d}2") for n in range(9)]
    tenants += [small_tenant(n, f"060101{n - 8}") for n in range(9, 12)]
    chance.shuffle(tenants)
    reader = Reader("care")
    for first, last in ((0, 6), (6, 7), (7, 9), (9, 12)):
        for tenant in tenants[first:last]:
            tell_month(tenant, chance, () if all_tell_all else left_out_of(chance))
        if first:
            # A correction of somebody who stands in it already.
            tell_month(chance.choice(tenants[:first]), chance, () if all_tell_all else left_out_of(chance))
        publish("month", SEPTEMBER, actor=ACTOR)
        reader.look("month", SEPTEMBER)
        reader.look_at_prices(SEPTEMBER)
    assert len(reader.secrets()) > 2
    if all_tell_all:
        assert {part for _batch, part in reader.shown["deviation_rate"]} == {"*", "H1", "H2"}
    assert reader.findings() == []
    for tenant in tenants:
        assert reader.findings(str(tenant.pk)) == []
    for insider in ("", *(str(tenant.pk) for tenant in chance.sample(tenants, 1))):
        assert joint_findings(reader, insider) == []


def test_measures_are_attacked_together() -> None:
    """Nobody accepts more than was delivered: a hidden cell whose other measure is shown is known by that."""
    for number, persons in enumerate((3, 20, 30, 40)):
        batch = batch_of(small_tenant(number, f"04010{number}2"), SEPTEMBER)
        care_facts(batch, persons, persons * 600, persons * 500)
        fact_of(batch, "care_hours_accepted", persons * 500, persons=persons)
    reader = _released()
    assert joint_findings(reader) == []
    few = next(iter(reader.secrets()))
    reader.shown["care_hours_delivered"].add(few)
    assert any("care_hours_delivered" in line and "is shown" in line for line in joint_findings(reader))
    reader.shown["care_hours_granted"] |= set(reader.truth["care_hours_granted"])
    assert any("care_hours_granted" in line and "is shown" in line for line in joint_findings(reader))


def _released(period: date = SEPTEMBER) -> Reader:
    publish("month", period, actor=ACTOR)
    reader = Reader("care")
    reader.look("month", period)
    reader.look_at_prices(period)
    return reader


@pytest.mark.parametrize("tellers", [1, 2])
@pytest.mark.parametrize("code", ["deviation_rate", "hour_price"])
def test_what_few_tenants_tell_does_not_come_out_in_the_sum_of_many(code: str, tellers: int) -> None:
    """A county of five whose sum is shown: of a figure that one of few persons alone tells, it would be that one's."""
    for number, persons in enumerate((3, 20, 30, 40, 50)):
        batch = batch_of(small_tenant(number, f"04010{number}2"), SEPTEMBER)
        care_facts(batch, persons, persons * 600, persons * 500)
        fact_of(batch, "care_hours_accepted", persons * 500, persons=persons)
        if number == 0 or number > 5 - tellers:
            fact_of(
                batch,
                code,
                persons * 700,
                denominator=persons * 500,
                persons=None if code == "hour_price" else persons,
            )
    for number in range(5, 9):
        batch = batch_of(small_tenant(number, f"04020{number}2"), SEPTEMBER)
        care_facts(batch, 20, 12000, 10000)
        fact_of(batch, "care_hours_accepted", 10000, persons=20)
        fact_of(batch, code, 700, denominator=10000, persons=None if code == "hour_price" else 20)
    reader = _released()
    assert len(reader.secrets()) == 1
    assert reader.findings() == []


def test_who_hides_another_does_not_become_a_zero() -> None:
    """One that is hidden for the sake of another has nobody in care after all: the county's sum would be the other's."""
    tenants = [small_tenant(number, f"04010{number}2") for number in range(4)]
    for tenant, persons in zip(tenants, (3, 10, 30, 40), strict=True):
        care_facts(batch_of(tenant, SEPTEMBER), persons, persons * 600, persons * 500)
    reader = _released()
    hidden = {key for key in reader.tenant_of if key not in reader.shown["care_persons"]}
    assert len(hidden) > 1
    for tenant in tenants[1:]:
        Fact.objects.filter(tenant=tenant, current=True).update(current=False)
        care_facts(batch_of(tenant, SEPTEMBER), 0, 0, 0)
        publish("month", SEPTEMBER, actor=ACTOR)
        reader.look("month", SEPTEMBER)
    assert reader.findings() == []


def test_the_attack_finds_what_a_version_without_waves_gives_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each version protected for itself, as if nobody had kept the one before: the late tenant comes out."""
    tenants = [small_tenant(n, f"04010{n}2") for n in range(6)]
    reader = Reader("care")

    def tell(tenant: Tenant, persons: int) -> None:
        care_facts(batch_of(tenant, SEPTEMBER), persons, persons * 600, persons * 500)

    for tenant in tenants[:5]:
        tell(tenant, 30)
    publish("month", SEPTEMBER, actor=ACTOR)
    reader.look("month", SEPTEMBER)
    tell(tenants[5], 2)
    assert publish("month", SEPTEMBER, actor=ACTOR) is None
    standing, cells = Standing.objects.all(), ReleasedCell.objects.all()
    standing.delete()
    cells.delete()
    publish("month", SEPTEMBER, actor=ACTOR)
    reader.look("month", SEPTEMBER)
    assert any("2.0 … 2.0" in line for line in reader.findings())
