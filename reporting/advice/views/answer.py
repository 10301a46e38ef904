"""The page behind the link of a reminder: confirm or cancel one appointment, without signing in."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from kernel.access import Actor
from kernel.doors import Request, public_door
from kernel.errors import DomainError
from kernel.frequency import is_too_often
from reporting.advice.actions import cards
from reporting.advice.links import appointment_of, is_answerable
from reporting.advice.models import Appointment
from ui.links import keep_link

_ACTOR = Actor.system("link of a reminder")
_GONE, _TOO_OFTEN = 410, 429


@public_door
@never_cache
def answer(request: Request, token: str) -> HttpResponse:
    """Says when, and nothing of who, with whom or about what. Only a button answers, so that a mail program that
    opens links confirms nothing."""
    if is_too_often(request, "advice-answer"):
        return render(request, "advice/answer.html", {"too_often": True}, status=_TOO_OFTEN)
    appointment = appointment_of(token)
    if appointment is None:
        raise Http404
    was_changed = False
    if request.method == "POST" and is_answerable(appointment):
        appointment, was_changed = _act(request, appointment)
        if not was_changed:
            # What is answered stands on the page itself: going back or reading anew sends nothing twice.
            return keep_link(redirect(request.path))
    open_now = is_answerable(appointment)
    cancelled = appointment.state == Appointment.State.CANCELLED
    response = render(
        request,
        "advice/answer.html",
        {
            "day": appointment.date,
            "time": appointment.start,
            "unit": request.tenant.unit_name,
            "is_open": open_now,
            "is_confirmed": appointment.state == Appointment.State.CONFIRMED,
            "is_cancelled": cancelled,
            "was_changed": was_changed,
            "stamp": cards.card_stamp(appointment),
        },
        status=200 if open_now or cancelled else _GONE,
    )
    return keep_link(response)


def _act(request: Request, appointment: Appointment) -> tuple[Appointment, bool]:
    """The appointment after the answer, and whether it had changed since the person saw it: then nothing was done."""
    seen = request.POST.get("seen") or None
    try:
        if request.POST.get("answer") == "cancel":
            by = Appointment.CancelledBy.PERSON
            return cards.cancel(appointment, cancelled_by=by, seen=seen, actor=_ACTOR), False
        if request.POST.get("answer") == "confirm" and appointment.state == Appointment.State.PLANNED:
            return cards.confirm(appointment, seen=seen, actor=_ACTOR), False
    except DomainError:
        # Whoever says yes to the old time has not said yes to the new one: the page shows what stands now.
        appointment.refresh_from_db()
        return appointment, True
    return appointment, False
