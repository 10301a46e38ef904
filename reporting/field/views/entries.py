"""Entries of phones that are not in the diary: the list, and one of them beside what stands in its way."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.actions import record_reading
from contracting.commissioning.models import Activity
from contracting.contracts.models import Worker
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.care.models import Decision
from reporting.delivery.limits import entry_limits
from reporting.field.actions import Choice, confirm_carer, settle_entry
from reporting.field.actions.settling import TIMES
from reporting.field.forms import CarerForm, SettleForm, TimesForm
from reporting.field.models import PhoneEntry
from reporting.field.permissions import SETTLE_ENTRIES
from reporting.field.queries import (
    in_the_way,
    known_by_number_only,
    may_stand_beside,
    too_late_for_the_diary,
    unusually_long,
)
from reporting.field.rules.clock import WallTimes
from reporting.field.shift import proposal_of
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of

# So many visits of doubtful length are listed; the start page counts them all.
MOST_LONG = 50


@tenant_door(SETTLE_ENTRIES)
def list_entries(request: Request) -> HttpResponse:
    access = request.access
    entries = (
        PhoneEntry.objects.visible_to(access)
        .open()
        .select_related("worker", "decision__person")
        .order_by("-asked", "day", "start", "pk")
    )
    page = page_of(entries, request)
    lasting = unusually_long(access, timezone.localdate()).select_related(
        "worker", "decision__person", "decision__contract"
    )
    visits = list(lasting.order_by("-date", "pk")[:MOST_LONG])
    by_number = _by_number(request)
    persons = {
        one.person_id
        for one in [*(visit.decision for visit in visits), *(each["decision"] for each in by_number)]
    }
    _note(request, "field:entries", list(page), persons)
    limit = entry_limits().long_visit_minutes if visits else 0
    context = {"page": page, "by_number": by_number, "visits": visits, "limit": limit}
    return render(request, "field/entries.html", context)


def _by_number(request: Request) -> list[dict[str, Any]]:
    """Carers beside the persons whom they know by a number only; two more queries where there are any."""
    pairs = list(known_by_number_only(request.access, timezone.localdate())[:MOST_LONG])
    workers = Worker.objects.in_bulk({pair["worker"] for pair in pairs})
    chosen = Decision.objects.select_related("person")
    decisions = chosen.in_bulk({pair["decision"] for pair in pairs})
    return [
        {**pair, "worker": workers[pair["worker"]], "decision": decisions[pair["decision"]]} for pair in pairs
    ]


@tenant_door(SETTLE_ENTRIES)
@require_POST
def confirm(request: Request) -> HttpResponse:
    """The coordinator says that the carer serves the person whose number she typed."""
    form = CarerForm(request.POST)
    if not form.is_valid():
        raise Http404
    typed = form.cleaned_data
    try:
        confirm_carer(typed["worker"], typed["decision"], access=request.access, actor=request.access.actor)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(
            request, _("Confirmed. The carer's phone tells the name and the address from now on.")
        )
    return redirect(tenant_url("field:entries"))


@tenant_door(SETTLE_ENTRIES)
def show_entry(request: Request, pk: UUID) -> HttpResponse:
    """One entry; what the coordinator chooses comes back here by POST."""
    entry: PhoneEntry = get_object_or_404(
        PhoneEntry.objects.visible_to(request.access).select_related(
            "worker", "decision__person", "decision__contract"
        ),
        pk=pk,
    )
    form: Any = None
    if request.method == "POST":
        form = TimesForm(request.POST) if request.POST.get("choice") == TIMES else SettleForm(request.POST)
        settled = attempt(form, lambda: _settle(request, entry, form)) if form.is_valid() else None
        if settled is not None:
            return _after(request, settled)
    _note(request, "field:entry", [entry])
    times = form if isinstance(form, TimesForm) else TimesForm(initial=_proposed(entry))
    standing = in_the_way(entry)
    names = _activity_names(entry)
    context = {
        "entry": entry,
        "entry_activities": _named(entry.activities, names),
        "standing": [(visit, _named(visit.activities, names)) for visit in standing],
        "is_too_late": too_late_for_the_diary(request.access).filter(pk=entry.pk).exists(),
        "may_both": may_stand_beside(entry),
        "times": times,
        "refused": form if isinstance(form, SettleForm) else None,
        "states": PhoneEntry.State,
    }
    return render(request, "field/entry.html", context, status=status_of(form) if form else 200)


def _settle(request: Request, entry: PhoneEntry, form: Any) -> PhoneEntry:
    typed = form.cleaned_data
    if isinstance(form, TimesForm):
        choice = Choice(
            TIMES,
            times=WallTimes(typed["day"], typed["start"], typed["end"]),
            number=typed["number"],
            overnight=typed["overnight"],
        )
    else:
        choice = Choice(typed["choice"], visit_id=typed["visit"], version=typed["version"] or 0)
    return settle_entry(entry, choice, access=request.access, actor=request.access.actor)


def _after(request: Request, entry: PhoneEntry) -> HttpResponse:
    if entry.is_open:
        messages.warning(request, entry.said)
        return redirect(tenant_url("field:entry", entry.pk))
    told = {
        PhoneEntry.State.STORED: _("The visit is in the diary."),
        PhoneEntry.State.DISMISSED: _("The diary stays as it is; the entry of the phone was not entered."),
    }
    messages.success(request, told[PhoneEntry.State(entry.state)])
    return redirect(tenant_url("field:entries"))


def _proposed(entry: PhoneEntry) -> dict[str, Any]:
    times = proposal_of(entry)
    return {"number": entry.number, "day": times.day, "start": times.start, "end": times.end}


def _activity_names(entry: PhoneEntry) -> dict[str, str]:
    if entry.decision is None:
        return {}
    return dict(Activity.objects.filter(service_id=entry.decision.service_id).values_list("code", "name"))


def _named(codes: Iterable[str], names: dict[str, str]) -> str:
    return ", ".join(names.get(code, code) for code in codes)


def _note(request: Request, page: str, entries: list[PhoneEntry], seen: Iterable[UUID] = ()) -> None:
    persons = {*seen} | {entry.decision.person_id for entry in entries if entry.decision is not None}
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=persons)
