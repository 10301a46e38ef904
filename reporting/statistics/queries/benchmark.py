"""A tenant's own figures beside the quartiles of similar ones."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reporting.statistics.comparing import MEASURES, Measure, Place, in_force, peer_of, place_of
from reporting.statistics.models import Fact, Release, ReleasedQuartiles
from reporting.statistics.periods import Period
from reporting.statistics.places import Moves
from reporting.statistics.populations import Told
from tenants.models import Tenant


@dataclass(frozen=True)
class Comparison:
    """One measure: the own value (None: nothing told), and the peers' quartiles of the same period, if shown.

    `among` says whose peer the tenant was in the period.
    """

    measure: Measure
    period: Period | None
    own: Decimal | None
    peers: ReleasedQuartiles | None
    among: Place | None = None

    @property
    def is_shown(self) -> bool:
        return self.peers is not None and not self.peers.hidden

    @property
    def place(self) -> str:
        """below, within (the middle half) or above; empty where one of the two is missing."""
        peers = self.peers
        if self.own is None or peers is None or peers.low is None or peers.high is None:
            return ""
        if self.own < peers.low:
            return "below"
        return "above" if self.own > peers.high else "within"


def comparisons(tenant: Tenant, *, in_voivodeship: bool) -> list[Comparison]:
    """Every measure in the newest released period of which the tenant told; four queries."""
    newest = _newest(tenant)
    facts = _own(tenant, newest)
    moves = Moves()
    places = {period: place_of(tenant, period, moves) for period in newest.values()}
    shown = {
        (row.measure, row.period): row
        for row in ReleasedQuartiles.objects.filter(period__in=places)
        .filter(group__in={place.group for place in places.values()})
        .filter(voivodeship__in={place.voivodeship if in_voivodeship else "" for place in places.values()})
        if _is_among(row, places[row.period], in_voivodeship)
    }
    found = []
    for measure in MEASURES:
        first = newest.get(measure.kind)
        told = in_force(facts[measure.kind], measure.kind, first) if first else []
        own = peer_of(measure, str(tenant.pk), told)
        found.append(
            Comparison(
                measure,
                Period(measure.kind, first) if first else None,
                own.value if own else None,
                shown.get((measure.code, first)) if first else None,
                places.get(first) if first else None,
            )
        )
    return found


def _is_among(row: ReleasedQuartiles, place: Place, in_voivodeship: bool) -> bool:
    where = place.voivodeship if in_voivodeship else ""
    return bool(place.group) and (row.group, row.voivodeship) == (place.group, where)


def _newest(tenant: Tenant) -> dict[str, date]:
    """The first day of the newest released month and quarter of which the tenant told."""
    released = Release.objects.order_by().values("kind", "period")
    told = (
        Fact.objects.current()
        .filter(tenant=tenant.pk, kind__in=["month", "quarter"])
        .order_by("kind", "-period")
        .values_list("kind", "period")
        .distinct()
    )
    known = {(row["kind"], row["period"]) for row in released}
    newest: dict[str, date] = {}
    for kind, period in told:
        if (kind, period) in known:
            newest.setdefault(kind, period)
    return newest


def _own(tenant: Tenant, newest: dict[str, date]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    rows = Fact.objects.current().filter(tenant=tenant.pk, period__in=newest.values())
    for fact in rows:
        if newest.get(fact.kind) == fact.period:
            found[fact.kind].append(
                Told(
                    str(fact.tenant_id),
                    "",
                    fact.indicator,
                    fact.version,
                    fact.service,
                    fact.category,
                    fact.numerator,
                    fact.denominator,
                    fact.persons,
                )
            )
    return found
