"""A reader who kept every version of every released cell, tenant by tenant, and asks a solver for what is hidden."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.periods import Month
from reporting.statistics.dictionary import dictionary
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY, Limits
from reporting.statistics.disclosure.tables import Key
from reporting.statistics.models import Fact, HeldFact, ReleasedCell, Standing
from reporting.statistics.periods_due import limits_of, rule_of
from reporting.statistics.populations import populations_of
from tests.reporting.statistics.attacking import TOLERANCE, System, intervals

# The persons who stand behind a figure, beside its own numbers.
PERSONS = "persons"
# Accepted minutes, which prices tell too: of fewer tenants, and by form.
MINUTES = "minutes of prices"
_ACCEPTED, _PRICE = "care_hours_accepted", "hour_price"


@dataclass
class Reader:
    """What is shown of one population in one period, version by version, as a system of equations.

    A tenant's cell is one unknown for each batch that stood; who joined when is taken as known, and so is how many
    persons stand behind whatever is shown. `truth` has all figures, `shown` the names of what was ever seen.
    """

    population: str
    limits: Limits = field(default_factory=lambda: Limits(health=10, plain=dictionary().plain_services))
    truth: dict[str, dict[Key, float]] = field(default_factory=lambda: defaultdict(dict))
    shown: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    sums: dict[str, dict[Key, list[Key]]] = field(default_factory=lambda: defaultdict(dict))
    tenant_of: dict[Key, str] = field(default_factory=dict)
    services: set[str] = field(default_factory=set)
    # By name, the persons whom an indicator's numerator leaves of its denominator, and the indicator.
    rests: dict[str, str] = field(default_factory=dict)

    def look(self, kind: str, period: date) -> None:
        """Read everything that is current now, and write down what it adds up."""
        rows = list(
            ReleasedCell.objects.current().filter(kind=kind, period=period, population=self.population)
        )
        parts = {row.part for row in rows}
        keys = {key for row in rows for key in row.figures or ()}
        told = {key for key in keys if "/" not in key}
        self.rests |= {
            f"rest of {one.code}": one.code
            for one in dictionary().indicators
            if one.counts_a_part and one.code in told
        }
        # Categories that stand in the whole's cell, by the indicator whose parts they are.
        inside: dict[str, set[str]] = defaultdict(set)
        for key in keys - told:
            inside[key.partition("/")[0]].add(key.partition("/")[2])
        standing = dict(
            Standing.objects.filter(kind=kind, period=period, current=True).values_list(
                "tenant_id", "batch_id"
            )
        )
        held = _held()
        below: dict[tuple[str, str, str], set[Key]] = defaultdict(set)
        for fact in Fact.objects.filter(batch_id__in=standing.values(), indicator__in=told):
            if fact.batch_id in held:
                continue
            part = fact.category or fact.service
            if part in parts or part in inside[fact.indicator]:
                key = (str(fact.batch_id), part)
                self.tenant_of[key] = str(fact.tenant_id)
                if fact.service != ALL_SERVICES:
                    self.services.add(fact.service)
                self.truth[fact.indicator][key] = float(fact.numerator)
                self.truth[PERSONS][key] = float(fact.persons or 0)
                rests = [rest for rest, code in self.rests.items() if code == fact.indicator]
                for rest in rests:
                    self.truth[rest][key] = float((fact.denominator or 0) - fact.numerator)
                for place in (fact.territory_id[:4], fact.territory_id[:2], COUNTRY):
                    for name in (fact.indicator, PERSONS, *rests):
                        below[name, place, part].add(key)
        for row in rows:
            for indicator in (*told, PERSONS, *self.rests):
                self._read(row, indicator, row.part, below[indicator, row.place, row.part], standing)
            for indicator, categories in inside.items() if row.part == ALL_SERVICES else ():
                for part in categories:
                    self._read(row, indicator, part, below[indicator, row.place, part], standing)

    def _read(
        self,
        row: ReleasedCell,
        indicator: str,
        cell_part: str,
        parts: set[Key],
        standing: Mapping[Any, Any],
    ) -> None:
        code = self.rests.get(indicator, indicator)
        key = code if cell_part == row.part else f"{code}/{cell_part}"
        if row.level == ReleasedCell.Level.TENANT:
            names = [
                (str(batch), cell_part) for tenant, batch in standing.items() if str(tenant) == row.place
            ]
            names = [name for name in names if name in self.truth[indicator]]
        else:
            names = [(f"{row.place} of {hash(tuple(sorted(parts)))}", cell_part)] if parts else []
            for name in names:
                self.sums[indicator][name] = sorted(parts)
                self.truth[indicator][name] = sum(self.truth[indicator][part] for part in parts)
        if row.figures is None:
            return
        for name in names:
            if indicator == PERSONS or key in row.figures:
                self.shown[indicator].add(name)
                if key != code and name in self.truth[PERSONS]:
                    # Behind a category that stands in the whole's cell are the persons of the whole.
                    self.shown[PERSONS].add(name)
                told = self.truth[indicator][name]
                if indicator == PERSONS:
                    continue
                _version, above, base = row.figures[key]
                seen = float(above) if indicator == code else float(base) - float(above)
                assert seen == told, (row.place, indicator)

    def look_at_prices(self, period: date) -> None:
        """Prices stand on minutes that care tells too: both are one system, of all tenants and of those with prices."""
        standing = dict(
            Standing.objects.filter(kind="month", period=period, current=True).values_list(
                "batch_id", "tenant_id"
            )
        )
        accepted, prices = (
            list(
                Fact.objects.filter(
                    batch_id__in=standing, indicator=code, service=ALL_SERVICES, persons__isnull=is_price
                )
            )
            for code, is_price in ((_ACCEPTED, False), (_PRICE, True))
        )
        held = _held()
        told = [
            (_ACCEPTED, "care", fact, float(fact.numerator)) for fact in accepted if fact.batch_id not in held
        ]
        told += [
            (_PRICE, f"business:{_PRICE}", fact, float(fact.denominator or 0))
            for fact in prices
            if fact.batch_id not in held
        ]
        below: dict[tuple[str, str, str], set[Key]] = defaultdict(set)
        for _code, population, fact, minutes in told:
            part = fact.category or ALL_SERVICES
            key = (str(fact.batch_id), part)
            self.tenant_of[key] = str(fact.tenant_id)
            self.truth[MINUTES][key] = minutes
            for place in (str(fact.tenant_id), fact.territory_id[:4], fact.territory_id[:2], COUNTRY):
                below[population, place, part].add(key)
        codes = {"care": _ACCEPTED, f"business:{_PRICE}": _PRICE}
        for row in ReleasedCell.objects.current().filter(kind="month", period=period, population__in=codes):
            parts = below[row.population, row.place, row.part]
            figure = (row.figures or {}).get(codes[row.population])
            if not parts or figure is None:
                continue
            minutes = float(figure[1] if row.population == "care" else figure[2])
            assert minutes == sum(self.truth[MINUTES][key] for key in parts)
            if row.level == ReleasedCell.Level.TENANT:
                self.shown[MINUTES] |= parts
                continue
            name = (f"{row.place} of {hash(tuple(sorted(parts)))}", row.part)
            self.sums[MINUTES][name] = sorted(parts)
            self.truth[MINUTES][name] = minutes
            self.shown[MINUTES].add(name)

    def system(self, indicator: str) -> System:
        """Sums over tenants, and over services: exact, or as bounds where persons are counted once."""
        sums = self.sums[indicator]
        system = System([{whole: 1} | dict.fromkeys(parts, -1) for whole, parts in sums.items()])
        services: dict[str, list[Key]] = defaultdict(list)
        for key in self.tenant_of:
            if key in self.truth[indicator]:
                services[key[0]].append(key)
        for batch, keys in services.items():
            whole = (batch, ALL_SERVICES)
            parts = [key for key in keys if key != whole]
            values = self.truth[indicator]
            if whole not in keys or not parts:
                continue
            if sum(values[part] for part in parts) == values[whole] and indicator != PERSONS:
                system.equal.append({whole: 1} | dict.fromkeys(parts, -1))
            else:
                system.at_most += [{part: 1, whole: -1} for part in parts if values[part] <= values[whole]]
                if sum(values[part] for part in parts) >= values[whole]:
                    system.at_most.append({whole: 1} | dict.fromkeys(parts, -1))
        return system

    def secrets(self, insider: str = "") -> set[Key]:
        """The tenants' cells behind which few persons stand, but for the insider's own."""
        persons = self.truth[PERSONS]
        return {
            key
            for key, tenant in self.tenant_of.items()
            if tenant != insider
            and (
                0 < persons.get(key, persons.get((key[0], ALL_SERVICES), 0)) < self.fewest(key)
                or any(self.is_few(name, key) for name in self.sides())
            )
        }

    def sides(self) -> set[str]:
        """The measures that count persons of a part, and of what is left of the whole."""
        return {*self.rests, *self.rests.values()}

    def is_few(self, name: str, key: Key) -> bool:
        """Whether a measure that counts persons counts few of them."""
        return 0 < self.truth[name].get(key, 0) < self.fewest(key)

    def fewest(self, key: Key) -> int:
        """How many persons the cell needs: a service its own number; a category stands on those of the whole."""
        return self.limits.of_part(key[1]) if key[1] in self.services else self.limits.persons

    def findings(self, insider: str = "") -> list[str]:
        """Cells of few persons of which the reader can say so, and figures that come out nearer than by half."""
        found = []
        secret = self.secrets(insider)
        for indicator, truth in self.truth.items():
            known = self.shown[indicator] | {
                key for key, tenant in self.tenant_of.items() if tenant == insider
            }
            unknown = set(truth) - known
            wanted = sorted(secret & set(truth))
            if indicator in self.sides():
                # A sum that counts few is a figure of them, whoever stands below it.
                few = {key for key in self.sums[indicator] if self.is_few(indicator, key)}
                wanted = sorted({*wanted, *(few if not insider else ())})
            found += [f"{indicator} of {key} is shown" for key in wanted if key not in unknown]
            least = 1 if indicator == PERSONS else 0
            aims = [key for key in wanted if key in unknown]
            # A hidden cell is not zero, of persons; whoever has none is shown as zero.
            for key, (low, high) in intervals(self.system(indicator), truth, unknown, aims, least).items():
                assert low - TOLERANCE <= truth[key] <= high + TOLERANCE
                if indicator == PERSONS or (indicator in self.sides() and self.is_few(indicator, key)):
                    is_found = high < self.fewest(key) - TOLERANCE
                else:
                    is_found = high - low < truth[key] / 2 - TOLERANCE
                if is_found:
                    found.append(f"{insider}: {indicator} of {key}: {low} … {high}, is {truth[key]}")
        return found


def _held() -> set[Any]:
    """Batches of which a figure waits for the tenant: none of care is released."""
    return set(HeldFact.objects.values_list("batch_id", flat=True))


def findings_of_everything() -> list[str]:
    """What comes out of all that is released now: every period, every population of persons; by each insider too."""
    found = []
    released = ReleasedCell.objects.current().values_list("kind", "period", "population").distinct()
    for kind, period, code in sorted(released):
        known = dictionary().in_force(Month.of(period), kind)
        population = next(one for one in populations_of(known) if one.code == code)
        if population.protected and not population.business:
            rule = rule_of(kind, period)
            reader = Reader(code, limits_of(rule, health=population.health, by_service=population.by_service))
            reader.look(kind, period)
            if code == "care":
                reader.look_at_prices(period)
            for insider in ("", *sorted(set(reader.tenant_of.values()))):
                found += [f"{kind} {period} {code} {line}" for line in reader.findings(insider)]
    return found
