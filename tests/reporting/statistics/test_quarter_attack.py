"""All populations of a quarter at once, the crisis group among them: nothing comes out that each alone keeps."""

from datetime import date
from random import Random

import pytest

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from reporting.statistics.batches.figures import fewer_of
from reporting.statistics.models import Fact
from tenants.models import Tenant
from tests.factories.facts import batch_of, fact_of, small_tenant
from tests.reporting.statistics.quarter_reader import quarter_findings, readers_of

JULY = date(2026, 7, 1)
ACTOR = Actor.system("tests")
pytestmark = pytest.mark.django_db


def _few_or_many(chance: Random) -> int:
    return chance.choice([0, chance.randint(1, 9), chance.randint(10, 30), chance.randint(30, 90)])


def _tell(tenant: Tenant, chance: Random) -> None:
    """A quarter of every population: as many persons as events, or fewer."""
    Fact.objects.filter(tenant=tenant, current=True).update(current=False)
    batch = batch_of(tenant, JULY, "quarter")
    for came, missing in (("advice", "advice_no_show"), ("crisis_sessions", "crisis_no_show")):
        persons, missed = _few_or_many(chance), _few_or_many(chance)
        held = persons + chance.randint(0, persons)
        fact_of(batch, came, held, persons=persons)
        fact_of(batch, missing, missed, denominator=held + missed, persons=fewer_of(missed, persons))
        if came == "advice":
            fact_of(batch, "advice_persons", persons, persons=persons)
    cases = _few_or_many(chance)
    fact_of(batch, "crisis_cases", cases, persons=cases)
    refused, others = _few_or_many(chance), _few_or_many(chance)
    fact_of(
        batch, "referrals_refused", refused, denominator=refused + others, persons=fewer_of(refused, others)
    )
    taking, finished = _few_or_many(chance), _few_or_many(chance)
    fact_of(batch, "programme_persons", taking, persons=taking)
    fact_of(
        batch,
        "programme_finished",
        finished,
        denominator=finished + taking,
        persons=fewer_of(finished, taking),
    )


@pytest.mark.parametrize("seed", range(2))
def test_populations_of_a_quarter_give_nobody_away_together(seed: int) -> None:
    chance = Random(seed)
    tenants = [small_tenant(n, f"04{1 + n % 3:02d}{n:02d}2") for n in range(18)]
    readers = readers_of(JULY)
    assert {"crisis_cases", "crisis_sessions", "crisis_missed", "advice", "referrals"} <= readers.keys()
    for first, last in ((0, 12), (12, 18)):
        for tenant in tenants[first:last]:
            _tell(tenant, chance)
        if first:
            _tell(tenants[0], chance)
        publish("quarter", JULY, actor=ACTOR)
        for reader in readers.values():
            reader.look("quarter", JULY)
    assert sum(len(reader.secrets()) for reader in readers.values()) > 10
    for insider in ("", str(tenants[0].pk)):
        assert quarter_findings(readers, insider) == []


@pytest.mark.parametrize(
    ("few", "beside", "measure"),
    [
        ("advice", "advice_missed", "rest of advice_no_show"),
        ("crisis_sessions", "crisis_missed", "rest of crisis_no_show"),
    ],
)
def test_the_attack_finds_what_one_population_tells_of_another(few: str, beside: str, measure: str) -> None:
    """Whoever reads how many came of those who should have come reads how many were helped."""
    tenants = [small_tenant(n, f"04010{n}2") for n in range(6)]
    for tenant, persons in zip(tenants, (3, 40, 50, 60, 70, 80), strict=True):
        batch = batch_of(tenant, JULY, "quarter")
        missing = "advice_no_show" if few == "advice" else "crisis_no_show"
        fact_of(batch, few, persons, persons=persons)
        fact_of(batch, missing, 30, denominator=persons + 30, persons=fewer_of(30, persons))
    publish("quarter", JULY, actor=ACTOR)
    readers = {code: one for code, one in readers_of(JULY).items() if code in (few, beside)}
    for reader in readers.values():
        reader.look("quarter", JULY)
    [secret] = readers[few].secrets()
    assert quarter_findings(readers) == []
    readers[beside].shown[measure].add(secret)
    assert any(
        f"{few}: {few} of {secret[0]}" in line and "3.0 … 3.0" in line for line in quarter_findings(readers)
    )
