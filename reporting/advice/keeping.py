"""What advice tells of persons, until when each matter of advice ran, and how names are taken off."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from kernel.anonymity import tells
from reporting.advice.models import AdviceFile, Appointment, Move, Note, Referral, Request
from reporting.care.hooks import Matter, matters_of_persons, persons_anonymised
from reporting.care.keeping import MatterKind
from reporting.delivery.keeping import remove_brought


def _add_matters(persons: Collection[UUID], today: date, matters: list[Matter]) -> None:
    """Appointments and requests of these persons; two queries."""
    states = Appointment.State
    appointments = Appointment.objects.filter(person__in=list(persons)).order_by().values("person")
    still_open = Count("pk", filter=Q(state__in=[states.PLANNED, states.CONFIRMED]))
    for row in appointments.annotate(last=Max("date"), open=still_open):
        why = _("an appointment of advice is planned, or was never noted as held")
        matters.append(_matter(row["person"], row["last"], why if row["open"] else ""))
    requests = Request.objects.filter(person__in=list(persons)).order_by().values("person")
    waiting = Count("pk", filter=Q(state=Request.State.WAITING))
    for row in requests.annotate(last=Max("requested_on"), open=waiting):
        matters.append(
            _matter(row["person"], row["last"], _("a request for advice waits") if row["open"] else "")
        )


def _matter(person: UUID, last: date, why: object) -> Matter:
    return Matter(person, MatterKind.ADVICE, None if why else last, str(why) if why else "")


def _take_off(persons: Collection[UUID]) -> None:
    """Confidential notes go whole; files of earlier years go with the names in them."""
    Note.objects.filter(appointment__person__in=list(persons)).delete()
    contracts = Appointment.objects.filter(person__in=list(persons), contract__isnull=False)
    held = Q(contract__isnull=True) | Q(contract__in=contracts.order_by().values("contract"))
    if Appointment.objects.filter(person__in=list(persons)).exists():
        remove_brought(AdviceFile.objects.filter(held))


def tell_keeping() -> None:
    """Say what the tables of advice tell of persons."""
    of_client = {"mail_encrypted": None, "phone_encrypted": None}
    tells(Request, "person", emptied=of_client, kept=["alias", "declined"])
    tells(
        Appointment,
        "person",
        replaced=["where", "topic_words", "companion", "presence"],
        emptied={**of_client, "link_key": ""},
        kept=["alias"],
    )
    tells(Referral, "appointment__person", replaced=["referred_to"])
    tells(Move, "appointment__person", kept=["moved_by_name"])
    # Removed whole.
    tells(Note, "appointment__person", kept=["author_name", "content"])
    matters_of_persons.subscribe(_add_matters)
    persons_anonymised.subscribe(_take_off)
