"""Counts of what happened to persons: who missed advice, a session, or was refused is hidden where they are few."""

from datetime import date
from random import Random
from typing import Any

import pytest

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from reporting.statistics.batches.figures import fewer_of
from reporting.statistics.dictionary import dictionary
from reporting.statistics.disclosure.tables import Key
from reporting.statistics.models import Fact, HeldFact, ReleasedCell
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_facts, fact_of, small_tenant
from tests.reporting.statistics.attacking import System, intervals
from tests.reporting.statistics.reader import findings_of_everything

JULY = date(2026, 7, 1)
ACTOR = Actor.system("tests")
CODES = ("advice", "advice_no_show")
pytestmark = pytest.mark.django_db


def _tell(tenant: Tenant, held: int, missed: int, *codes: str) -> None:
    """A quarter of advice of as many persons as sessions, and of as many who missed one; of both, or one of them."""
    Fact.objects.filter(tenant=tenant, current=True).update(current=False)
    batch = batch_of(tenant, JULY, "quarter")
    if "advice" in (codes or CODES):
        fact_of(batch, "advice", held, persons=held)
    if "advice_no_show" in (codes or CODES):
        came_up, persons = held + missed, fewer_of(missed, held)
        fact_of(batch, "advice_no_show", missed, denominator=came_up, persons=persons)


def _county(*told: tuple[int, int], code: str = "0401") -> list[Tenant]:
    made = [small_tenant(int(code) * 10 + number, f"{code}0{number}2") for number in range(len(told))]
    for tenant, (held, missed) in zip(made, told, strict=True):
        _tell(tenant, held, missed)
    return made


def _cell(population: str, place: object) -> ReleasedCell:
    return ReleasedCell.objects.current().get(population=population, place=str(place), part="*")


def test_few_who_missed_advice_are_hidden_and_the_advice_is_not() -> None:
    few, *_others = tenants = _county((60, 2), (50, 20), (40, 20), (70, 30))
    nobody = small_tenant(9, "0401092")
    _tell(nobody, 30, 0)
    publish("quarter", JULY, actor=ACTOR)
    assert _cell("advice_missed", few.pk).hidden == "persons"
    assert all(_cell("advice", one.pk).figures for one in (*tenants, nobody))
    assert (_cell("advice_missed", nobody.pk).figures or {})["advice_no_show"][1:] == ["0", "30"]
    assert (_cell("advice_missed", "0401").figures or {})["advice_no_show"][1:] == ["72", "322"]
    assert findings_of_everything() == []


def test_who_came_is_hidden_where_the_advice_is() -> None:
    """Whoever sees how many were expected and missed it sees how many were advised."""
    few, *_others = _county((4, 20), (50, 20), (40, 20), (70, 30))
    publish("quarter", JULY, actor=ACTOR)
    hidden = {
        row.place for row in ReleasedCell.objects.current().filter(population="advice").exclude(hidden="")
    }
    missed = ReleasedCell.objects.current().filter(population="advice_missed")
    assert str(few.pk) in hidden
    assert hidden <= {row.place for row in missed.exclude(hidden="")}


@pytest.mark.parametrize("codes", [CODES[:1], CODES[1:], CODES])
def test_who_tells_one_of_the_two_alone_does_not_come_out_by_the_other(codes: tuple[str, ...]) -> None:
    """A sum of those advised, beside one of those expected less those who missed it, over other tenants."""
    few, *_others = _county((4, 20), (50, 20), (40, 20), (70, 30), (20, 40))
    _county((50, 20), (40, 20), (70, 30), code="0402")
    _tell(few, 4, 20, *codes)
    if codes == CODES:
        batch = Fact.objects.current().filter(tenant=few)[0].batch
        HeldFact.objects.create(
            batch=batch, tenant=few, indicator="advice_no_show", category="", reason="jump"
        )
    publish("quarter", JULY, actor=ACTOR)
    assert _found_in_both(few) == []


