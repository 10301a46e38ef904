"""What advice tells of persons, until when each matter of advice ran, and how names are taken off."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from contracting.contracts.hooks import workers_kept
from kernel.anonymity import tells
from kernel.clearing import Matter as Subject
from reporting.advice.models import AdviceFile, Appointment, Move, Note, Referral, Request
from reporting.care.hooks import Matter, files_of_persons, matters_of_persons, persons_anonymised
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


def _keep_workers(workers: Collection[UUID], today: date, matters: list[Subject]) -> None:
    """Advisers are named while an appointment of theirs is open, and till after their last one; one query."""
    states = Appointment.State
    rows = Appointment.objects.filter(adviser__in=list(workers)).order_by().values("adviser")
    still_open = Count("pk", filter=Q(state__in=[states.PLANNED, states.CONFIRMED]))
    for row in rows.annotate(last=Max("date"), open=still_open):
        why = _("an appointment of advice is planned, or was never noted as held") if row["open"] else ""
        matters.append(Subject(str(row["adviser"]), "carer", None if why else row["last"], why))


def _take_off(persons: Collection[UUID]) -> None:
    """Confidential notes go whole."""
    Note.objects.filter(appointment__person__in=list(persons)).delete()


def _remove_files(persons: Collection[UUID], stays: set[UUID]) -> None:
    """Files of contracts, and of the unit, in which nobody else who is known still was given advice."""
    theirs = Appointment.objects.filter(person__in=list(persons)).order_by()
    if not theirs.exists():
        return
    others = Appointment.objects.filter(person__anonymised_at__isnull=True).exclude(person__in=list(persons))
    others = others.filter(person__isnull=False)
    of_contracts = AdviceFile.objects.filter(
        contract__in=theirs.filter(contract__isnull=False).values("contract")
    )
    remove_brought(of_contracts.exclude(Exists(others.filter(contract=OuterRef("contract")))))
    left = theirs.filter(contract__in=of_contracts.order_by().values("contract"))
    stays.update(left.values_list("person", flat=True))
    of_the_unit = AdviceFile.objects.filter(contract__isnull=True)
    if not others.exists():
        remove_brought(of_the_unit)
    if of_the_unit.exists():
        stays.update(theirs.values_list("person", flat=True))


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
    workers_kept.subscribe(_keep_workers)
    files_of_persons.subscribe(_remove_files)
    persons_anonymised.subscribe(_take_off)
