"""The quartiles of a release: once published they stay as they are, so that no two versions can be compared."""

from collections.abc import Mapping, Sequence

from reporting.statistics.comparing import MEASURES, groups_of, in_force, peer_of
from reporting.statistics.disclosure.quartiles import Quartiles, quartiles
from reporting.statistics.models import DisclosureRule, Release, ReleasedQuartiles
from reporting.statistics.periods_due import limits_of
from reporting.statistics.populations import Told
from tenants.models import Tenant


def publish_quartiles(release: Release, taken: Mapping[str, Sequence[Told]], rule: DisclosureRule) -> None:
    """Write the quartiles of every measure and group of which none are shown yet; `taken` are facts by tenant.

    Inside the publication's transaction, which holds the period. Statements do not depend on tenants.
    """
    known = ReleasedQuartiles.objects.filter(kind=release.kind, period=release.period)
    shown = set(known.filter(hidden="").values_list("measure", "group", "voivodeship"))
    told_by_them = Tenant.objects.filter(pk__in=[*taken]).only("kind", "population", "voivodeship")
    groups = groups_of(told_by_them, release.period)
    limits = limits_of(rule, by_service=True)
    told_by = {tenant: in_force(facts, release.kind, release.period) for tenant, facts in taken.items()}
    rows = []
    for measure in (one for one in MEASURES if one.kind == release.kind):
        peers = {tenant: peer_of(measure, tenant, facts) for tenant, facts in told_by.items()}
        for (group, voivodeship), tenants in groups.items():
            if (measure.code, group, voivodeship) not in shown:
                told = [peer for tenant in tenants if (peer := peers[tenant]) is not None]
                found = quartiles(told, limits, fewest=rule.fewest_peers, step=measure.step)
                rows.append(_row(release, measure.code, group, voivodeship, found))
    known.exclude(hidden="").delete()
    ReleasedQuartiles.objects.bulk_create(rows, batch_size=2000)


def _row(release: Release, measure: str, group: str, voivodeship: str, found: Quartiles) -> ReleasedQuartiles:
    return ReleasedQuartiles(
        release=release,
        kind=release.kind,
        period=release.period,
        measure=measure,
        group=group,
        voivodeship=voivodeship,
        peers=None if found.hidden else found.peers,
        low=found.low,
        middle=found.middle,
        high=found.high,
        hidden=found.hidden.value if found.hidden else "",
    )
