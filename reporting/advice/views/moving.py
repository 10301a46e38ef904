"""The page on which an appointment gets another time or adviser."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from kernel.periods import local_datetime
from reporting.advice.actions.cards import card_stamp
from reporting.advice.actions.moving import NewTime, move_appointment
from reporting.advice.forms.appointments import MoveForm
from reporting.advice.models import Appointment
from reporting.advice.permissions import BOOK
from reporting.advice.views.pages import (
    SHOWN_SLOTS,
    fields_of_slot,
    find_appointment,
    free_slots,
    note_reading,
    refuse_taken,
    signing_slots,
    slot_in,
    with_slot,
)
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of

_NAMES = ("adviser", "starts_at", "minutes", "place", "where", "companion", "presence")


@tenant_door(BOOK)
def reschedule(request: Request, pk: UUID) -> HttpResponse:
    """Choose another time: one of the next free ones of the same type, or any other."""
    appointment = find_appointment(request, pk)
    note_reading(request, "advice:card", [appointment])
    if not appointment.is_open:
        messages.error(request, _("Only an appointment that is planned or confirmed can be moved."))
        return redirect(tenant_url("advice:card", appointment.pk))
    slot = slot_in(request)
    wish = appointment.sign_language
    take = "take" in request.POST
    if request.method == "POST" and not (take and slot):
        form = MoveForm(request.POST, access=request.access, wish=wish)
        if take:
            refuse_taken(form)
        if form.is_valid():
            new = NewTime(**{name: form.cleaned_data[name] for name in _NAMES})
            seen = form.cleaned_data["seen"] or None
            moved = attempt(
                form, lambda: move_appointment(appointment, new, seen=seen, actor=request.access.actor)
            )
            if moved is not None:
                _say(request, moved)
                return redirect(tenant_url("advice:card", moved.pk))
    else:
        stands = _fields(appointment) | (fields_of_slot(slot) if slot else {})
        initial = with_slot(request, slot) if take and slot else stands
        form = MoveForm(access=request.access, wish=wish, initial=initial)
    slots = list(free_slots(request).filter(kind=appointment.kind)[:SHOWN_SLOTS])
    signing = signing_slots(request, form, appointment.kind)
    context = {"form": form, "appointment": appointment, "slots": slots, "slot": slot, "signing": signing}
    return render(request, "advice/reschedule.html", context, status=status_of(form))


def _fields(appointment: Appointment) -> dict[str, Any]:
    starts = local_datetime(appointment.starts_at)
    names = ("minutes", "place", "where", "companion", "presence")
    return {
        "adviser": appointment.adviser_id,
        "day": starts.date(),
        "start": starts.time(),
        "seen": card_stamp(appointment),
        **{name: getattr(appointment, name) for name in names},
    }


def _say(request: Request, appointment: Appointment) -> None:
    if appointment.reminders.exists():
        messages.success(request, _("The appointment is moved, and the person is told of the new time."))
    else:
        messages.warning(
            request, _("The appointment is moved. Tell the person: no message can be sent to them from here.")
        )
