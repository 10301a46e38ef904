"""Entries of phones whose month the social unit has accepted: the list, and adding one as a late visit."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.delivery.rules import TimesRefused, resolve_visit
from reporting.field.actions import add_entry_late
from reporting.field.models import PhoneEntry
from reporting.field.permissions import ADD_LATE_ENTRIES
from reporting.field.queries import too_late_for_the_diary
from reporting.settlement.forms import LateVisitForm
from reporting.settlement.queries import carriers_of
from tenants.addresses import tenant_url
from ui.formatting import format_month
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(ADD_LATE_ENTRIES)
def list_late(request: Request) -> HttpResponse:
    entries = too_late_for_the_diary(request.access).select_related(
        "worker__organisation", "decision__person", "decision__contract"
    )
    page = page_of(entries.order_by("day", "start", "pk"), request)
    _note(request, "field:late_entries", list(page))
    return render(request, "field/late_entries.html", {"page": page})


@tenant_door(ADD_LATE_ENTRIES)
def add_late(request: Request, pk: UUID) -> HttpResponse:
    """The form of a late visit, filled in with what the carer's phone said."""
    entry: PhoneEntry = get_object_or_404(
        PhoneEntry.objects.visible_to(request.access).select_related(
            "worker__organisation", "decision__person", "decision__contract"
        ),
        pk=pk,
    )
    if entry.state == PhoneEntry.State.LATE:
        messages.info(request, _("This visit was added meanwhile."))
        return redirect(tenant_url("field:late_entries"))
    if entry.decision is None or not too_late_for_the_diary(request.access).filter(pk=pk).exists():
        raise Http404
    contract, month = entry.decision.contract, Month.of(entry.day)
    months = carriers_of(contract, month)
    form = LateVisitForm(
        request.POST if request.method == "POST" else None,
        contract=contract,
        month=month,
        months=months,
        initial=_said(entry),
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: add_entry_late(entry, form.late_visit(), actor=request.access.actor))
        if made is not None:
            carried = format_month(Month.of(made.carried_in))
            messages.success(request, _("The visit is carried by %(month)s.") % {"month": carried})
            return redirect(tenant_url("field:late_entries"))
    _note(request, "field:late_entry", [entry])
    context = {"entry": entry, "contract": contract, "month": month, "form": form, "months": months}
    return render(request, "field/late_entry.html", context, status=status_of(form))


def _said(entry: PhoneEntry) -> dict[str, Any]:
    """What the phone said, as the form takes it; times that are no visit are left to the person."""
    said = {
        "decision": entry.decision_id,
        "worker": entry.worker_id,
        "date": entry.day,
        "activities": entry.activities,
        "start": f"{entry.start:%H:%M}",
        "words": _("The carer's phone sent the visit after the month had been handed in."),
    }
    try:
        minutes = resolve_visit(entry.day, entry.start, entry.end).minutes
    except TimesRefused:
        return said
    return {**said, "minutes": minutes}


def _note(request: Request, page: str, entries: list[PhoneEntry]) -> None:
    persons = {entry.decision.person_id for entry in entries if entry.decision is not None}
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=persons)
