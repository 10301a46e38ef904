"""What may join figures that are released already, so that the difference of two versions tells nothing.

Whoever joins a period later makes a wave. The difference of two versions of a sum is the same sum over the wave, so the
wave is protected as a table of its own, and a cell is shown only while it was hidden in no wave: all that is ever shown
adds up from shown cells of waves, each of which keeps the promise by itself.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reporting.statistics.disclosure.protecting import Protection, protect
from reporting.statistics.disclosure.sensitive import Limits, Reason, reason_at, reason_for
from reporting.statistics.disclosure.tables import ALL_SERVICES, Figures, Key, Number, Table

# The populations of a period, each with its table, of the tenants given.
Tables = Callable[[Collection[str]], Mapping[str, Table]]
# The cells of a population's table that are hidden in any case.
Hidden = Callable[[str, Table], Collection[Key]]


@dataclass(frozen=True)
class Wave:
    """Which tenants join now, which wait for others, and the pattern of each population's table of the wave."""

    joining: frozenset[str]
    waiting: frozenset[str]
    protections: Mapping[str, Protection]


def admit(
    tables: Tables,
    candidates: Collection[str],
    limits: Mapping[str, Limits],
    shown: Mapping[str, Collection[Key]],
) -> Wave:
    """Let as many join as hide no sum that is shown already; the others wait until more come with whom they may.

    `shown` are, by population, the cells above the tenants that readers see now.
    """
    joining = set(candidates)
    while True:
        found = tables(sorted(joining))
        protections = {code: protect(table, limits[code]) for code, table in found.items()}
        blocking: set[str] = set()
        for code, protection in protections.items():
            lost = set(protection.hidden) & set(shown.get(code, ()))
            blocking |= _behind(found[code], protection, lost, limits[code])
        if not blocking:
            return Wave(frozenset(joining), frozenset(candidates) - joining, protections)
        joining -= blocking


def safe_corrections(
    corrections: Collection[str],
    merged: Tables,
    limits: Mapping[str, Limits],
    hidden: Hidden,
) -> frozenset[str]:
    """As many of the corrections as leave everything that is hidden protected by what is hidden already.

    A correction that is open in itself may bare what stands beside it: a sum, or a rest of sums, in which one provider
    prevails from now on. `merged` gives the tables as they stand with some of the corrections. Where one of them needs
    more hidden than without any, those below what must be hidden wait; where none is, all do.
    """
    accepted = frozenset(corrections)
    if not accepted:
        return accepted
    plain = merged(())
    needed: dict[str, Mapping[Key, Reason]] = {}
    while accepted:
        blocking: set[str] = set()
        found = merged(sorted(accepted))
        for code, table in found.items():
            if table.cells == plain[code].cells:
                continue
            if code not in needed:
                needed[code] = _needed(plain[code], limits[code], hidden(code, plain[code]))
            more = _needed(table, limits[code], hidden(code, table))
            before = needed[code]
            new = {
                key: reason
                for key, reason in more.items()
                if key not in before or reason not in (before[key], Reason.PROTECTS)
            }
            # What bares itself comes first: those who would be hidden for its sake need not wait for it.
            bare = [key for key, reason in new.items() if reason != Reason.PROTECTS]
            scopes = {_scope(table, place) for place, _part in bare or new}
            below = {
                one
                for one in accepted
                if not scopes.isdisjoint((*table.ancestors(one), *plain[code].ancestors(one)))
            }
            blocking |= below or (accepted if new else set())
        if not blocking:
            break
        accepted -= blocking
    return accepted


def _needed(table: Table, limits: Limits, hidden: Collection[Key]) -> dict[Key, Reason]:
    """What would have to be hidden beside what is."""
    found = protect(table, limits, already=hidden).hidden
    return {key: reason for key, reason in found.items() if key not in hidden}


def _scope(table: Table, place: str) -> str:
    """The sum in which a place is looked at: a tenant's county, or the place itself."""
    return table.parents[place] if place in table.leaves else place


