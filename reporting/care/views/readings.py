"""Who saw the data of a person: to be looked through, and to be handed to the person as a document."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.care import actions
from reporting.care.exports.seen import seen_pdf
from reporting.care.forms.readings import AskedForm, SeenForm
from reporting.care.models import Person
from reporting.care.permissions import TELL_READINGS
from reporting.care.queries import days_of, readings_of, told
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.formatting import format_whole
from ui.lists import page_of
from ui.refusals import status_of

# A document of some sixty pages; whoever needs more takes it in parts.
ROWS_MAX = 2_000


def _person(request: Request, pk: str) -> Person:
    person: Person = get_object_or_404(Person.objects.visible_to(request.access), pk=pk)
    return person


@tenant_door(TELL_READINGS)
def ask_readings(request: Request) -> HttpResponse:
    """Lead to the readings of the person who asks; what was typed comes into no address."""
    form = AskedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = Person.objects.visible_to(request.access).called(form.cleaned_data["person"]).first()
        if found is not None:
            return redirect(tenant_url("care:person_readings", found.pk))
        form.add_error("person", _("Nobody has this code or PESEL here. Check what you wrote."))
    return render(request, "care/ask_readings.html", {"form": form}, status=status_of(form))


@tenant_door(TELL_READINGS)
def person_readings(request: Request, pk: str) -> HttpResponse:
    """Readings of the person's data, summed up by day, page and who read."""
    person = _person(request, pk)
    form = SeenForm(request.GET)
    page = page_of(days_of(form.within(readings_of(person))), request)
    # Read before this look is noted, or the last row would make room for it.
    rows = told(page)
    actor = request.access.actor
    record_reading("care.person_readings", actor=actor, subject_type="person", subject_ids=[person.pk])
    context = {
        "person": person,
        "form": form,
        "page": page,
        "rows": rows,
        "filtered": not form.is_valid() or any(form.cleaned_data.values()),
    }
    return render(request, "care/readings.html", context)


@tenant_door(TELL_READINGS)
@require_POST
def hand_out_readings(request: Request, pk: str) -> HttpResponse:
    """The document for the person; that it was made is an entry of the record."""
    person = _person(request, pk)
    form = SeenForm(request.POST)
    if not form.is_valid():
        raise DomainError(
            "wrong_filter", _("The days are wrong: correct them on the page, then take the document.")
        )
    chosen = form.cleaned_data
    rows = told(days_of(form.within(readings_of(person)))[: ROWS_MAX + 1])
    if len(rows) > ROWS_MAX:
        raise DomainError(
            "too_many_rows",
            _("The document would have more than %(most)s rows. Choose fewer days, and take it in parts.")
            % {"most": format_whole(ROWS_MAX)},
        )
    content = seen_pdf(
        person, rows, first=chosen["first"], last=chosen["last"], with_names=chosen["with_names"]
    )
    actions.note_readings_told(
        person,
        content,
        first=chosen["first"],
        last=chosen["last"],
        with_names=chosen["with_names"],
        actor=request.access.actor,
    )
    return download(content, name=f"{_('who-saw')}-{person.code}.pdf", content_type="application/pdf")
