"""Advice and crisis intervention of one contract as the rules of evaluation want to be told them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Min

from contracting.contracts.models import Contract
from kernel.periods import Month, local_date, local_datetime
from reporting.advice.models import Appointment
from reporting.crisis.models import Session
from reporting.crisis.queries.duty import Roster, read_roster
from reporting.crisis.rules import Gap
from reporting.evaluation.rules.services import (
    OF_MEETINGS,
    OF_REQUESTS,
    OF_ROSTER,
    FirstAdvice,
    Meeting,
    ServiceMonth,
)

_CAME_UP = (Appointment.State.DONE, Appointment.State.NO_SHOW)


@dataclass(frozen=True)
class Place:
    """What a line is called where no names are told, and of what its page is: advice or case."""

    number: str
    kind: str
    pk: str


@dataclass(frozen=True)
class Services:
    """What came up under a contract over some months, first advice after requests, and the roster of its centre.

    `places` names the appointments and cases by the key of their lines.
    """

    meetings: tuple[Meeting, ...] = ()
    first_advice: tuple[FirstAdvice, ...] = ()
    roster: Roster | None = None
    places: dict[str, Place] = field(default_factory=dict)

    def in_month(self, month: Month, now: datetime) -> ServiceMonth:
        """One of the months that were read, its roster until `now` where it goes on."""
        asked, gaps = 0, tuple[Gap, ...]()
        if self.roster is not None:
            start, end = month.bounds()
            cover = self.roster.coverage(start, min(end, now))
            asked, gaps = cover.asked, cover.gaps
        return ServiceMonth(
            meetings=[one for one in self.meetings if month.contains(one.day)],
            first_advice=[one for one in self.first_advice if month.contains(one.day)],
            asked=asked,
            gaps=gaps,
        )


def read_services(contract: Contract, first: Month, last: Month, measures: Collection[str]) -> Services:
    """What these measures need of first..last (both inclusive): at most six queries, none for visits."""
    wanted, start, end = frozenset(measures), first.bounds()[0], last.bounds()[1]
    meetings: list[Meeting] = []
    places: dict[str, Place] = {}
    first_advice: list[FirstAdvice] = []
    appointments = (
        Appointment.objects.filter(contract=contract, state__in=_CAME_UP)
        .between(first.first, last.last)
        .order_by("starts_at", "pk")
    )
    if wanted & (OF_MEETINGS | OF_REQUESTS):
        columns = ("pk", "date", "start", "state", "adviser__code")
        for pk, day, at, state, adviser in appointments.values_list(*columns):
            meetings.append(Meeting(str(pk), day, at, state == Appointment.State.DONE))
            places[str(pk)] = Place(adviser, "advice", str(pk))
    if wanted & OF_MEETINGS:
        held = Session.objects.filter(
            case__contract=contract,
            starts_at__gte=start,
            starts_at__lt=end,
            state__in=[Session.State.DONE, Session.State.NO_SHOW],
        ).order_by("starts_at", "pk")
        for pk, case, number, at, state in held.values_list(
            "pk", "case_id", "case__number", "starts_at", "state"
        ):
            local = local_datetime(at)
            meetings.append(Meeting(str(pk), local.date(), local.time(), state == Session.State.DONE))
            places[str(pk)] = Place(number, "case", str(case))
    if wanted & OF_REQUESTS:
        first_advice = _first_advice(appointments)
    roster = None
    if wanted & OF_ROSTER:
        roster = read_roster(contract.organisation_id, start, end)
    return Services(tuple(meetings), tuple(first_advice), roster, places)


def _first_advice(appointments: Any) -> list[FirstAdvice]:
    """Those of these appointments that were the first to come up of their request, whoever gave the others."""
    asked = appointments.filter(request__isnull=False)
    earliest = dict(
        Appointment.objects.filter(request__in=asked.order_by().values("request"), state__in=_CAME_UP)
        .order_by()
        .values_list("request")
        .annotate(first=Min("starts_at"))
    )
    rows = asked.values_list("pk", "request_id", "starts_at", "start", "request__requested_on")
    return [
        FirstAdvice(str(pk), local_date(starts_at), at, requested_on)
        for pk, request, starts_at, at, requested_on in rows
        if earliest[request] == starts_at
    ]
