"""Pages of booking and of the queue."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.doors import Request as WebRequest
from kernel.doors import tenant_door
from kernel.errors import DomainError
from reporting.advice.actions import queue
from reporting.advice.actions.booking import NO_LONGER_WAITS, Booking, book
from reporting.advice.actions.offers import fits
from reporting.advice.forms.appointments import BookForm
from reporting.advice.forms.planning import RequestForm
from reporting.advice.models import Appointment, Request, Slot
from reporting.advice.permissions import BOOK, READ_REQUESTS
from reporting.advice.terms import current_terms, hold_of_offers, still_offered
from reporting.advice.views.pages import (
    SHOWN_SLOTS,
    fields_of_slot,
    free_slots,
    id_in,
    note_reading,
    refuse_taken,
    signing_slots,
    slot_in,
    with_slot,
)
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


def _named_request(web: WebRequest) -> Request | None:
    """The request that the address names, in whatever state; None where it names none.

    Raises Http404 for one that is not there, or where the person may not see the queue: an address that names somebody
    must never book somebody else.
    """
    if "request" not in web.GET:
        return None
    pk = id_in(web.GET, "request")
    if pk is None or not web.access.may(READ_REQUESTS):
        raise Http404
    found: Request = get_object_or_404(Request.objects.select_related("person"), pk=pk)
    return found


@tenant_door(BOOK)
def book_appointment(web: WebRequest) -> HttpResponse:
    """Book an appointment: from a free slot, for somebody of the queue, or at any other time."""
    waiting = _named_request(web)
    if web.method != "POST" and waiting is not None and waiting.state != Request.State.WAITING:
        messages.error(web, str(NO_LONGER_WAITS))
        return redirect(tenant_url("advice:requests"))
    slot = slot_in(web, waiting)
    take = "take" in web.POST
    if web.method == "POST" and not (take and slot):
        form = BookForm(web.POST, access=web.access, for_request=waiting is not None)
        if take:
            refuse_taken(form)
        if form.is_valid():
            booked = attempt(form, lambda: _book(web, form, waiting))
            if booked is not None:
                messages.success(web, _("The appointment is booked."))
                minutes = current_terms().long_session_minutes
                if booked.minutes > minutes:
                    messages.warning(
                        web,
                        _("It is longer than %(minutes)s minutes. Check its length.") % {"minutes": minutes},
                    )
                return redirect(tenant_url("advice:card", booked.pk))
    else:
        form = BookForm(
            access=web.access,
            for_request=waiting is not None,
            initial=with_slot(web, slot) if take and slot else _initial(slot, waiting, web.GET.get("kind")),
        )
    # Somebody else may have booked the request meanwhile: then no time is offered for it any more.
    is_over = form.has_error(NON_FIELD_ERRORS, "not_waiting")
    if waiting is not None:
        note_reading(web, "advice:requests", [waiting])
    slots = [] if is_over else _offered_slots(web, waiting)
    signing = signing_slots(web, form, form["kind"].value(), waiting)
    context = {
        "form": form, "waiting": waiting, "is_over": is_over, "slot": slot, "slots": slots, "signing": signing
    }  # fmt: skip
    return render(web, "advice/book.html", context, status=status_of(form))


def _offered_slots(web: WebRequest, waiting: Request | None) -> list[Slot]:
    """The next free slots; for somebody who waits, those of a page of their type that they can use."""
    slots = free_slots(web, waiting)
    if waiting is not None:
        found = slots.filter(kind=waiting.kind)[: 10 * SHOWN_SLOTS]
        slots = [each for each in found if fits(waiting, each)]
    return list(slots[:SHOWN_SLOTS])


def _initial(slot: Slot | None, waiting: Request | None, kind: str | None) -> dict[str, Any]:
    initial: dict[str, Any] = {"minutes": 60, "kind": kind}
    if waiting is not None:
        initial |= {"kind": waiting.kind, "place": waiting.place, "sign_language": waiting.sign_language}
    if slot is not None:
        initial |= {"kind": slot.kind, **fields_of_slot(slot)}
    return initial


def _book(web: WebRequest, form: BookForm, waiting: Request | None) -> Appointment:
    data = form.cleaned_data
    names = (
        "adviser", "kind", "starts_at", "minutes", "place", "where", "contract", "companion", "presence",
        "two_people_needed",
    )  # fmt: skip
    booking = Booking(
        client=None if waiting is not None else form.client(),
        request=waiting,
        sign_language=data["sign_language"] or "none",
        **{name: data[name] for name in names},
    )
    return book(booking, actor=web.access.actor)


@tenant_door(READ_REQUESTS)
def list_requests(web: WebRequest) -> HttpResponse:
    """The queue, who waits longest first, with the freed times that are offered."""
    waiting = Request.objects.filter(state=Request.State.WAITING).select_related("person")
    page = page_of(waiting.order_by("requested_on", "entered_at", "pk"), web)
    offered = waiting.filter(still_offered(), pk__in=[row.pk for row in page]).values("offered_slot_id")
    held = Slot.objects.filter(pk__in=offered.order_by())
    slots = {slot.pk: slot for slot in held.select_related("adviser")}
    note_reading(web, "advice:requests", page)
    today = timezone.localdate()
    hold = hold_of_offers()
    rows = [
        (row, (today - row.requested_on).days, slot, slot and min(row.offered_at + hold, slot.starts_at))
        for row in page
        for slot in [slots.get(row.offered_slot_id)]
    ]
    context = {"page": page, "rows": rows, "may_book": web.access.may(BOOK)}
    return render(web, "advice/requests.html", context)


@tenant_door(READ_REQUESTS)
def create_request(web: WebRequest) -> HttpResponse:
    """Somebody asks for advice."""
    form = RequestForm(web.POST or None, access=web.access, initial={"requested_on": timezone.localdate()})
    if web.method == "POST" and form.is_valid():
        made = attempt(form, lambda: queue.request_advice(form.wish(), actor=web.access.actor))
        if made is not None:
            messages.success(web, _("The request is noted. Book an appointment, or leave it in the queue."))
            return redirect(tenant_url("advice:requests"))
    return render(web, "advice/request_form.html", {"form": form}, status=status_of(form))


@tenant_door(READ_REQUESTS)
def withdraw_request(web: WebRequest, pk: UUID) -> HttpResponse:
    """The person waits no longer: asked once, because the place in the queue and an offered time are gone with it."""
    found: Request = get_object_or_404(Request.objects.select_related("person"), pk=pk)
    if web.method != "POST" and found.state == Request.State.WAITING:
        note_reading(web, "advice:requests", [found])
        return render(web, "advice/withdraw_request.html", {"row": found})
    try:
        if web.method != "POST":
            raise DomainError("not_waiting", NO_LONGER_WAITS)
        queue.withdraw_request(found, actor=web.access.actor)
        messages.success(web, _("The request is withdrawn."))
    except DomainError as error:
        messages.error(web, str(error.message))
    return redirect(tenant_url("advice:requests"))


@tenant_door(READ_REQUESTS)
@require_POST
def decline_slot(web: WebRequest, pk: UUID) -> HttpResponse:
    """The offered time does not suit."""
    found: Request = get_object_or_404(Request, pk=pk)
    try:
        queue.decline_slot(found, actor=web.access.actor)
        messages.success(web, _("The time is passed on; the person stays in the queue."))
    except DomainError as error:
        messages.error(web, str(error.message))
    return redirect(tenant_url("advice:requests"))
