"""A reader who kept every version of every released cell, and a solver: no few persons come out, for nobody but themselves."""

from datetime import date
from random import Random

import pytest

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from reporting.statistics.models import Fact, ReleasedCell, Standing
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_facts, fact_of, small_tenant
from tests.reporting.statistics.reader import Reader

SEPTEMBER = date(2026, 9, 1)
ACTOR = Actor.system("tests")
pytestmark = pytest.mark.django_db


def _tell(tenant: Tenant, chance: Random) -> None:
    """A month of care with two services; somebody may use both."""
    Fact.objects.filter(tenant=tenant, current=True).update(current=False)
    batch = batch_of(tenant, SEPTEMBER)
    counts = [chance.choice([0, 1, 2, 3, 4, 7, chance.randint(5, 60)]) for _service in range(2)]
    everybody = chance.randint(max(counts), sum(counts))
    minutes = [(count * chance.randint(200, 900), count * chance.randint(100, 200)) for count in counts]
    for service, count, (granted, delivered) in zip(("uslugi", "inne"), counts, minutes, strict=True):
        care_facts(batch, count, granted, delivered, service=service)
    care_facts(batch, everybody, sum(one[0] for one in minutes), sum(one[1] for one in minutes))
    found = [chance.randint(0, 2 * everybody) for _code in range(2)]
    for code, number in (("", sum(found)), ("H1", found[0]), ("H2", found[1])):
        fact_of(batch, "deviation_rate", number, denominator=everybody, persons=everybody, category=code)


@pytest.mark.parametrize("seed", range(6))
def test_versions_of_a_month_give_nobody_away(seed: int) -> None:
    chance = Random(seed)
    tenants = [small_tenant(n, f"04{1 + n % 2:02d}{n:02d}2") for n in range(9)]
    tenants += [small_tenant(n, f"060101{n - 8}") for n in range(9, 12)]
    chance.shuffle(tenants)
    reader = Reader("care")
    for first, last in ((0, 6), (6, 7), (7, 9), (9, 12)):
        for tenant in tenants[first:last]:
            _tell(tenant, chance)
        if first:
            # A correction of somebody who stands in it already.
            _tell(chance.choice(tenants[:first]), chance)
        publish("month", SEPTEMBER, actor=ACTOR)
        reader.look("month", SEPTEMBER)
    assert len(reader.secrets()) > 2
    assert {part for _batch, part in reader.shown["deviation_rate"]} == {"*", "H1", "H2"}
    assert reader.findings() == []
    for tenant in tenants:
        assert reader.findings(str(tenant.pk)) == []


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
