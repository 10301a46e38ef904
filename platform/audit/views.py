"""Pages of the record: what was done by whom, whether the record is whole, and who read personal data."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_tenants.utils import get_tenant_model

from audit.actions import export_record
from audit.chain import broken_among, walk_chain
from audit.checkpoints import Proof, prove
from audit.exports import entries_csv, readings_csv
from audit.forms import EntryFilter, PlatformEntryFilter, ReadingFilter
from audit.models import Entry, Reading
from audit.permissions import EXPORT, READ, READ_PLATFORM
from audit.withheld import shown_entries
from kernel.doors import Request, operator_door, tenant_door
from kernel.errors import DomainError, ServerAway
from kernel.polish import order_key
from ui.downloads import download
from ui.formatting import format_whole
from ui.lists import page_of

# As many as there can be in two days; the operator's command compares with all.
_CHECKPOINTS_COMPARED = 48
EXPORT_ROWS_MAX = 50_000


@tenant_door(READ)
def list_entries(request: Request) -> HttpResponse:
    """The record of the tenant, newest first; `?check=1` checks the whole of it."""
    entries, missing = shown_entries()
    context = _entries(request, EntryFilter(request.GET, people=_people(request)), entries)
    return render(request, "audit/entries.html", {**context, "missing": missing})


def _people(request: Request) -> list[tuple[UUID, str]]:
    """(id, name) of everybody who has or had a role in the tenant, by name."""
    users = get_user_model().objects.filter(memberships__tenant_id=request.tenant.pk).distinct()
    named = ((pk, name or email) for pk, name, email in users.values_list("pk", "full_name", "email"))
    return sorted(named, key=lambda one: order_key(one[1]))


def _filters_of(form: Form) -> dict[str, str]:
    """What an export was narrowed by, in keys, as its entry tells it."""
    return {name: str(value) for name, value in form.cleaned_data.items() if value}


def _refuse_too_many(count: int) -> None:
    if count > EXPORT_ROWS_MAX:
        raise DomainError(
            "too_many_rows",
            _("%(count)s rows fit, and a file holds %(most)s at most. Narrow the days, and export in parts.")
            % {"count": format_whole(count), "most": format_whole(EXPORT_ROWS_MAX)},
        )


@tenant_door(EXPORT, hands_out_persons=True)
@require_POST
def export_entries(request: Request) -> HttpResponse:
    """The entries that fit the filters as a file; that it was taken is an entry itself."""
    form = EntryFilter(request.GET, people=_people(request))
    entries = form.narrow(shown_entries()[0]).order_by("sequence")
    return _file(request, "entries", form, entries, entries_csv)


@tenant_door(EXPORT, hands_out_persons=True)
@require_POST
def export_readings(request: Request) -> HttpResponse:
    """The readings that fit the filters as a file; that it was taken is an entry of the record."""
    form = ReadingFilter(request.GET, people=_people(request))
    readings = form.narrow(Reading.objects.all()).order_by("at", "pk")
    return _file(request, "readings", form, readings, readings_csv)


def _file(
    request: Request, what: str, form: Form, rows: QuerySet[Any], write: Callable[[Iterable[Any]], bytes]
) -> HttpResponse:
    if not form.is_valid():
        raise DomainError("wrong_filter", _("The filters are wrong: correct them on the page, then export."))
    found = list(rows[: EXPORT_ROWS_MAX + 1])
    _refuse_too_many(rows.count() if len(found) > EXPORT_ROWS_MAX else len(found))
    export_record(what, rows=len(found), filters=_filters_of(form), actor=request.access.actor)
    name = {"entries": _("record"), "readings": _("readings")}[what]
    return download(
        write(found), name=f"{name}-{request.tenant.slug}.csv", content_type="text/csv; charset=utf-8"
    )


@operator_door(READ_PLATFORM)
def list_platform_entries(request: Request) -> HttpResponse:
    """The platform's own record: sign-ins by id of the account only, with the names that the accounts have today."""
    context = _entries(request, PlatformEntryFilter(request.GET), Entry.objects.all())
    context["names"] = _names_in(context["page"])
    return render(request, "audit/platform.html", context)


def _names_in(entries: Iterable[Entry]) -> dict[str, str]:
    """By id, as text: what the accounts and tenants are called today that act in these entries or are their subject."""
    accounts: set[UUID] = set()
    tenants: set[UUID] = set()
    for entry in entries:
        if entry.actor_id:
            accounts.add(entry.actor_id)
        subjects = {"user": accounts, "tenant": tenants}.get(entry.subject_type)
        if subjects is not None and entry.subject_id:
            subjects.add(UUID(entry.subject_id))
    people = get_user_model().objects.filter(pk__in=accounts).values_list("pk", "full_name")
    places = get_tenant_model().objects.filter(pk__in=tenants).values_list("pk", "name")
    return {str(pk): name for pk, name in [*people, *places]}


def _entries(
    request: Request, form: EntryFilter | PlatformEntryFilter, entries: QuerySet[Entry]
) -> dict[str, Any]:
    """A page of these entries of the schema at hand; the chain is walked whole."""
    page = page_of(form.narrow(entries).order_by("-sequence"), request)
    broken = broken_among(page.object_list)
    return {
        "form": form,
        "page": page,
        "filtered": not form.is_valid() or any(form.cleaned_data.values()),
        "broken": broken,
        **(_checked() if "check" in request.GET else {}),
    }


def _checked() -> dict[str, Proof | str]:
    """What the record says when it is walked whole and compared with its newest checkpoints."""
    try:
        return {"proof": prove(_CHECKPOINTS_COMPARED)}
    except ServerAway as refusal:
        # The chain can be walked all the same.
        proof = Proof(walk_chain(), 0, 0, 0, [], 0, locked=False)
        return {"not_compared": str(refusal.message), "proof": proof}


@tenant_door(READ)
def list_readings(request: Request) -> HttpResponse:
    """Who saw data of persons, where and when; never whose by name."""
    form = ReadingFilter(request.GET, people=_people(request))
    context = {
        "form": form,
        "page": page_of(form.narrow(Reading.objects.all()).order_by("-at", "-pk"), request),
        "filtered": not form.is_valid() or any(form.cleaned_data.values()),
    }
    return render(request, "audit/readings.html", context)
