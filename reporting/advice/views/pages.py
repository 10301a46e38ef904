"""What several pages of advice share: finding an appointment, free slots, noting who was read about."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record_reading
from kernel.doors import Request
from kernel.periods import local_datetime
from reporting.advice.actions.offers import fits
from reporting.advice.forms.appointments import WhenFields
from reporting.advice.models import Appointment, Slot
from reporting.advice.models import Request as AdviceRequest
from reporting.advice.models.wording import AdvisedPerson
from reporting.advice.terms import still_offered

SHOWN_SLOTS, SHOWN_SIGNING = 12, 6


def find_appointment(request: Request, pk: UUID) -> Appointment:
    """The appointment that the person may see; 404 otherwise."""
    visible: Any = Appointment.objects.visible_to(request.access)
    found: Appointment = get_object_or_404(
        visible.select_related("person", "adviser__organisation", "contract", "topic", "request"), pk=pk
    )
    return found


def note_reading(request: Request, page: str, rows: Iterable[AdvisedPerson]) -> None:
    """Record which registered persons a page has shown to whom."""
    note_reading_of(request, page, (row.person_id for row in rows))


def note_reading_of(request: Request, page: str, person_ids: Iterable[UUID | None]) -> None:
    """The same by ids; None stands for somebody who is not registered."""
    persons = {pk for pk in person_ids if pk is not None}
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=persons)


def id_in(asked: QueryDict, name: str) -> UUID | None:
    """The id under this name in an address or a form; None where there is none, or something else."""
    try:
        return UUID(asked.get(name) or "")
    except ValueError:
        return None


def free_slots(request: Request, waiting: AdviceRequest | None = None) -> Any:
    """Slots ahead that are free, of the organisations that the person may see (a QuerySet).

    Those held for somebody in the queue are left out, but for those held for `waiting`.
    """
    held = AdviceRequest.objects.order_by().filter(still_offered())
    if waiting is not None:
        held = held.exclude(pk=waiting.pk)
    return (
        Slot.objects.visible_to(request.access)
        .free()
        .filter(starts_at__gt=timezone.now())
        .exclude(pk__in=held.values("offered_slot_id"))
        .select_related("adviser")
        .order_by("starts_at", "pk")
    )


def signing_slots(
    request: Request, form: WhenFields, kind: Any, waiting: AdviceRequest | None = None
) -> list[Slot]:
    """The next free slots of the type with advisers who sign, where the one in the form is to and does not; else none.

    For somebody who waits, those that they can use.
    """
    if form.unsigning is None:
        return []
    slots = free_slots(request, waiting).filter(signs=True, kind=kind)[: 10 * SHOWN_SLOTS]
    return [each for each in slots if waiting is None or fits(waiting, each)][:SHOWN_SIGNING]


def slot_in(request: Request, waiting: AdviceRequest | None = None) -> Slot | None:
    """The free slot that the address names or that was taken over into the form, if there is one."""
    pk = id_in(request.POST, "take") or id_in(request.GET, "slot")
    slot: Slot | None = free_slots(request, waiting).filter(pk=pk).first() if pk else None
    return slot


def refuse_taken(form: WhenFields) -> None:
    """Say that the time which was to be taken over into the form is no longer free; nothing is booked then."""
    form.full_clean()
    form.add_error(None, _("This time is no longer free. Choose another one."))


def with_slot(request: Request, slot: Slot) -> dict[str, Any]:
    """What was typed, with the time of the slot in it: nothing else of it is lost."""
    return {**request.POST.dict(), **fields_of_slot(slot)}


def fields_of_slot(slot: Slot) -> dict[str, Any]:
    """The fields of `WhenFields`, as the slot fills them in."""
    starts = local_datetime(slot.starts_at)
    return {
        "adviser": slot.adviser_id,
        "day": starts.date(),
        "start": starts.time(),
        "minutes": int((slot.ends_at - slot.starts_at) / timedelta(minutes=1)),
        "place": slot.place,
        "where": slot.where,
    }
