"""What the page of the radar tells of each silent person: the plan ahead, whom to call, what was noted."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db.models import OuterRef

from accounts.models import User
from contracting.contracts.models import Worker
from kernel.access import Access
from kernel.tenancy import require_tenant
from reporting.care.models import Decision
from reporting.care.rules import Span
from reporting.continuity.models import RadarCheck
from reporting.continuity.queries import Silence
from reporting.continuity.rules import next_planned
from reporting.delivery.models import Visit
from reporting.settlement.queries import late_lines
from tenants.models import Membership
from tenants.roles import Role


@dataclass(frozen=True)
class Contact:
    """Somebody of the provider whom one may ask."""

    name: str
    email: str


@dataclass(frozen=True)
class Line:
    """One silent person on the page; `next_visit` is a day and a time of the plan.

    `carer` made the last visit; empty where that is a worker of an organisation that the person may not see.
    """

    silence: Silence
    decision: Decision
    carer: str
    next_visit: tuple[date, time] | None
    contacts: tuple[Contact, ...]
    checks: tuple[RadarCheck, ...]


def lines_of(silences: Sequence[Silence], access: Access, today: date) -> list[Line]:
    """The lines of a page of the radar, in its order; the number of queries does not grow with them."""
    decisions: dict[UUID, Decision] = (
        Decision.objects.filter(pk__in=[one.decision_id for one in silences])
        .select_related("person", "service", "contract__organisation")
        .prefetch_related("slots", "suspensions")
        .in_bulk()
    )
    contacts = contacts_of({one.contract.organisation_id for one in decisions.values()})
    carers = _carers(silences, access)
    checks: dict[tuple[UUID, UUID], list[RadarCheck]] = defaultdict(list)
    for check in RadarCheck.objects.visible_to(access).filter(person__in=[one.person_id for one in silences]):
        checks[check.person_id, check.service_id].append(check)
    found = []
    for one in silences:
        decision = decisions[one.decision_id]
        noted = [
            check
            for check in checks[one.person_id, one.service_id]
            if one.last_visit is None or check.made_on >= one.last_visit
        ]
        found.append(
            Line(
                one,
                decision,
                carers.get((one.person_id, one.service_id), ""),
                _next_visit(decision, today),
                contacts.get(decision.contract.organisation_id, ()),
                tuple(noted),
            )
        )
    return found


def _next_visit(decision: Decision, today: date) -> tuple[date, time] | None:
    slots: Any = decision.slots.all()
    rests = [Span(rest.first_day, rest.last_day) for rest in decision.suspensions.all()]
    planned = next_planned(slots, rests, today, decision.ends_before)
    return None if planned is None else (planned[0], planned[1].start)


def contacts_of(organisations: Collection[UUID]) -> dict[UUID, tuple[Contact, ...]]:
    """The coordinators and managers of these organisations in the tenant; two queries."""
    members = (
        Membership.objects.in_force()
        .filter(
            tenant=require_tenant(),
            organisation__in=organisations,
            role__in=[Role.NGO_COORDINATOR, Role.NGO_MANAGER],
        )
        .order_by("role", "user_id")
        .values_list("organisation_id", "user_id")
    )
    users = User.objects.in_bulk({user for _organisation, user in members})
    found: dict[UUID, list[Contact]] = defaultdict(list)
    for organisation, user_id in members:
        contact = Contact(users[user_id].full_name, users[user_id].email)
        if contact not in found[organisation]:
            found[organisation].append(contact)
    return {organisation: tuple(listed) for organisation, listed in found.items()}


def _carers(silences: Sequence[Silence], access: Access) -> dict[tuple[UUID, UUID], str]:
    """Who made the last visit, by person and service, of the workers the person may see; three queries.

    A late visit names its carer by the code.
    """
    visits = (
        Visit.objects.filter(
            state=Visit.State.DONE,
            decision__person__in=[one.person_id for one in silences],
            date__in={one.last_visit for one in silences if one.last_visit},
        )
        .order_by("starts_at")
        .values_list("decision__person_id", "decision__service_id", "date", "worker_id")
    )
    late = (
        late_lines()
        .filter(
            decision__person__in=[one.person_id for one in silences],
            date__in={one.last_visit for one in silences if one.last_visit},
        )
        .order_by("start")
        .annotate(carer=Worker.objects.filter(code=OuterRef("worker")).values("pk"))
        .values_list("decision__person_id", "decision__service_id", "date", "carer")
    )
    last = {(one.person_id, one.service_id): one.last_visit for one in silences}
    by_key = {
        (person, service): worker
        for person, service, day, worker in [*late, *visits]
        if last.get((person, service)) == day
    }
    told = Worker.objects.visible_to(access).filter(pk__in=by_key.values())
    names = {worker.pk: str(worker) for worker in told}
    return {key: names[worker] for key, worker in by_key.items() if worker in names}
