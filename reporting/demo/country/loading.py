"""Making one simulated tenant: its schema, persons, decisions and diaries, with the time each took."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from kernel.access import Actor
from kernel.periods import Month
from kernel.tenancy import connection, tenant_scope
from reporting.care.actions import import_care
from reporting.care.document import read_care_document
from reporting.demo.country.plan import PlannedTenant, Size
from reporting.demo.timetable import STARTS, WeeklyVisit
from reporting.demo.visits import store_visits
from reporting.demo.world import add_diary, build_world
from reporting.statistics.actions.consenting import approve_pushing
from tenants.actions import create_tenant
from tenants.models import Organisation, Partnership, Tenant, Territory

ACTOR = Actor.system("simulate_country")
_CARER_OF = len(STARTS)
_EVERY_DAY, _FEWER = (1, 2, 3, 4, 5), (1, 3, 5)
_SCHEMAS_PER_CONNECTION = 100
_KINDS = {Size.COUNTY: "county", Size.CITY: "city", Size.CAPITAL: "city"}
_UNITS = {
    "county": ("PCPR", "Powiatowe Centrum Pomocy Rodzinie"),
    "city": ("MOPS", "Miejski Ośrodek Pomocy Społecznej"),
}
_UNIT_OF_COMMUNE = ("OPS", "Ośrodek Pomocy Społecznej")
_TITLES = {"county": "Powiat", "city": "Miasto", "commune": "Gmina"}


@dataclass
class Loaded:
    """What a process did: seconds by step, rows by sort."""

    seconds: defaultdict[str, float] = field(default_factory=partial(defaultdict, float))
    rows: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[step] += time.perf_counter() - begun

    def add(self, other: "Loaded") -> None:
        for step, seconds in other.seconds.items():
            self.seconds[step] += seconds
        self.rows.update(other.rows)


_made = 0


def load_tenant(planned: PlannedTenant, months: list[date], seed: int) -> Loaded:
    """Make the tenant with everything, in one transaction; nothing where it is there already. For worker processes."""
    global _made
    _made += 1
    if _made % _SCHEMAS_PER_CONNECTION == 0:
        # A connection remembers every schema that it has seen, about 1 MB each.
        connection.close()
    done = Loaded()
    if Tenant.objects.filter(slug=planned.slug).exists():
        return done
    with transaction.atomic():
        with done.timed("provisioning"):
            tenant = _create(planned)
        done.rows["tenants"] += 1
        with tenant_scope(tenant):
            approve_pushing(actor=ACTOR)
            for place, persons in enumerate(planned.contracts, start=1):
                _load_contract(tenant, persons, place, [Month.of(month) for month in months], seed, done)
    return done


def _create(planned: PlannedTenant) -> Tenant:
    kind = _KINDS.get(planned.size, "commune")
    unit_type, unit = _UNITS.get(kind, _UNIT_OF_COMMUNE)
    return create_tenant(
        slug=planned.slug,
        name=f"{_TITLES[kind]} {planned.name}",
        kind=kind,
        territory=Territory.objects.get(pk=planned.code),
        unit_name=unit,
        unit_type=unit_type,
        population=planned.inhabitants,
        actor=ACTOR,
    )


def _weeks(persons: int, seed: str) -> list[list[WeeklyVisit]]:
    """Five persons of a carer, at the five times of a day; four of five are visited every working day."""
    return [
        [
            WeeklyVisit(weekday, STARTS[person % _CARER_OF], 60 + 15 * (person % 4), person // _CARER_OF)
            for weekday in (_FEWER if (person * 7 + len(seed)) % 5 == 0 else _EVERY_DAY)
        ]
        for person in range(persons)
    ]


def _load_contract(
    tenant: Tenant, persons: int, place: int, months: list[Month], seed: int, done: Loaded
) -> None:
    organisation, _is_new = Organisation.objects.get_or_create(
        name=f"Stowarzyszenie Opiekun {tenant.territory_id}/{place}",
        defaults={"legal_form": Organisation.LegalForm.ASSOCIATION},
    )
    Partnership.objects.get_or_create(tenant=tenant, organisation=organisation)
    pilot: dict[str, Any] = {
        "slug": f"{tenant.slug}-{seed}",
        "partners": [organisation.name],
        "care": {"persons": persons, "workers": -(-persons // _CARER_OF), "age": [60, 95]},
    }
    world = build_world(pilot, months, series=f"{place}-", weeks=_weeks(persons, pilot["slug"]))
    for month in months:
        add_diary(world, month, timezone.localdate(), pilot["slug"])
    with done.timed("persons and decisions"):
        import_care(read_care_document(BytesIO(json.dumps(world.document).encode())), actor=ACTOR)
    with done.timed("visits"):
        store_visits(world)
    done.rows["contracts"] += 1
    done.rows["persons"] += persons
    done.rows["visits"] += sum(map(len, world.visits.values()))
