"""A reader of prices who kept every version, and asks a solver for what few providers earned."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY, Figures, Limits
from reporting.statistics.disclosure.sensitive import reason_for
from reporting.statistics.disclosure.tables import Key, Number
from reporting.statistics.models import Contribution, Fact, HeldFact, ReleasedCell, Standing
from tests.reporting.statistics.attacking import TOLERANCE, Question, System, answers

_PRICE = "hour_price"


@dataclass
class BusinessReader:
    """What is shown of prices in one month, version by version, as equations over the tenants' batches.

    Beside the cells stand what came between two versions of a sum, and what is left of a sum without the tenants that
    are shown in it: all are secret where the rule of providers says so.
    """

    limits: Limits = field(default_factory=Limits)
    money: dict[Key, float] = field(default_factory=dict)
    minutes: dict[Key, float] = field(default_factory=dict)
    providers: dict[Key, dict[str, Number]] = field(default_factory=dict)
    shown: set[Key] = field(default_factory=set)
    sums: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    tenant_of: dict[Key, str] = field(default_factory=dict)
    _versions: dict[Key, list[frozenset[Key]]] = field(default_factory=lambda: defaultdict(list))

    def look(self, period: date) -> None:
        """Read everything that is current now, and write down what it adds up."""
        standing = Standing.objects.filter(kind="month", period=period, current=True)
        batches = dict(standing.values_list("batch_id", "tenant_id"))
        below = self._read_facts(batches)
        rows = ReleasedCell.objects.current().filter(
            kind="month", period=period, population=f"business:{_PRICE}"
        )
        for row in rows:
            parts = frozenset(below.get((row.place, row.part), ()))
            if not parts:
                continue
            key = self._name(row.place, row.part, parts)
            if row.figures is not None:
                told = row.figures[_PRICE]
                assert (float(told[1]), float(told[2])) == (self.money[key], self.minutes[key]), key
                self.shown.add(key)
            if row.level != ReleasedCell.Level.TENANT:
                self._stand_beside(row.place, row.part, parts)

    def _read_facts(self, batches: dict[Any, Any]) -> dict[Key, set[Key]]:
        held = set(HeldFact.objects.values_list("batch_id", flat=True))
        earned: dict[Any, dict[str, Number]] = defaultdict(dict)
        for about, provider, value in Contribution.objects.filter(is_public=False).values_list(
            "fact_id", "organisation_id", "value"
        ):
            earned[about][str(provider)] = value
        below: dict[Key, set[Key]] = defaultdict(set)
        for fact in Fact.objects.filter(batch_id__in=batches, indicator=_PRICE).exclude(batch_id__in=held):
            part = fact.category or ALL_SERVICES
            key = (str(fact.batch_id), part)
            self.tenant_of[key] = str(fact.tenant_id)
            self.money[key], self.minutes[key] = float(fact.numerator), float(fact.denominator or 0)
            self.providers[key] = dict(earned[fact.pk])
            for place in (str(fact.tenant_id), fact.territory_id[:4], fact.territory_id[:2], COUNTRY):
                below[place, part].add(key)
        return below

    def _name(self, place: str, part: str, parts: frozenset[Key]) -> Key:
        """The cell of these batches: a tenant's own, or a sum of its version."""
        if len(parts) == 1 and self.tenant_of[next(iter(parts))] == place:
            return next(iter(parts))
        return self._add((f"{place} of {hash(tuple(sorted(parts)))}", part), parts)

    def _add(self, key: Key, parts: Iterable[Key]) -> Key:
        self.sums[key] = tuple(sorted(parts))
        self.money[key] = sum(self.money[part] for part in self.sums[key])
        self.minutes[key] = sum(self.minutes[part] for part in self.sums[key])
        together: dict[str, Number] = defaultdict(int)
        for part in self.sums[key]:
            for provider, value in self.providers[part].items():
                together[provider] += value
        self.providers[key] = dict(together)
        return key

    def _stand_beside(self, place: str, part: str, parts: frozenset[Key]) -> None:
        for before in self._versions[place, part]:
            if before < parts:
                self._add(
                    (f"{place}: {hash(tuple(sorted(parts)))} since {hash(before)}", part), parts - before
                )
        self._versions[place, part].append(parts)
        left = parts - self.shown
        if left and left != parts:
            self._add((f"{place}: left of {hash(tuple(sorted(parts)))}", part), left)

    def secrets(self) -> list[Key]:
        """Everything that shows the business of few, by the rule alone."""
        return sorted(key for key in self.money if self.money[key] and self._is_business(self._parts(key)))

    def _parts(self, key: Key) -> tuple[Key, ...]:
        return self.sums.get(key, (key,))

    def _is_business(self, parts: Iterable[Key]) -> bool:
        together: dict[str, Number] = defaultdict(int)
        for part in parts:
            for provider, value in self.providers[part].items():
                together[provider] += value
        return reason_for(Figures(None, (1,), together), self.limits) is not None

    def known(self) -> dict[Key, float]:
        """Numbers of the system that are no cells, and known."""
        return {}

    def rows_of(self, measure: str) -> System:
        """The equations of money or minutes."""
        system = System([{whole: 1} | dict.fromkeys(parts, -1) for whole, parts in self.sums.items()])
        forms: dict[str, list[Key]] = defaultdict(list)
        for key in self.tenant_of:
            if key[1] != ALL_SERVICES:
                forms[key[0]].append(key)
        system.equal += [
            {(batch, ALL_SERVICES): 1} | dict.fromkeys(parts, -1) for batch, parts in forms.items()
        ]
        return system

    def findings(self, insider: str = "", *, within: float = 0.5) -> list[str]:
        """Secrets that come out nearer than by half, or so, for everybody or for the people of one tenant."""
        own = {key for key, tenant in self.tenant_of.items() if tenant == insider}
        found = []
        unknown = set(self.money) - self.shown - own
        aims = []
        for key in sorted(self.money):
            # Of every sum an insider takes the own part away: what is left may be the business of few.
            parts = {*self._parts(key)} - own
            if any(self.money[part] for part in parts) and self._is_business(parts):
                aims.append((key, parts))
        found += [f"{insider}: {key} is shown" for key, _parts in aims if key not in unknown]
        aims = [(key, parts) for key, parts in aims if key in unknown]
        wanted = [key for key, _parts in aims]
        for name, truth in (("money", self.money), ("minutes", self.minutes)):
            figures = {**truth, **self.known()}
            (told,) = answers([Question(self.rows_of(name), figures, unknown, wanted, 0)])
            for key, parts in aims:
                low, high = told[key]
                assert low - TOLERANCE <= truth[key] <= high + TOLERANCE
                if high - low < within * sum(truth[part] for part in parts) - TOLERANCE:
                    found.append(f"{insider}: {name} of {key}: {low} … {high}, is {truth[key]}")
        return found
