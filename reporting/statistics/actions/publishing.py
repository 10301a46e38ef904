"""Publishing a period: all its cells together, hidden ones without figures, with a line in the log of releases."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from kernel.access import Actor
from kernel.periods import Month
from reporting.statistics.actions.comparing import publish_quartiles
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.disclosure import ALL_SERVICES, Limits, Table, admit, may_replace, safe_corrections
from reporting.statistics.disclosure.tables import Key
from reporting.statistics.locking import one_release
from reporting.statistics.models import (
    Contribution,
    Examination,
    Fact,
    FactsBatch,
    HeldFact,
    Release,
    ReleasedCell,
    Standing,
)
from reporting.statistics.periods_due import limits_of, release_day, rule_of
from reporting.statistics.populations import (
    Told,
    cells_of,
    content_of,
    population_at,
    populations_of,
    side_tables,
    sides_of,
    standing_together,
    told_alone,
)
from reporting.statistics.releasing import (
    Cells,
    cells_to_release,
    digest_of,
    rows_of,
    shown_sums,
    shut_within,
)
from reporting.statistics.second_partitions import cell_of, read_second, second_cells

_NAME_LENGTH = 150
# Where a batch has no facts.
_NO_FACT = UUID(int=0)


@dataclass
class _Taken:
    """The facts of a tenant that stand in a release, or would: their batch and the newest of them.

    `later` are indicators of which the tenant confirmed some figure after that release.
    """

    batch: UUID
    last_fact: UUID = _NO_FACT
    facts: list[Told] = field(default_factory=list)
    later: set[str] = field(default_factory=set)

    def add(self, pk: UUID, told: Told) -> None:
        self.last_fact = max(self.last_fact, pk)
        self.facts.append(told)

    def leave_out(self, indicators: Collection[str]) -> None:
        self.facts = [one for one in self.facts if one.indicator not in indicators]


def publish(
    kind: str, period: date, *, actor: Actor, trigger: str = Release.Trigger.COMMAND
) -> Release | None:
    """Release what was pushed of a period since its last release, as far as it may join; None where nothing may.

    Nothing is released before the period's day, so that its first release holds nearly everybody. Whoever comes later
    joins only with others, so that no two versions tell a figure of few persons (decision 0018).
    """
    if timezone.localdate() < release_day(kind, period):
        return None
    with one_release(kind, period):
        batches, confirmed = _came(kind=kind, period=period).get((kind, period), (0, 0))
        release = _Publication(kind, period).publish(actor, trigger)
        Examination.objects.update_or_create(
            kind=kind,
            period=period,
            defaults={"batches": batches, "confirmed": confirmed, "examined_at": timezone.now()},
        )
    return release


class _Publication:
    def __init__(self, kind: str, period: date) -> None:
        self.kind, self.period = kind, period
        known = dictionary().in_force(Month.of(period), kind)
        self.indicators: Mapping[str, Indicator] = {one.code: one for one in known}
        self.populations = {one.code: one for one in populations_of(known)}
        self.rule = rule = rule_of(kind, period)
        self.limits: dict[str, Limits] = {
            code: limits_of(rule, health=one.health, by_service=one.by_service)
            for code, one in self.populations.items()
        }
        self.limits |= {
            name: self.limits[code]
            for code, one in self.populations.items()
            for name in sides_of(one, (), self.indicators)
        }
        self.present = list(
            ReleasedCell.objects.current()
            .filter(kind=kind, period=period)
            .order_by("population", "place", "part")
        )
        self.hidden: dict[str, set[Key]] = {code: set() for code in self.populations}
        for cell in self.present:
            if cell.hidden and cell.population in self.hidden:
                self.hidden[cell.population].add((cell.place, cell.part))
        self.newest = Release.objects.filter(kind=kind, period=period).first()

    def publish(self, actor: Actor, trigger: str) -> Release | None:
        told, stood = self._told()
        before = {tenant: versions[-1] for tenant, versions in stood.items()}
        late = [tenant for tenant, one in told.items() if tenant not in before and one.facts]
        corrected = [tenant for tenant in before if _differ(before[tenant], told[tenant])]
        replaceable = [one for one in corrected if self._may_replace(one, stood[one], told[one])]
        wave = admit(
            lambda tenants: self._tables(told[one] for one in tenants),
            late,
            self.limits,
            self._shown(),
        )
        hidden = {code: set(keys) for code, keys in self.hidden.items()}
        for name, protection in wave.protections.items():
            hidden[population_at(name)].update(protection.hidden)
        joined = before | {one: told[one] for one in wave.joining}
        accepted = safe_corrections(
            replaceable,
            lambda some: self._tables((joined | {one: told[one] for one in some}).values()),
            self.limits,
            lambda name, table: (
                hidden[population_at(name)]
                | shut_within(self.populations[population_at(name)], table, hidden)
            ),
        )
        if not wave.joining and not accepted:
            return None
        taken = joined | {one: told[one] for one in accepted}
        cells = cells_to_release(
            list(self.populations.values()),
            [one for taken_one in taken.values() for one in taken_one.facts],
            self.indicators,
            hidden,
            self.limits,
        )
        cells |= self._second(taken, hidden)
        release = self._write(
            cells,
            actor=actor,
            trigger=trigger,
            joined=len(wave.joining),
            corrected=len(accepted),
            waiting=len(wave.waiting) + len(corrected) - len(accepted),
        )
        self._stand(release, {one: taken[one] for one in (*wave.joining, *accepted)})
        publish_quartiles(release, {one: told_one.facts for one, told_one in taken.items()}, self.rule)
        return release

    def _second(self, taken: Mapping[str, _Taken], hidden: Mapping[str, Collection[Key]]) -> Cells:
        """The second breakdowns: as they were first released, for no two versions of them may be compared."""
        found: Cells = {}
        for code in self._protected():
            second = read_second(
                self.populations[code],
                (one for tenant in taken.values() for one in tenant.facts),
                self.indicators,
            )
            if second is None or second.indicator.breakdown is None:
                continue
            kept = {
                (code, row.place, row.part): cell_of(row)
                for row in self.present
                if row.population == code and row.part in second.indicator.breakdown.categories
            }
            found |= kept or second_cells(code, second, self.limits[code].persons, hidden[code])
        return found

    def _protected(self) -> list[str]:
        return [code for code, one in self.populations.items() if one.protected]

    def _tables(self, taken: Iterable[_Taken]) -> dict[str, Table]:
        facts = [one for tenant in taken for one in tenant.facts]
        found: dict[str, Table] = {}
        for code in self._protected():
            found[code] = content_of(self.populations[code], facts, self.indicators).table
            found |= side_tables(self.populations[code], facts, self.indicators)
        return found

    def _shown(self) -> dict[str, set[Key]]:
        """The sums that readers see now, by table."""
        shown = shown_sums(self.present)
        return {name: shown[population_at(name)] for name in self.limits}

    def _told(self) -> tuple[dict[str, _Taken], dict[str, list[_Taken]]]:
        """What each tenant tells now, and all that ever stood in a release, what stands in the last one at the end."""
        batches = dict(
            FactsBatch.objects.filter(kind=self.kind, period=self.period)
            .order_by("tenant_id", "-version")
            .distinct("tenant_id")
            .values_list("tenant_id", "pk")
        )
        now = {str(tenant): _Taken(batch) for tenant, batch in batches.items()}
        stood: dict[str, list[_Taken]] = defaultdict(list)
        standing: dict[UUID, list[tuple[UUID, _Taken]]] = defaultdict(list)
        for row in Standing.objects.filter(kind=self.kind, period=self.period).order_by("current", "pk"):
            taken = _Taken(row.batch_id)
            stood[str(row.tenant_id)].append(taken)
            standing[row.batch_id].append((row.last_fact, taken))
        wanted = {*standing, *(one.batch for one in now.values())}
        providers: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
        parts = Contribution.objects.filter(fact__batch_id__in=wanted, is_public=False)
        for about, organisation, value in parts.values_list("fact_id", "organisation_id", "value"):
            providers[about][str(organisation)] = value
        for fact in Fact.objects.filter(batch_id__in=wanted).order_by("pk").iterator():
            tenant = str(fact.tenant_id)
            told = _as_told(fact, providers.get(fact.pk, {}))
            if now[tenant].batch == fact.batch_id and fact.current:
                now[tenant].add(fact.pk, told)
            for last_fact, taken in standing.get(fact.batch_id, ()):
                if fact.pk <= last_fact:
                    taken.add(fact.pk, told)
                else:
                    taken.later.add(fact.indicator)
        held = _held_in(wanted)
        for one in (*now.values(), *(one for versions in stood.values() for one in versions)):
            one.leave_out(standing_together(one.later | held[one.batch], self.populations.values()))
            one.leave_out(told_alone(one.facts, self.populations.values()))
        return now, dict(stood)

    def _may_replace(self, tenant: str, stood: Iterable[_Taken], now: _Taken) -> bool:
        """Whether the correction may be seen beside every version that was: two together may take back nearly all."""
        return all(self._may_follow(tenant, before, now) for before in stood)

    def _may_follow(self, tenant: str, before: _Taken, now: _Taken) -> bool:
        """Whether readers may compare the two versions; never those of a tenant that moves to another county."""
        versions = (before.facts, now.facts)
        if len({one.county for facts in versions for one in facts}) > 1:
            return False
        for code in self._protected():
            old, new = cells_of(self.populations[code], versions, self.indicators)
            hidden = {part for place, part in self.hidden[code] if place == tenant}
            if (tenant, ALL_SERVICES) in self.hidden.get(self.populations[code].within, ()):
                # Prices stand on the hours of care: what comes to them is what is hidden there.
                hidden |= old.keys() | new.keys()
            if not may_replace(old, new, self.limits[code], hidden):
                return False
            sides = [sides_of(self.populations[code], facts, self.indicators) for facts in versions]
            for name in sides[0]:
                old, new = cells_of(self.populations[code], (one[name] for one in sides), self.indicators)
                if not may_replace(old, new, self.limits[name], hidden):
                    return False
        return True

    def _write(self, cells: Cells, *, actor: Actor, trigger: str, **counts: int) -> Release:
        """The rows that changed; those that did not stay with the release in which they came."""
        release = Release(
            kind=self.kind,
            period=self.period,
            number=self.newest.number + 1 if self.newest else 1,
            trigger=trigger,
            released_by=actor.user_id,
            released_by_name=actor.label[:_NAME_LENGTH],
            cells=len(cells),
            hidden=sum(1 for cell in cells.values() if cell.hidden),
            content_sha256=digest_of(cells),
            previous_sha256=self.newest.content_sha256 if self.newest else "",
            **counts,
        )
        release.save()
        present = {(one.population, one.place, one.part): one for one in self.present}
        changed = {
            key: cell for key, cell in cells.items() if key not in present or not cell.equals(present[key])
        }
        outdated = [one.pk for key, one in present.items() if key not in cells or key in changed]
        ReleasedCell.objects.filter(pk__in=outdated).update(current=False)
        ReleasedCell.objects.bulk_create(rows_of(changed, release), batch_size=2000)
        return release

    def _stand(self, release: Release, taken: Mapping[str, _Taken]) -> None:
        replaced = Standing.objects.filter(kind=self.kind, period=self.period, tenant_id__in=[*taken])
        replaced.filter(current=True).update(current=False)
        Standing.objects.bulk_create(
            Standing(
                release=release,
                tenant_id=tenant,
                kind=self.kind,
                period=self.period,
                batch_id=one.batch,
                last_fact=one.last_fact,
            )
            for tenant, one in taken.items()
        )


def _held_in(batches: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """By batch, the indicators of which some figure was held for review when it came, and is not confirmed."""
    found: dict[UUID, set[str]] = defaultdict(set)
    held = HeldFact.objects.filter(batch_id__in=batches).exclude(state=HeldFact.State.CONFIRMED)
    for batch, indicator in held.order_by().values_list("batch_id", "indicator").distinct():
        found[batch].add(indicator)
    return found


def _as_told(fact: Fact, providers: Mapping[str, Decimal]) -> Told:
    return Told(
        str(fact.tenant_id),
        fact.territory_id[: len("3201")],
        fact.indicator,
        fact.version,
        fact.service,
        fact.category,
        fact.numerator,
        fact.denominator,
        fact.persons,
        providers,
    )


def _differ(before: _Taken, now: _Taken) -> bool:
    """Whether the tenant tells other figures now than those that stand in the last release."""
    return set(map(_numbers, before.facts)) != set(map(_numbers, now.facts))


def _numbers(told: Told) -> tuple[Any, ...]:
    """What tells two facts of a tenant apart; who stands behind them is told with the money."""
    return (
        told.county,
        told.indicator,
        told.version,
        told.service,
        told.category,
        told.numerator,
        told.denominator,
        told.persons,
        tuple(sorted(told.providers.items())),
    )


def _came(**period: Any) -> dict[tuple[str, date], tuple[int, int]]:
    """By period, how many batches came and how many held figures were confirmed."""
    pushed = FactsBatch.objects.filter(**period).order_by().values_list("kind", "period")
    confirmed = HeldFact.objects.filter(
        state=HeldFact.State.CONFIRMED, **{f"batch__{name}": value for name, value in period.items()}
    ).order_by()
    later = {
        (kind, first): count
        for kind, first, count in confirmed.values_list("batch__kind", "batch__period").annotate(Count("pk"))
    }
    return {
        (kind, first): (count, later.get((kind, first), 0))
        for kind, first, count in pushed.annotate(Count("pk"))
    }


def periods_to_publish(today: date) -> list[tuple[str, date]]:
    """Periods of which something came since a publication last looked at them, and whose day has come; oldest first.

    Who waits for others to join with is not tried again before any came.
    """
    examined = {(one.kind, one.period): (one.batches, one.confirmed) for one in Examination.objects.all()}
    return sorted(
        period
        for period, came in _came().items()
        if came != examined.get(period) and release_day(*period) <= today
    )
