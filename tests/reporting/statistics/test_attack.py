"""A reader who kept every version of every released cell, and a solver: no few persons come out, for nobody but themselves."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random

import pytest

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY
from reporting.statistics.disclosure.tables import Key
from reporting.statistics.models import Fact, ReleasedCell, Standing
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_facts, small_tenant
from tests.reporting.statistics.attacking import TOLERANCE, System, intervals

SEPTEMBER = date(2026, 9, 1)
ACTOR = Actor.system("tests")
THRESHOLD = 5
pytestmark = pytest.mark.django_db


@dataclass
class Reader:
    """What is shown of one population in one period, version by version, as a system of equations.

    A tenant's cell is one unknown for each batch that stood; who joined when is taken as known. `truth` has all
    figures, `shown` the names of what was ever seen.
    """

    population: str
    indicators: tuple[str, ...]
    truth: dict[str, dict[Key, float]] = field(default_factory=lambda: defaultdict(dict))
    shown: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    sums: dict[Key, list[Key]] = field(default_factory=dict)
    tenant_of: dict[Key, str] = field(default_factory=dict)

    def look(self, kind: str, period: date) -> None:
        """Read everything that is current now, and write down what it adds up."""
        standing = dict(
            Standing.objects.filter(kind=kind, period=period).values_list("tenant_id", "batch_id")
        )
        facts = Fact.objects.filter(batch_id__in=standing.values(), indicator__in=self.indicators)
        unknown: dict[str, set[Key]] = defaultdict(set)
        for fact in facts.filter(category="").select_related("tenant"):
            key = (str(fact.batch_id), fact.service)
            self.truth[fact.indicator][key] = float(fact.numerator)
            self.tenant_of[key] = str(fact.tenant_id)
            code = fact.territory_id
            for place in (code[:4], code[:2], COUNTRY):
                unknown[f"{place} {fact.service}"].add(key)
        rows = ReleasedCell.objects.current().filter(kind=kind, period=period, population=self.population)
        assert rows.exists()
        for row in rows:
            if row.level == ReleasedCell.Level.TENANT:
                names = [
                    (str(batch), row.part) for tenant, batch in standing.items() if str(tenant) == row.place
                ]
            else:
                below = sorted(unknown[f"{row.place} {row.part}"])
                names = [(f"{row.place} of {hash(tuple(below))}", row.part)]
                self.sums[names[0]] = below
            for indicator, numbers in (row.figures or {}).items():
                if indicator in self.indicators:
                    self.shown[indicator].update(names)
                    for name in names:
                        assert self.truth[indicator].setdefault(name, float(numbers[1])) == float(numbers[1])

    def system(self, *, once: bool) -> System:
        """Sums over tenants, and over services: exact, or as bounds where persons are counted once."""
        system = System([{whole: 1} | dict.fromkeys(parts, -1) for whole, parts in self.sums.items()])
        services: dict[str, list[Key]] = defaultdict(list)
        for key in self.tenant_of:
            services[key[0]].append(key)
        for batch, keys in services.items():
            whole = (batch, ALL_SERVICES)
            parts = [key for key in keys if key != whole]
            if parts and once:
                system.at_most += [{part: 1, whole: -1} for part in parts]
                system.at_most.append({whole: 1} | dict.fromkeys(parts, -1))
            elif parts:
                system.equal.append({whole: 1} | dict.fromkeys(parts, -1))
        return system

    def findings(self, insider: str = "") -> list[str]:
        """Cells of few persons of which the reader can say so, and measures that come out nearer than by half."""
        persons = self.truth["care_persons"]
        secret = {
            key for key in self.tenant_of if 0 < persons[key] < THRESHOLD and self.tenant_of[key] != insider
        }
        found = []
        for indicator in self.indicators:
            once = indicator == "care_persons"
            truth = dict(self.truth[indicator])
            for whole, parts in self.sums.items():
                truth.setdefault(whole, sum(truth[part] for part in parts))
            known = self.shown[indicator] | {key for key in self.tenant_of if self.tenant_of[key] == insider}
            unknown = {key for key in truth if key not in known}
            assert secret <= unknown, f"{indicator}: shown outright"
            for key, (low, high) in intervals(
                self.system(once=once), truth, unknown, sorted(secret), 1 if once else 0
            ).items():
                assert low - TOLERANCE <= truth[key] <= high + TOLERANCE
                if high < THRESHOLD - TOLERANCE if once else high - low < truth[key] / 2 - TOLERANCE:
                    found.append(f"{insider}: {indicator} of {key}: {low} … {high}, is {truth[key]}")
        return found


CARE = ("care_persons", "care_hours_granted", "care_hours_delivered")


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


@pytest.mark.parametrize("seed", range(6))
def test_versions_of_a_month_give_nobody_away(seed: int) -> None:
    chance = Random(seed)
    tenants = [small_tenant(n, f"04{1 + n % 2:02d}{n:02d}2") for n in range(9)]
    tenants += [small_tenant(n, f"060101{n - 8}") for n in range(9, 12)]
    chance.shuffle(tenants)
    reader = Reader("care", CARE)
    for first, last in ((0, 6), (6, 7), (7, 9), (9, 12)):
        for tenant in tenants[first:last]:
            _tell(tenant, chance)
        if first:
            # A correction of somebody who stands in it already.
            _tell(chance.choice(tenants[:first]), chance)
        publish("month", SEPTEMBER, actor=ACTOR)
        reader.look("month", SEPTEMBER)
    assert reader.findings() == []
    for tenant in tenants:
        assert reader.findings(str(tenant.pk)) == []


def test_the_attack_finds_what_a_version_without_waves_gives_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each version protected for itself, as if nobody had kept the one before: the late tenant comes out."""
    tenants = [small_tenant(n, f"04010{n}2") for n in range(6)]
    reader = Reader("care", CARE)

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
