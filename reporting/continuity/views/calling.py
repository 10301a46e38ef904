"""The page on which the unit notes whether it reached a person of a provider that fails."""

from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record_reading
from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from reporting.care.models import Decision, Person
from reporting.continuity import actions
from reporting.continuity.forms.calling import ReachForm
from reporting.continuity.models import ReachNote
from reporting.continuity.permissions import NOTE_REACHED
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of

# So many attempts stand on the page; all are kept.
_SHOWN = 20


@tenant_door(NOTE_REACHED)
def note_reached(request: Request, contract_pk: UUID, person_pk: UUID) -> HttpResponse:
    """The contact, earlier attempts and the form; afterwards back to the pack (`?back=organisation`: its whole one)."""
    contract: Contract = get_object_or_404(Contract.objects.select_related("organisation"), pk=contract_pk)
    in_care = Decision.objects.filter(contract=contract, ends_before__gt=timezone.localdate())
    entrusted = in_care.filter(ends_before__gt=F("valid_from")).values("person_id")
    person: Person = get_object_or_404(Person.objects.filter(pk__in=entrusted), pk=person_pk)
    form = ReachForm(request.POST or None)
    actor = request.access.actor
    back = (
        tenant_url("continuity:organisation_pack", contract.organisation_id)
        if request.GET.get("back") == "organisation"
        else tenant_url("continuity:contract_pack", contract.pk)
    )
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form, lambda: actions.note_reached(person, contract, **form.cleaned_data, actor=actor)
        )
        if saved is not None:
            messages.success(request, _("Noted of %(person)s.") % {"person": person})
            return redirect(back)
    record_reading("continuity.reach", actor=actor, subject_type="person", subject_ids=[person.pk])
    context = {
        "form": form,
        "person": person,
        "contract": contract,
        "contact": person.contact,
        "notes": ReachNote.objects.filter(person=person)[:_SHOWN],
        "back": back,
    }
    return render(request, "continuity/reach.html", context, status=status_of(form))
