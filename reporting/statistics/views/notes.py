"""The region's notes to its tenants: the list, a new one, and a thread with what was answered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, region_door
from reporting.statistics.actions.noting import ask_again, close_note, write_note
from reporting.statistics.forms import AnswerForm, NoteForm, SeenForm
from reporting.statistics.models import Note
from reporting.statistics.permissions import READ_REGION, WRITE_NOTES
from reporting.statistics.queries.notes import thread_of, threads_of
from tenants.models import Territory
from ui.lists import page_of
from ui.refusals import attempt, status_of


def _notes(voivodeship: str) -> Any:
    return Note.objects.of_region(voivodeship).select_related("tenant").defer("tenant__data_key")


@region_door(READ_REGION)
def notes(request: Request, voivodeship: str) -> HttpResponse:
    """All threads of the region, newest first; `?state=` leaves those of one state."""
    found = (
        Note.objects.of_region(voivodeship).select_related("tenant").defer("tenant__data_key").newest_first()
    )
    state = request.GET.get("state", "")
    if state in Note.State.values:
        found = found.filter(state=state)
    page = page_of(found, request)
    context = {
        "voivodeship": voivodeship,
        "page": page,
        "threads": threads_of(page.object_list),
        "state": state,
        "states": Note.State.choices,
    }
    return render(request, "statistics/notes.html", context)


@region_door(WRITE_NOTES)
def write(request: Request, voivodeship: str) -> HttpResponse:
    """Begin a thread; the address may name the tenant, the period and the indicator that it is about."""
    get_object_or_404(Territory, pk=voivodeship, level=Territory.Level.VOIVODESHIP)
    asked = {
        name: request.GET[name] for name in ("tenant", "topic", "period", "indicator") if name in request.GET
    }
    form = NoteForm(request.POST or None, voivodeship=voivodeship, initial=asked)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        note = attempt(
            form,
            lambda: write_note(
                said["tenant"],
                topic=said["topic"],
                period=said["period"],
                indicator=said["indicator"],
                text=said["text"],
                actor=request.access.actor,
            ),
        )
        if note:
            messages.success(request, _("The note is sent; the director is told by mail."))
            return redirect("region:note", voivodeship, note.pk)
    context = {"form": form, "voivodeship": voivodeship}
    return render(request, "statistics/write_note.html", context, status=status_of(form))


@region_door(READ_REGION)
def note(request: Request, voivodeship: str, pk: UUID) -> HttpResponse:
    """A thread, and more to say in it."""
    found = get_object_or_404(
        Note.objects.of_region(voivodeship).select_related("tenant").defer("tenant__data_key"), pk=pk
    )
    thread = thread_of(found)
    may_write = request.access.may(WRITE_NOTES)
    form = AnswerForm(request.POST or None, initial={"seen": thread.stamp})
    if request.method == "POST" and may_write and form.is_valid():
        text, seen = form.cleaned_data["text"], form.cleaned_data["seen"]
        if attempt(
            form,
            lambda: ask_again(pk, voivodeship=voivodeship, text=text, seen=seen, actor=request.access.actor),
        ):
            messages.success(request, _("Sent; the director is told by mail."))
            return redirect("region:note", voivodeship, pk)
    context = {
        "thread": thread,
        "voivodeship": voivodeship,
        "form": form,
        "may_write": may_write and found.state != Note.State.CLOSED,
    }
    return render(request, "statistics/note.html", context, status=status_of(form))


@region_door(WRITE_NOTES)
def close(request: Request, voivodeship: str, pk: UUID) -> HttpResponse:
    """End a thread, after a question."""
    found = get_object_or_404(
        Note.objects.of_region(voivodeship).select_related("tenant").defer("tenant__data_key"), pk=pk
    )
    thread = thread_of(found)
    form = SeenForm(request.POST or None, initial={"seen": thread.stamp})
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        if attempt(
            form, lambda: close_note(pk, voivodeship=voivodeship, seen=seen, actor=request.access.actor)
        ):
            messages.success(request, _("The thread is closed."))
            return redirect("region:note", voivodeship, pk)
    context = {"thread": thread, "voivodeship": voivodeship, "form": form}
    return render(request, "statistics/close_note.html", context, status=status_of(form))
