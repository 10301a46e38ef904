"""All that is needed when a provider fails: persons, decisions, plans, whom to call, what is left, who comes first."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Sum
from django.utils import timezone

from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.care.closed_months import closed_months
from reporting.care.models import Decision
from reporting.care.rules import Span
from reporting.compliance.queries.papers import contracts_in, decisions_by_id
from reporting.compliance.rules import granted_minutes
from reporting.continuity.models import ReachNote
from reporting.continuity.queries import settings_at_hand
from reporting.continuity.radar import Contact, contacts_of
from reporting.continuity.rules import next_planned
from reporting.delivery.models import Visit
from reporting.settlement.queries import late_lines, not_held_lines


@dataclass(frozen=True)
class PackLine:
    """One decision: `granted` and `delivered` minutes of the month at hand; `next_visit` is a day and a time."""

    decision: Decision
    next_visit: tuple[date, time] | None
    resting_until: date | None
    granted: int
    delivered: int
    last_visit: date | None
    scope: tuple[str, ...]

    @property
    def left(self) -> int:
        return self.granted - self.delivered


@dataclass(frozen=True)
class PackContract:
    """A contract of the provider with the persons under it and the minutes used so far."""

    contract: Contract
    persons: int
    used: int

    @property
    def left(self) -> int | None:
        cap = self.contract.cap_minutes
        return None if cap is None else cap - self.used


@dataclass(frozen=True)
class Calls:
    """How many persons were reached, each counted once by the latest attempt."""

    reached: int
    needs_help: int
    not_reached: int
    untried: int

    @property
    def missing(self) -> int:
        """Persons of whom nobody knows yet how they are."""
        return self.not_reached + self.untried


@dataclass(frozen=True)
class Pack:
    """The pack of one day; `lines` begin with the person whom somebody has to visit first.

    `latest` are the attempts that count, by person: the latest of the last `call_days` days.
    """

    day: date
    contracts: tuple[PackContract, ...]
    contacts: tuple[Contact, ...]
    lines: tuple[PackLine, ...]
    latest: Mapping[UUID, ReachNote]
    call_days: int

    @property
    def calls(self) -> Calls:
        told = Counter(note.outcome for note in self.latest.values())
        outcome = ReachNote.Outcome
        return Calls(
            told[outcome.REACHED],
            told[outcome.NEEDS_HELP],
            told[outcome.NOT_REACHED],
            len(self.person_ids) - len(self.latest),
        )

    @property
    def month(self) -> Month:
        return Month.of(self.day)

    @property
    def person_ids(self) -> set[UUID]:
        return {line.decision.person_id for line in self.lines}


def pack_of(contracts: Sequence[Contract], today: date) -> Pack:
    """The pack of these contracts; the number of queries does not grow with persons or contracts."""
    month, keys = Month.of(today), {str(one.pk) for one in contracts}
    lines = _lines(contracts, today)
    used = contracts_in(month.next(), keys)
    sums = delivered_minutes(contracts, today)
    call_days = settings_at_hand().call_days
    return Pack(
        today,
        tuple(
            PackContract(
                one,
                len({line.decision.person_id for line in lines if line.decision.contract_id == one.pk}),
                used[str(one.pk)].minutes_before if one.cap_minutes is not None else sums.get(one.pk, 0),
            )
            for one in contracts
        ),
        tuple(
            contact
            for listed in contacts_of({one.organisation_id for one in contracts}).values()
            for contact in listed
        ),
        tuple(lines),
        latest_notes({line.decision.person_id for line in lines}, call_days),
        call_days,
    )


def latest_notes(persons: Collection[UUID], days: int) -> dict[UUID, ReachNote]:
    """The latest attempt of so many days to reach each person; those without any are missing. One query."""
    since = timezone.now() - timedelta(days=days)
    notes = ReachNote.objects.filter(person__in=persons, made_at__gte=since)
    return {
        note.person_id: note for note in notes.order_by("person_id", "-made_at", "-pk").distinct("person_id")
    }


def _held(today: date) -> QuerySet[Visit]:
    """Visits of the diary up to a day, without those of which a correction says that they were not held."""
    done: QuerySet[Visit] = Visit.objects.filter(state=Visit.State.DONE, date__lte=today)
    return done.exclude(Exists(not_held_lines().filter(visit_id=OuterRef("pk"))))


def delivered_minutes(contracts: Sequence[Contract], today: date) -> dict[UUID, int]:
    """Minutes of visits made up to a day, late ones too, by contract; those without any are missing. Two queries."""
    done = _held(today).filter(decision__contract__in=contracts)
    rows = done.order_by().values_list("decision__contract_id").annotate(sum=Sum("minutes"))
    late = late_lines().filter(decision__contract__in=contracts, date__lte=today).order_by()
    added = late.values_list("decision__contract_id").annotate(sum=Sum("adjusted_minutes"))
    return dict(Counter(dict(rows)) + Counter(dict(added)))


def _lines(contracts: Sequence[Contract], today: date) -> list[PackLine]:
    month = Month.of(today)
    decisions = list(
        Decision.objects.filter(contract__in=contracts, ends_before__gt=today)
        .filter(ends_before__gt=F("valid_from"))
        .select_related("person", "service", "contract__organisation")
        .prefetch_related("slots", "suspensions")
        .order_by("number")
    )
    facts = decisions_by_id({str(one.pk) for one in decisions})
    done = _held(today).filter(decision__in=decisions).order_by()
    delivered = dict(
        done.filter(date__gte=month.first).values_list("decision_id").annotate(minutes=Sum("minutes"))
    )
    late = late_lines().filter(decision__in=decisions, date__lte=today).order_by()
    last = dict(done.values_list("decision_id").annotate(day=Max("date")))
    for key, day in late.values_list("decision_id").annotate(day=Max("date")):
        last[key] = max(day, last.get(key, day))
    names = {
        (service, code): name
        for service, code, name in Activity.objects.filter(
            service__in={one.service_id for one in contracts}
        ).values_list("service_id", "code", "name")
    }
    found = []
    for one in decisions:
        slots: Any = one.slots.all()
        rests = [Span(rest.first_day, rest.last_day) for rest in one.suspensions.all()]
        planned = next_planned(slots, rests, max(today, one.valid_from), one.ends_before)
        found.append(
            PackLine(
                one,
                None if planned is None else (planned[0], planned[1].start),
                max((rest.last for rest in rests if rest.holds_on(today)), default=None),
                granted_minutes(facts[str(one.pk)], month),
                delivered.get(one.pk, 0),
                last.get(one.pk),
                tuple(names.get((one.service_id, code), code) for code in one.activities),
            )
        )
    never = (date.max, time.max)
    return sorted(found, key=lambda line: (line.next_visit or never, line.decision.number))


def to_be_moved(source: Contract, first_day: date, today: date) -> list[PackLine]:
    """The lines of a contract whose decisions hold on the day from which another contract takes over."""
    return [line for line in pack_of([source], today).lines if line.decision.ends_before > first_day]


def months_reached(contract: Contract, first_day: date) -> list[tuple[Month, str]]:
    """Months of the contract handed in already that a change from the day on reaches, with their states in words."""
    return list(closed_months(contract.pk, first_day, max(first_day, contract.valid_to)))
