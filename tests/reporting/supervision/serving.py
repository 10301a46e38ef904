"""A contract for advice and one for crisis intervention in the month that ended, and the people who supervise them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from contracting.contracts.models import Contract, Worker
from kernel.access import Actor
from kernel.crypto import encrypt
from kernel.periods import WARSAW, Month
from kernel.tenancy import tenant_scope
from reporting.advice.models import Appointment
from reporting.care.models import Person
from reporting.crisis.actions import CaseOpening, SessionEntry, note_asking, open_case, record_session
from reporting.crisis.models import CrisisCase
from reporting.supervision import actions
from reporting.supervision.actions import QuestionnaireEntry
from reporting.supervision.models import Questionnaire
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, PersonFactory, WorkerFactory
from tests.factories.people import partner, signed_in_client
from tests.reporting.supervision.asking import ACTOR, QUESTIONS
from tests.reporting.supervision.supervised import Supervised


def month_ended() -> Month:
    """The month before this one."""
    return Month.of(timezone.localdate()).previous()


@dataclass
class Serving(Supervised):
    """`contract` is for advice; `crisis` for crisis intervention, by the same organisation."""

    crisis: Contract
    adviser: Worker
    month: Month

    def at(self, contract: Contract | None = None) -> dict[str, Any]:
        """The dossier of the month of the advice, or of another contract."""
        return {"contract_pk": (contract or self.contract).pk, "month": str(self.month)}


def build_serving(tenant: Tenant) -> Serving:
    organisation = partner(tenant, name="Stowarzyszenie Przystań")
    clients = {
        "director": signed_in_client(Role.DIRECTOR, tenant),
        "inspector": signed_in_client(Role.INSPECTOR, tenant),
        "ngo": signed_in_client(Role.NGO_COORDINATOR, tenant, organisation),
        "worker": signed_in_client(Role.WORKER, tenant, organisation),
        "other_ngo": signed_in_client(Role.NGO_COORDINATOR, tenant, partner(tenant)),
    }
    month = month_ended()
    with tenant_scope(tenant):
        terms = {
            "organisation": organisation,
            "valid_from": date(month.year - 1, 1, 1),
            "valid_to": date(month.year + 1, 12, 31),
        }
        advice = ContractFactory(number="U/P/1", cap_minutes=600, **terms)
        crisis = ContractFactory(number="U/K/1", **terms)
        adviser = WorkerFactory(organisation=organisation, code="D7")
    return Serving(
        tenant,
        organisation,
        advice,
        None,
        None,
        clients,
        crisis=crisis,
        adviser=adviser,
        month=month,  # type: ignore[arg-type]
    )


def on(month: Month, day: int, hour: int = 10) -> datetime:
    """An hour of a day of the month, by the clocks of Warsaw."""
    return datetime.combine(date(month.year, month.month, day), time(hour), WARSAW)


def known(surname: str, *, reached: bool = True) -> Person:
    """A registered person, with a contact unless said."""
    person: Person = PersonFactory(surname=surname)
    if reached:
        person.contact_encrypted = encrypt('{"phone": "+48600100200"}')
        person.save()
    return person


def advised(world: Serving, day: int, *, minutes: int = 60, hour: int = 10, **told: Any) -> Appointment:
    """Advice that was held on the day of the month, with a topic unless said."""
    starts = on(world.month, day, hour)
    given = {"kind": "legal", "state": "done", "topic_words": "Zadłużenie", **told}
    made: Appointment = Appointment.objects.create(
        adviser=world.adviser,
        contract=world.contract,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes),
        place="office",
        presence="rejestracja",
        **given,
    )
    made.refresh_from_db()
    return made


def of_worker(world: Serving) -> Actor:
    user = world.clients["worker"].user
    return Actor(user.pk, user.full_name)


def case(world: Serving, day: int, *, asking: str = "", hour: int = 9, **told: Any) -> CrisisCase:
    """A case of the worker that began on the day of the month, of a registered person unless said."""
    given = {"contact": "place", "identity": "person", **told}
    if given["identity"] == "person" and "person" not in given:
        given["person"] = PersonFactory()
    opening = CaseOpening(opened_at=on(world.month, day, hour), contract=world.crisis, **given)
    made = open_case(opening, actor=of_worker(world))
    return note_asking(made, asking=asking, actor=of_worker(world)) if asking else made


def session(world: Serving, of: CrisisCase, day: int, **told: Any) -> None:
    """A session of the case on the day of the month, held unless said."""
    given = {"minutes": 60, "state": "done", "place": "office", **told}
    worker = world.clients["worker"].user.pk
    record_session(
        of,
        SessionEntry(starts_at=on(world.month, day, 15), worker_id=worker, **given),
        actor=of_worker(world),
    )


def questionnaire(audience: str) -> Questionnaire:
    """A published one for the audience."""
    entry = QuestionnaireEntry(f"Ankieta {audience}", audience, QUESTIONS)
    return actions.publish_questionnaire(actions.write_questionnaire(entry, actor=ACTOR), actor=ACTOR)