def _behind(table: Table, protection: Protection, lost: Collection[Key], limits: Limits) -> set[str]:
    """The tenants for whose sake shown sums would have to be hidden."""
    tenants: set[str] = set()
    for key, ways in protection.ways.items():
        if key in lost or any(not way.keys().isdisjoint(lost) for way in ways):
            tenants |= _tenants_of(table, key, limits)
    return tenants


def _tenants_of(table: Table, key: Key, limits: Limits) -> set[str]:
    place, service = key
    if place in table.leaves:
        return {place}
    below = {
        one
        for one in table.leaves_below(place)
        if (one, service) in table.cells and not table.cells[one, service].is_zero
    }
    secret = {one for one in below if reason_at(table, (one, service), limits)}
    return secret or below


def may_replace(
    before: Mapping[str, Figures],
    after: Mapping[str, Figures],
    limits: Limits,
    hidden: Collection[str] = (),
) -> bool:
    """Whether a correction of a tenant's cells, by service, may be seen as what it is: the difference of two figures.

    What changed of providers' business must be nobody's alone, as if the difference were a cell of its own: a contract
    that is accepted later, or taken back, comes out with its money and its minutes.
    Nobody tells how many persons a correction touches; at least as many as the count of persons differs by. So each
    cell must be unchanged, or differ by as many persons as its threshold (that of all services: the strictest of those
    that changed with it), and be no secret before or after. A measure that was not told before differs from nothing: it
    may come to any cell but the `hidden` ones. Of those nothing may become zero or untold, and none may come or go: it
    would be known then, and with it what it was, or what it hides.
    """
    versions = {
        service: (
            before.get(service) or _nothing_like(after[service]),
            after.get(service) or _nothing_like(before[service]),
        )
        for service in before.keys() | after.keys()
    }
    changed = {service for service, (old, new) in versions.items() if old != new}
    for service, (old, new) in versions.items():
        same_persons = old.persons == new.persons
        if same_persons and old.values == new.values:
            continue
        was_fewest, now_fewest, touched = (
            _fewest(service, limits, parts) for parts in (_told(before), _told(after), changed)
        )
        if (
            reason_for(old, limits, was_fewest)
            or reason_for(new, limits, now_fewest)
            or reason_for(_business_between(old, new), limits)
        ):
            return False
        if service in hidden and (service not in before or service not in after or _becomes_known(old, new)):
            return False
        if same_persons and service not in hidden and _only_adds(old, new):
            continue
        if old.persons is not None and abs(old.persons - (new.persons or 0)) < touched:
            return False
    return True


def _fewest(service: str, limits: Limits, parts: Collection[str]) -> int:
    """How many persons the cell of a service needs; that of all as many as the strictest of these parts."""
    return limits.of_parts(parts) if service == ALL_SERVICES else limits.of_part(service)


def _told(cells: Mapping[str, Figures]) -> set[str]:
    return {service for service, figures in cells.items() if not figures.is_zero}


def _business_between(old: Figures, new: Figures) -> Figures:
    """By how much each provider's part differs, up or down; no persons, who are told apart by their number."""
    return Figures(
        None,
        tuple(_between(was, now) for was, now in zip(old.values, new.values, strict=True)),
        {
            one: _between(old.providers.get(one), new.providers.get(one))
            for one in old.providers.keys() | new.providers.keys()
        },
    )


def _between(was: Number | None, now: Number | None) -> Decimal:
    return abs(Decimal(now or 0) - Decimal(was or 0))


def _only_adds(old: Figures, new: Figures) -> bool:
    return all(was is None or was == now for was, now in zip(old.values, new.values, strict=True))


def _becomes_known(old: Figures, new: Figures) -> bool:
    return new.is_zero or any(
        now is None and was is not None for was, now in zip(old.values, new.values, strict=True)
    )


def _nothing_like(figures: Figures) -> Figures:
    return Figures(None if figures.persons is None else 0, tuple(0 for _value in figures.values))
