"""The page that changes how a person is reached."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from reporting.care import actions
from reporting.care.contacts import phone_shown
from reporting.care.forms.contacts import ContactForm
from reporting.care.models import Person
from reporting.care.permissions import EDIT_PERSONS
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(EDIT_PERSONS)
def edit_contact(request: Request, pk: str) -> HttpResponse:
    person: Person = get_object_or_404(Person.objects.visible_to(request.access), pk=pk)
    actor = request.access.actor
    stored: dict[str, Any] = {**asdict(person.contact), "seen": actions.contact_stamp(person)}
    for name in ("phone", "close_phone"):
        stored[name] = phone_shown(stored[name])
    form = ContactForm(request.POST if request.method == "POST" else None, initial=stored)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"] or None
        saved = attempt(form, lambda: actions.change_contact(person, form.contact(), seen=seen, actor=actor))
        if saved is not None:
            messages.success(request, _("The contact of %(person)s is saved.") % {"person": saved})
            return redirect(tenant_url("care:person", saved.pk))
    record_reading("care.edit_contact", actor=actor, subject_type="person", subject_ids=[person.pk])
    context = {"form": form, "person": person}
    return render(request, "care/contact_form.html", context, status=status_of(form))
