"""Who must be with the adviser: along on a first visit at home (S-103), or on the premises of the office (S-104)."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.periods import local_date, local_datetime
from reporting.advice.models import Appointment, Availability, Slot
from reporting.advice.models.wording import AdvisedPerson, Place
from reporting.advice.terms import current_terms


def earlier_of(row: AdvisedPerson, organisation_id: UUID) -> Any:
    """Earlier appointments of the same person, as far as one can tell.

    A registered person is the same wherever they were advised. An alias names somebody within one organisation only:
    another organisation's “K-1” is somebody else, whom its advisers have met and ours have not. Nobody recognises
    somebody anonymous, nor an alias behind which a registered person may stand: then there are none, and a visit at
    home counts as the first.
    """
    if row.person_id is not None:
        return Appointment.objects.filter(person_id=row.person_id)
    if not row.alias:
        return Appointment.objects.none()
    return Appointment.objects.filter(
        person__isnull=True, alias=row.alias, adviser__organisation_id=organisation_id
    )


def decide_on_company(appointment: Appointment) -> None:
    """The first visit at home, and every one where somebody said “never alone”, needs a second worker (S-103).

    Whose visits count as earlier ones, says `earlier_of`. Raises DomainError `companion_needed`.
    """
    earlier = earlier_of(appointment, appointment.adviser.organisation_id).exclude(pk=appointment.pk)
    if not appointment.two_people_needed:
        appointment.two_people_needed = earlier.filter(two_people_needed=True).exists()
    appointment.first_home_visit = (
        appointment.place == Place.HOME
        and not earlier.filter(place=Place.HOME, state=Appointment.State.DONE).exists()
    )
    if appointment.place != Place.HOME or appointment.companion:
        return
    if appointment.first_home_visit:
        sentence = _("This is the first visit at home: write which worker goes along with the adviser.")
    elif appointment.two_people_needed:
        sentence = _("Nobody visits this person alone: write which worker goes along with the adviser.")
    else:
        return
    raise DomainError("companion_needed", sentence, field="companion")


def require_presence(appointment: Appointment) -> None:
    """At the office somebody besides the adviser is on the premises (S-104), as far as the unit watches it.

    A plan that shows another adviser of the organisation there the whole time suffices, and so does a word on who is
    there or why nobody is. Raises DomainError `nobody_else_there`.
    """
    if appointment.place != Place.OFFICE or appointment.presence or not current_terms().watch_presence:
        return
    if not (_has_hours(appointment).exists() or _has_appointment(appointment).exists()):
        raise DomainError(
            "nobody_else_there",
            _(
                "The plans show nobody else on the premises at this time. Write who will be there, or why the "
                "appointment takes place all the same."
            ),
            field="presence",
        )


def _has_hours(appointment: Appointment) -> Any:
    """Hours at the office of the adviser's colleagues that cover the appointment, and are not closed for a leave."""
    starts, ends = local_datetime(appointment.starts_at), local_datetime(appointment.ends_at)
    day = local_date(appointment.starts_at)
    if ends.date() != day:
        return Availability.objects.none()
    closed = Slot.objects.filter(
        availability=OuterRef("pk"),
        closed=True,
        starts_at__lt=appointment.ends_at,
        ends_at__gt=appointment.starts_at,
    )
    holding = Availability.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), ~Exists(closed), valid_from__lte=day
    )
    return holding.filter(
        adviser__organisation_id=appointment.adviser.organisation_id,
        adviser__active=True,
        place=Place.OFFICE,
        weekday=day.isoweekday(),
        start__lte=starts.time(),
        end__gte=ends.time(),
    ).exclude(adviser_id=appointment.adviser_id)


def _has_appointment(appointment: Appointment) -> Any:
    """Appointments at the office of the adviser's colleagues that cover this one."""
    return (
        Appointment.objects.standing()
        .filter(
            adviser__organisation_id=appointment.adviser.organisation_id,
            place=Place.OFFICE,
            starts_at__lte=appointment.starts_at,
            ends_at__gte=appointment.ends_at,
        )
        .exclude(adviser_id=appointment.adviser_id)
    )
