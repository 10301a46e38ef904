"""Pages of appointments: the list, one card, what becomes of it, referrals."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.advice.actions import cards
from reporting.advice.actions.offers import offers_within
from reporting.advice.exports import LISTED_FIELDS, MOST_LISTED, list_csv
from reporting.advice.forms.appointments import CardForm, ListFilter, OutcomeForm, ReferralForm
from reporting.advice.models import Appointment, Note, Referral
from reporting.advice.permissions import (
    BOOK,
    KEEP_CARDS,
    READ_ADVICE,
    READ_FIGURES,
    may_write_note,
    readable_notes,
)
from reporting.advice.queries import misses_signing
from reporting.advice.terms import current_terms
from reporting.advice.views.pages import find_appointment, note_reading, note_reading_of
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.formatting import format_whole
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_COLUMNS: dict[str, Column] = {
    "when": ["starts_at"],
    "kind": ["kind", "starts_at"],
    "adviser": ["adviser__surname", "adviser__given_name", "starts_at"],
    "state": ["state", "starts_at"],
}
_MOVED = {
    "confirm": gettext_lazy("The appointment is confirmed."),
    "cancel": gettext_lazy(
        "The appointment is cancelled and its time is free again; it is held for nobody in the queue."
    ),
    "miss": gettext_lazy("It is noted that the person did not come."),
    "reopen": gettext_lazy("The appointment is open again."),
}
State = Appointment.State


def _said(appointment: Appointment, verb: str) -> str:
    """What became of it; of a time that was freed, whether it is held for somebody."""
    if verb == "cancel":
        if offers_within(appointment.adviser_id, appointment.starts_at, appointment.ends_at):
            return _(
                "The appointment is cancelled. Its time is held for whoever waits longest: the queue shows for whom."
            )
        if appointment.ends_at <= timezone.now():
            return _("The appointment is cancelled.")
    return str(_MOVED[verb])


def _chosen(request: Request) -> tuple[ListFilter, Any]:
    """The filter and the appointments that it leaves; wrong parts of the address leave out nothing."""
    form = ListFilter(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    rows = Appointment.objects.visible_to(request.access)
    if asked.get("first"):
        rows = rows.filter(date__gte=asked["first"])
    if asked.get("last"):
        rows = rows.filter(date__lte=asked["last"])
    if request.GET.get("overdue"):
        rows = rows.filter(state__in=[State.PLANNED, State.CONFIRMED], ends_at__lt=timezone.now())
    for name in ("kind", "state", "place", "depth"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name]})
    return form, rows


@tenant_door(READ_ADVICE)
def list_appointments(request: Request) -> HttpResponse:
    """Appointments, the newest first unless sorted otherwise."""
    form, rows = _chosen(request)
    ordered = rows.select_related("person", "adviser").order_by(*order_of(request, _COLUMNS, "-when"))
    page = page_of(ordered, request)
    note_reading(request, "advice:list", page)
    context = {
        "form": form,
        "page": page,
        "filtered": any(request.GET.get(name) for name in (*form.fields, "overdue")),
        "may_book": request.access.may(BOOK),
        "may_figures": request.access.may(READ_FIGURES),
    }
    return render(request, "advice/list.html", context)


@tenant_door(READ_ADVICE, hands_out_persons=True)
def export_list(request: Request) -> HttpResponse:
    """The filtered list as CSV with the columns of a file of advice: it can be brought in again as it is."""
    _form, rows = _chosen(request)
    rows = rows.filter(state__in=[State.DONE, State.NO_SHOW, State.CANCELLED]).order_by("starts_at", "pk")
    # Values, not objects, and one row more than may be: that there are too many is seen without counting them.
    listed = list(rows.values_list(*LISTED_FIELDS, "person_id")[: MOST_LISTED + 1])
    if len(listed) > MOST_LISTED:
        messages.error(
            request,
            _("The list has more than %(most)s rows, too many for one file. Choose a shorter period.")
            % {"most": format_whole(MOST_LISTED)},
        )
        return redirect(f"{tenant_url('advice:list')}?{request.GET.urlencode()}")
    note_reading_of(request, "advice:export", (row[-1] for row in listed))
    content = list_csv(row[:-1] for row in listed)
    return download(content, name=f"{_('advice')}.csv", content_type="text/csv; charset=utf-8")


@tenant_door(READ_ADVICE)
def show_card(request: Request, pk: UUID) -> HttpResponse:
    """One appointment with its card; the confidential note is not part of it."""
    appointment = find_appointment(request, pk)
    note_reading(request, "advice:card", [appointment])
    return render(request, "advice/card.html", _card_context(request, appointment))


def _card_context(request: Request, appointment: Appointment) -> dict[str, Any]:
    note = Note.objects.filter(appointment=appointment).defer("content").first()
    readable = readable_notes(request.access.actor.user_id, timezone.localdate())
    keeps = request.access.may(KEEP_CARDS)
    return {
        "appointment": appointment,
        "stamp": cards.card_stamp(appointment),
        "keeps": keeps,
        "begun": appointment.starts_at <= timezone.now(),
        "unsigned": appointment.is_open and misses_signing(appointment.adviser, appointment.sign_language),
        "is_long": appointment.minutes > current_terms().long_session_minutes,
        "note": note,
        "reads_note": note is not None and readable.filter(pk=note.pk).exists(),
        "writes_note": note is None and bool(may_write_note(request.access, appointment)),
        "referrals": list(appointment.referrals.all()),
        "moves": list(appointment.moves.select_related("from_adviser")),
        "may_book": request.access.may(BOOK),
    }


@tenant_door(KEEP_CARDS)
@require_POST
def move(request: Request, pk: UUID) -> HttpResponse:
    """Confirm, cancel, miss or open again, by one button of the card each."""
    appointment = find_appointment(request, pk)
    seen, actor, verb = request.POST.get("seen") or None, request.access.actor, request.POST.get("verb", "")
    try:
        if verb == "cancel":
            by = request.POST.get("cancelled_by", "")
            known = by if by in Appointment.CancelledBy.values else Appointment.CancelledBy.ADVISER
            cards.cancel(appointment, cancelled_by=known, seen=seen, actor=actor)
        elif verb == "confirm":
            cards.confirm(appointment, seen=seen, actor=actor)
        elif verb == "miss":
            cards.miss(appointment, seen=seen, actor=actor)
        elif verb == "reopen":
            cards.reopen(appointment, seen=seen, actor=actor)
        else:
            raise DomainError("unknown_verb", _("Use one of the buttons of the page."))
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _said(appointment, verb))
    return redirect(tenant_url("advice:card", appointment.pk))


@tenant_door(KEEP_CARDS)
def fill_in(request: Request, pk: UUID) -> HttpResponse:
    """The card: filled in after the advice, or corrected later."""
    appointment = find_appointment(request, pk)
    actor = request.access.actor
    if request.method == "POST":
        form = CardForm(request.POST)
        if form.is_valid():
            verb = cards.edit_card if appointment.state == State.DONE else cards.hold
            seen, card = form.cleaned_data["seen"] or None, form.entry()
            saved = attempt(form, lambda: verb(appointment, card, seen=seen, actor=actor))
            if saved is not None:
                messages.success(request, _("The card is saved."))
                if card.minutes > current_terms().long_session_minutes:
                    messages.warning(
                        request,
                        _("The session was longer than %(minutes)s minutes. Check whether that is right.")
                        % {"minutes": current_terms().long_session_minutes},
                    )
                return redirect(tenant_url("advice:card", appointment.pk))
    else:
        names = (
            "minutes",
            "depth",
            "topic_words",
            "preparation_minutes",
            "documentation_minutes",
            "travel_minutes",
        )
        initial: dict[str, Any] = {name: getattr(appointment, name) for name in names}
        initial |= {"topic": appointment.topic_id, "seen": cards.card_stamp(appointment)}
        form = CardForm(initial=initial)
    note_reading(request, "advice:card", [appointment])
    context = {"form": form, "appointment": appointment, "correcting": appointment.state == State.DONE}
    return render(request, "advice/card_form.html", context, status=status_of(form))


@tenant_door(KEEP_CARDS)
def refer(request: Request, pk: UUID) -> HttpResponse:
    """Send the person to further help."""
    appointment = find_appointment(request, pk)
    form = ReferralForm(request.POST or None, initial={"referred_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: cards.refer(
                appointment, data["referred_to"], data["referred_on"], actor=request.access.actor
            ),
        )
        if made is not None:
            messages.success(request, _("The referral is noted. Write its outcome once it is known."))
            return redirect(tenant_url("advice:card", appointment.pk))
    context = {"form": form, "appointment": appointment}
    return render(request, "advice/referral.html", context, status=status_of(form))


@tenant_door(KEEP_CARDS)
def record_outcome(request: Request, pk: UUID) -> HttpResponse:
    """What came of a referral."""
    referral: Referral = get_object_or_404(Referral.objects.visible_to(request.access), pk=pk)
    appointment = find_appointment(request, referral.appointment_id)
    form = OutcomeForm(
        request.POST or None,
        initial={"outcome": referral.outcome, "outcome_on": referral.outcome_on or timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: cards.record_outcome(
                referral, data["outcome"], data["outcome_on"], actor=request.access.actor
            ),
        )
        if done is not None:
            messages.success(request, _("The outcome of the referral is saved."))
            return redirect(tenant_url("advice:card", appointment.pk))
    context = {"form": form, "appointment": appointment, "referral": referral}
    return render(request, "advice/outcome.html", context, status=status_of(form))
