"""Pages of the record: what was done by whom, whether the record is whole, and who read personal data."""

from django.http import HttpResponse
from django.shortcuts import render

from audit.actions import broken_among, walk_chain
from audit.forms import EntryFilter, ReadingFilter
from audit.models import Entry, Reading
from audit.permissions import READ
from kernel.doors import Request, tenant_door
from ui.lists import page_of


@tenant_door(READ)
def list_entries(request: Request) -> HttpResponse:
    """The record of the tenant, newest first; `?check=1` walks the whole chain."""
    form = EntryFilter(request.GET)
    page = page_of(form.narrow(Entry.objects.all()).order_by("-sequence"), request)
    broken = broken_among(page.object_list)
    context = {
        "form": form,
        "page": page,
        "filtered": not form.is_valid() or any(form.cleaned_data.values()),
        "broken": broken,
        "chain": walk_chain() if "check" in request.GET else None,
    }
    return render(request, "audit/entries.html", context)


@tenant_door(READ)
def list_readings(request: Request) -> HttpResponse:
    """Who saw data of persons, where and when; never whose by name."""
    form = ReadingFilter(request.GET)
    context = {
        "form": form,
        "page": page_of(form.narrow(Reading.objects.all()).order_by("-at", "-pk"), request),
        "filtered": not form.is_valid() or any(form.cleaned_data.values()),
    }
    return render(request, "audit/readings.html", context)
