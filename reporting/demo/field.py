"""What carers of the demo told from their phones, and entries of phones that wait for somebody."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from contracting.contracts.models import Worker
from kernel.access import Actor
from kernel.periods import WARSAW, Month
from reporting.delivery.models import Visit
from reporting.field.models import Observation, PhoneEntry
from tenants.access import actor_of
from tenants.models import Tenant
from tenants.roles import Role

_WITH_PHONE = "barlinek"
_URGENT = (
    "Pani nie odbiera leków od trzech dni i jest bardzo słaba. Proszę o pilny kontakt z lekarzem rodzinnym."
)
_USUAL = "W łazience odkleił się uchwyt przy wannie, trzeba go naprawić, zanim ktoś się przewróci."
_ANSWER = "Zgłosiłam do administracji budynku, naprawa w czwartek. Do tego czasu proszę pomagać przy kąpieli."
_LATER = 15


def add_field(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """In one tenant: an urgent observation, one that was answered, a visit entered twice, a clock a day wrong."""
    if tenant.slug != _WITH_PHONE:
        return
    carer = Worker.objects.get(user_id=members[Role.WORKER].pk)
    lately = list(
        Visit.objects.filter(
            worker=carer, state=Visit.State.DONE, date__gte=Month.of(today).first, date__lt=today
        )
        .select_related("decision", "worker")
        .order_by("-starts_at")[:3]
    )
    if not lately:
        return
    _observations(lately, actor_of(members[Role.NGO_COORDINATOR]))
    PhoneEntry.objects.bulk_create(_entries(lately))


def _observations(lately: list[Visit], coordinator: Actor) -> None:
    newest, oldest = lately[0], lately[-1]
    urgent = _observation(newest, Observation.Priority.URGENT, _URGENT)
    # Nobody of the demo has a mailbox to be told by.
    urgent.notified_at = urgent.received_at
    answered = _observation(oldest, Observation.Priority.NORMAL, _USUAL)
    answered.keep_answer(_ANSWER)
    answered.read_at = answered.answered_at = answered.received_at + timedelta(hours=2)
    answered.read_by = answered.answered_by = coordinator.user_id
    answered.read_by_name = answered.answered_by_name = coordinator.label
    Observation.objects.bulk_create([urgent, answered])


def _observation(visit: Visit, priority: str, text: str) -> Observation:
    made = Observation(
        worker=visit.worker,
        decision=visit.decision,
        visit_id=visit.pk,
        priority=priority,
        noticed_at=visit.ends_at,
        received_at=visit.ends_at + timedelta(minutes=5),
    )
    made.keep_text(text)
    return made


def _entries(lately: list[Visit]) -> list[PhoneEntry]:
    first = lately[0]
    entries = [
        _entry(
            first,
            first.date,
            state=PhoneEntry.State.CONFLICT,
            code="already_entered",
            said="W dzienniczku jest już wizyta u tej osoby w tym dniu. Porównaj oba wpisy i wybierz.",
            asked=True,
        )
    ]
    if len(lately) > 1:
        entries.append(
            _entry(
                lately[1],
                lately[1].date - timedelta(days=1),
                state=PhoneEntry.State.CLOCK,
                code="clock_wrong",
                said="Zegar telefonu pokazuje inną godzinę niż serwer. Podaj, kiedy była wizyta.",
                offset_then=86_400,
                offset_now=86_400,
            )
        )
    return entries


def _entry(visit: Visit, day: date, **fields: Any) -> PhoneEntry:
    """An entry like the visit, a quarter of an hour later."""
    shift = timedelta(minutes=_LATER)
    end = timezone.localtime(visit.ends_at) + shift
    return PhoneEntry(
        worker=visit.worker,
        decision=visit.decision,
        number=visit.decision.number,
        day=day,
        start=_later(visit.start, shift),
        end=end.time(),
        visit_state=Visit.State.DONE,
        activities=visit.activities,
        received_at=visit.ends_at + shift,
        **fields,
    )


def _later(at: time, by: timedelta) -> time:
    return (datetime.combine(date(2000, 1, 1), at, WARSAW) + by).time()
