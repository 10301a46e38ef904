"""Pages of confidential notes: one note, and who may read one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kernel.doors import Request, tenant_door
from kernel.errors import NotAllowed
from reporting.advice.actions import notes
from reporting.advice.forms.planning import DeputyForm, NoteForm
from reporting.advice.models import Appointment, Note, NoteDeputy
from reporting.advice.permissions import READ_ADVICE, may_write_note, readable_notes
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


def _find(request: Request, pk: UUID) -> Appointment:
    """An appointment that the person may see, or whose note they may read as a deputy; 404 otherwise."""
    readable = readable_notes(request.access.actor.user_id, timezone.localdate())
    deputised = Appointment.objects.filter(note__in=readable.order_by().values("pk"))
    seen = Appointment.objects.visible_to(request.access) | deputised
    found: Appointment = get_object_or_404(seen.select_related("adviser"), pk=pk)
    return found


@tenant_door(READ_ADVICE)
@never_cache
def show_note(request: Request, pk: UUID) -> HttpResponse:
    """The note for its author and deputies, and a form for its author; everybody else reads why it is closed."""
    appointment = _find(request, pk)
    actor = request.access.actor
    may_write = bool(may_write_note(request.access, appointment))
    stored = Note.objects.filter(appointment=appointment).defer("content").first()
    is_author = may_write if stored is None else stored.author_id == actor.user_id
    reads = (
        stored is not None
        and readable_notes(actor.user_id, timezone.localdate()).filter(pk=stored.pk).exists()
    )
    context: dict[str, Any] = {"appointment": appointment, "note": stored, "reads": reads, "form": None}
    if not is_author or not may_write:
        if request.method == "POST":
            raise NotAllowed(
                "not_author", _("The note is written by the adviser of the appointment, and by nobody else.")
            )
        if reads:
            read = notes.read_note(appointment, actor=actor)
            context["text"] = read[1] if read else ""
        return render(request, "advice/note.html", context)
    if request.method == "POST":
        form = NoteForm(request.POST)
        if form.is_valid():
            text, seen = form.cleaned_data["text"], form.cleaned_data["seen"] or None
            saved = attempt(
                form,
                lambda: notes.write_note(appointment, text, access=request.access, seen=seen, actor=actor),
            )
            if saved is not None:
                messages.success(request, _("The note is saved, encrypted."))
                return redirect(tenant_url("advice:card", appointment.pk))
    else:
        read = notes.read_note(appointment, actor=actor)
        form = NoteForm(initial={"text": read[1] if read else "", "seen": notes.note_stamp(read and read[0])})
    context["form"] = form
    return render(request, "advice/note.html", context, status=status_of(form))


@tenant_door(READ_ADVICE)
def list_notes(request: Request) -> HttpResponse:
    """Notes that the person may read, without what they say, and the deputies whom they have named."""
    actor, today = request.access.actor, timezone.localdate()
    people = notes.possible_deputies(actor.user_id)
    form = DeputyForm(request.POST or None, people=people, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        named = attempt(
            form,
            lambda: notes.name_deputy(
                UUID(data["deputy"]), data["valid_from"], data["valid_to"], actor=actor
            ),
        )
        if named is not None:
            messages.success(
                request, _("The deputy may read your notes in this time. Each reading is recorded.")
            )
            return redirect(tenant_url("advice:notes"))
    deputies = NoteDeputy.objects.filter(author_id=actor.user_id)
    readable = (
        readable_notes(actor.user_id, today)
        .defer("content")
        .select_related("appointment")
        .order_by("-appointment__starts_at", "pk")
    )
    context = {
        "form": form,
        "page": page_of(readable, request),
        "deputies": [(each, people.get(each.deputy_id, _("somebody who has left"))) for each in deputies],
        "today": today,
        "mine": actor.user_id,
    }
    return render(request, "advice/notes.html", context, status=status_of(form))


@tenant_door(READ_ADVICE)
@require_POST
def end_deputy(request: Request, pk: UUID) -> HttpResponse:
    """Take the right back at once."""
    deputy = get_object_or_404(NoteDeputy, pk=pk, author_id=request.access.actor.user_id)
    notes.end_deputy(deputy, actor=request.access.actor)
    messages.success(request, _("This person no longer reads your notes."))
    return redirect(tenant_url("advice:notes"))