def _found_in_both(tenant: Tenant) -> list[str]:
    """How many sessions the tenant held, if a solver finds it from all cells of both populations at once."""
    facts = list(Fact.objects.current().filter(period=JULY).exclude(batch__held__isnull=False))
    advised = {fact.tenant_id for fact in facts if fact.indicator == "advice"}
    facts = [fact for fact in facts if fact.tenant_id in advised]
    truth: dict[Key, float] = {}
    rows: list[dict[Key, int]] = []
    shown: set[Key] = set()
    for fact in Fact.objects.current().filter(period=JULY):
        truth[str(fact.tenant_id), "held"] = float(_sessions(fact))
    for row in ReleasedCell.objects.current().filter(population__in=("advice", "advice_missed")):
        code = CODES[row.population == "advice_missed"]
        below = [
            fact
            for fact in facts
            if fact.indicator == code
            and row.place in (str(fact.tenant_id), fact.territory_id[:4], fact.territory_id[:2], "PL")
        ]
        told = (row.figures or {}).get(code)
        if told is None:
            continue
        parts = {(str(fact.tenant_id), "held"): -1 for fact in below}
        seen = float(told[1]) if code == "advice" else float(told[2]) - float(told[1])
        if row.level == ReleasedCell.Level.TENANT:
            shown |= set(parts)
            assert seen == sum(truth[key] for key in parts)
        else:
            truth[row.place, code] = seen
            shown.add((row.place, code))
            rows.append({(row.place, code): 1} | parts)
    aim = (str(tenant.pk), "held")
    assert aim not in shown
    ((low, high),) = intervals(System(rows), truth, set(truth) - shown, [aim], 0).values()
    return [] if high - low >= truth[aim] / 2 else [f"{low} … {high}"]


def _sessions(fact: Fact) -> Any:
    return fact.numerator if fact.indicator == "advice" else (fact.denominator or 0) - fact.numerator


@pytest.mark.parametrize("seed", range(2))
def test_versions_of_missed_advice_give_nobody_away(seed: int) -> None:
    chance = Random(seed)
    tenants = [small_tenant(n, f"04{1 + n % 3:02d}{n:02d}2") for n in range(12)]
    for first, last in ((0, 7), (7, 8), (8, 12)):
        for tenant in tenants[first:last]:
            _tell(tenant, chance.choice([0, 4, 30, chance.randint(10, 90)]), chance.choice([0, 1, 5, 12, 40]))
        if first:
            _tell(chance.choice(tenants[:first]), chance.randint(10, 90), chance.choice([0, 3, 25]))
        publish("quarter", JULY, actor=ACTOR)
        assert findings_of_everything() == []


def test_every_count_without_persons_says_so() -> None:
    """What stands on no persons is one of things, of the unit's own workers, or of business."""
    bare = {one.code for one in dictionary().indicators if not one.base and not one.business}
    assert bare == {
        *("annulled_calls", "commitments_met", "days_to_contract", "groups", "improvements", "localities"),
        *("offers_per_call", "projects", "providers", "results", "service_kinds", "single_offer_calls"),
        *("social_workers_required", "trained_specialists"),
    }
    for code in ("social_workers_required", "trained_specialists", "caseload_over_limit"):
        assert dictionary().versions(code)[-1].words["en"].note


def test_prices_of_who_tells_nothing_of_care_are_not_released() -> None:
    """Prices tell minutes: nothing would say that they are of three persons."""
    tenants = [small_tenant(number, f"04010{number}2") for number in range(5)]
    for tenant in tenants:
        batch = batch_of(tenant, JULY)
        if tenant != tenants[0]:
            care_facts(batch, 40, 24000, 20000)
            fact_of(batch, "care_hours_accepted", 20000, persons=40)
        fact_of(batch, "hour_price", 10000, denominator=20000)
    publish("month", JULY, actor=ACTOR)
    prices = ReleasedCell.objects.current().filter(population="business:hour_price", part="*")
    assert {row.place for row in prices} == {*(str(one.pk) for one in tenants[1:]), "0401", "04", "PL"}
    assert {row.figures["hour_price"][2] for row in prices.filter(place="0401")} == {"80000"}
