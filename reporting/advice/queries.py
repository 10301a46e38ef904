"""What other apps may ask of advice: counts of a period."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Q, Sum, Value
from django.db.models.functions import Cast, Concat

from contracting.contracts.models import Worker
from reporting.advice.models import Appointment, Availability
from reporting.advice.models.wording import Disability, Kind, Place, SignLanguage
from reporting.advice.rules import require_sums
from reporting.care.models import Person

# Two organisations' “K-1” are two persons. The id has a fixed length, so that no two pairs read alike.
ALIAS_OF_ORGANISATION = Concat(
    Cast("adviser__organisation_id", CharField()), Value(" "), F("alias"), output_field=CharField()
)


def misses_signing(adviser: Worker, wish: str) -> bool:
    """Whether the person needs an adviser who signs (`wish` of SignLanguage) and this one's hours never say so."""
    needed = wish == SignLanguage.ADVISER
    return needed and not Availability.objects.filter(adviser=adviser, signs=True).exists()


@dataclass(frozen=True)
class AdviceCounts:
    """Advice of a period. `total`, `by_kind`, `by_depth`, `by_place` and `minutes` count what was held (done);
    `by_status` counts all appointments; `persons` counts registered persons and aliases once each, one alias once in
    every organisation that uses it, since it names somebody within one organisation only; `anonymous` is
    the number of sessions with nobody known. `disability` counts what was held for persons with a disability, by the
    evidence of it: a statement suffices (S-106).
    """

    total: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    by_depth: dict[str, int] = field(default_factory=dict)
    by_place: dict[str, int] = field(default_factory=dict)
    by_status: dict[str, int] = field(default_factory=dict)
    persons: int = 0
    anonymous: int = 0
    minutes: dict[str, int] = field(default_factory=dict)
    disability: dict[str, int] = field(default_factory=dict)


def advice_counts(
    first_day: date,
    last_day: date,
    *,
    organisation_ids: Collection[UUID] | None = None,
    contract_id: UUID | None = None,
) -> AdviceCounts:
    """Counts of appointments whose local date lies in first_day..last_day, in two queries.

    `organisation_ids` are those whose advisers count (None: all). Raises TotalsDiffer where sums do not give totals.
    """
    chosen = Appointment.objects.between(first_day, last_day)
    if organisation_ids is not None:
        chosen = chosen.filter(adviser__organisation_id__in=organisation_ids)
    if contract_id is not None:
        chosen = chosen.filter(contract_id=contract_id)
    return counts_of(chosen)


def counts_of(appointments: Any) -> AdviceCounts:
    """Counts of these appointments (a QuerySet)."""
    appointments = appointments.order_by()
    held = appointments.filter(state=Appointment.State.DONE)
    by = {
        "kind": dict.fromkeys(Kind.values, 0),
        "depth": dict.fromkeys(Appointment.Depth.values, 0),
        "place": dict.fromkeys(Place.values, 0),
    }
    by_status = dict.fromkeys(Appointment.State.values, 0)
    for row in appointments.values("kind", "depth", "place", "state").annotate(count=Count("pk")):
        by_status[row["state"]] += row["count"]
        if row["state"] == Appointment.State.DONE:
            for name, counts in by.items():
                counts[row[name]] += row["count"]
    sums = held.aggregate(
        total=Count("pk"),
        persons=Count("person", distinct=True),
        aliases=Count(ALIAS_OF_ORGANISATION, distinct=True, filter=~Q(alias="")),
        anonymous=Count("pk", filter=Q(person__isnull=True, alias="")),
        direct=Sum("minutes", default=0),
        preparation=Sum("preparation_minutes", default=0),
        documentation=Sum("documentation_minutes", default=0),
        travel=Sum("travel_minutes", default=0),
        **{evidence: Count("pk", filter=Q(disability=evidence)) for evidence in Disability.values},
    )
    for name, counts in by.items():
        require_sums(sums["total"], counts, name)
    return AdviceCounts(
        total=sums["total"],
        by_kind=by["kind"],
        by_depth=by["depth"],
        by_place=by["place"],
        by_status=by_status,
        persons=sums["persons"] + sums["aliases"],
        anonymous=sums["anonymous"],
        disability={evidence: sums[evidence] for evidence in Disability.values},
        minutes={name: sums[name] for name in ("direct", "preparation", "documentation", "travel")},
    )


def kinds_of(appointments: Any) -> dict[str, tuple[int, int, int, int]]:
    """Type → (held, in-depth of them, minutes held, to which nobody came) of these appointments; one query."""
    held = Q(state=Appointment.State.DONE)
    rows = (
        appointments.order_by()
        .values("kind")
        .annotate(
            held=Count("pk", filter=held),
            in_depth=Count("pk", filter=held & Q(depth=Appointment.Depth.IN_DEPTH)),
            direct=Sum("minutes", filter=held, default=0),
            no_show=Count("pk", filter=Q(state=Appointment.State.NO_SHOW)),
        )
        .values_list("kind", "held", "in_depth", "direct", "no_show")
    )
    found = {kind: told for kind, *told in rows}
    return {kind: tuple(found.get(kind, (0, 0, 0, 0))) for kind in Kind.values}


def add_appointments(*, person: Person, keys: list[str]) -> None:
    """Add the keys of the person's appointments: confidential notes are read under them."""
    keys += [str(pk) for pk in Appointment.objects.filter(person=person).values_list("pk", flat=True)]
