"""The region's notes as the tenant reads and answers them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.statistics.actions.noting import answer_note
from reporting.statistics.forms import AnswerForm
from reporting.statistics.models import Note
from reporting.statistics.permissions import ANSWER_NOTES, READ_SENT
from reporting.statistics.queries.notes import thread_of, threads_of
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(READ_SENT)
def notes(request: Request) -> HttpResponse:
    """All threads of the region with the tenant, newest first."""
    found = Note.objects.of_tenant(request.tenant).select_related("voivodeship").newest_first()
    page = page_of(found, request)
    context = {"page": page, "threads": threads_of(page.object_list)}
    return render(request, "statistics/notes_of_tenant.html", context)


@tenant_door(READ_SENT)
def note(request: Request, pk: UUID) -> HttpResponse:
    """A thread; the director answers in it."""
    found = get_object_or_404(Note.objects.of_tenant(request.tenant).select_related("voivodeship"), pk=pk)
    thread = thread_of(found)
    may_write = request.access.may(ANSWER_NOTES)
    form = AnswerForm(request.POST or None, initial={"seen": thread.stamp})
    if request.method == "POST" and may_write and form.is_valid():
        text, seen = form.cleaned_data["text"], form.cleaned_data["seen"]
        if attempt(form, lambda: answer_note(pk, text=text, seen=seen, actor=request.access.actor)):
            messages.success(request, _("Answered; the analysts of the voivodeship are told by mail."))
            return redirect(tenant_url("sending:note", pk))
    context = {
        "thread": thread,
        "form": form,
        "may_write": may_write and found.state != Note.State.CLOSED,
    }
    return render(request, "statistics/note_of_tenant.html", context, status=status_of(form))
