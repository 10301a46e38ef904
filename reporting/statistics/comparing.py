"""What directors may compare: the measures, groups of similar tenants, and each tenant's own value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.periods import Month
from reporting.statistics.dictionary import dictionary
from reporting.statistics.disclosure.quartiles import Peer
from reporting.statistics.models import ALL_SERVICES, PeriodKind
from reporting.statistics.places import Moves
from reporting.statistics.populations import Told
from tenants.models import Tenant

# Upper bounds of the classes of size, in inhabitants; the last class has none.
_SIZES = ((5_000, "to_5"), (20_000, "to_20"), (50_000, "to_50"), (100_000, "to_100"))
_LARGEST = "over_100"


@dataclass(frozen=True)
class Measure:
    """A figure to compare: numerator of one indicator by the denominator of it, or by the numerator of `by`.

    `step` is what a peers' quartile is rounded to, `factor` what turns the ratio into the unit. `more_is` says how a
    higher value reads: good, bad or plain.
    """

    code: str
    kind: str
    indicator: str
    step: Decimal
    factor: Decimal
    unit: str
    more_is: str
    by: str = ""


MEASURES = (
    Measure(
        "unit_cost",
        PeriodKind.MONTH,
        "hour_price",
        Decimal(10),
        Decimal(1),
        "money",
        "plain",
        by="care_persons",
    ),
    Measure("price", PeriodKind.MONTH, "hour_price", Decimal("0.5"), Decimal(60), "money", "plain"),
    Measure("fulfilment", PeriodKind.MONTH, "care_fulfilment", Decimal(1), Decimal(100), "percent", "good"),
    Measure(
        "continuity",
        PeriodKind.MONTH,
        "care_continuity",
        Decimal(1),
        Decimal(100),
        "percent",
        "good",
    ),
    Measure("offers", PeriodKind.QUARTER, "offers_per_call", Decimal("0.1"), Decimal(1), "decimal", "good"),
)


def size_of(population: int | None) -> str:
    """The class of size by inhabitants; empty where nobody has entered them."""
    if not population:
        return ""
    return next((name for bound, name in _SIZES if population < bound), _LARGEST)


@dataclass(frozen=True)
class Place:
    """Among whom a tenant is compared in a period: `group` is its kind then with its size, empty where nobody has
    entered its inhabitants (then it has no peers), `voivodeship` where it lay then.
    """

    group: str
    voivodeship: str

    @property
    def kind(self) -> str:
        return self.group.partition(":")[0]


def place_of(tenant: Tenant, period: date, moves: Moves) -> Place:
    """Kind and voivodeship are those of the period's first day; of inhabitants only the newest number is known."""
    size = size_of(tenant.population)
    kind = moves.kind_on(period, tenant.pk, tenant.kind)
    voivodeship = moves.voivodeship_on(period, tenant.pk, str(tenant.voivodeship_id))
    return Place(f"{kind}:{size}" if size else "", voivodeship)


def peer_of(measure: Measure, tenant: str, facts: Iterable[Told]) -> Peer | None:
    """The tenant's value of the measure with who stands behind it; None where there is none."""
    told = list(facts)
    whole = {one.indicator: one for one in told if one.service == ALL_SERVICES and not one.category}
    above = whole.get(measure.indicator)
    if above is None:
        return None
    base = whole.get(measure.by) if measure.by else above
    below = None if base is None else base.numerator if measure.by else base.denominator
    if not below:
        return None
    persons = [one.persons for one in (above, base) if one is not None and one.persons is not None]
    return Peer(
        tenant,
        above.numerator * measure.factor / below,
        min(persons) if persons else None,
        above.providers,
        frozenset(one.service for one in told if one.service != ALL_SERVICES and one.persons),
    )


def in_force(facts: Iterable[Told], kind: str, period: date) -> list[Told]:
    """The facts that were counted by the version of their indicator in force: others cannot be compared with them."""
    known = {one.code: one.version for one in dictionary().in_force(Month.of(period), kind)}
    return [one for one in facts if known.get(one.indicator) == one.version]


def groups_of(tenants: Iterable[Tenant], period: date) -> Mapping[tuple[str, str], Sequence[str]]:
    """Keys of tenants by group and voivodeship in a period; under an empty voivodeship those of the whole country."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    moves = Moves()
    for tenant in tenants:
        place = place_of(tenant, period, moves)
        if place.group:
            for where in ("", place.voivodeship):
                found[place.group, where].append(str(tenant.pk))
    return found
