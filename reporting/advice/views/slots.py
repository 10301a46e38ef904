"""Pages of slots: the weeks ahead, hours of advisers; topics and terms."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.doors import Request, tenant_door
from reporting.advice.actions import slots as verbs
from reporting.advice.actions import terms as settling
from reporting.advice.forms.planning import ChangeTopicForm, HoursForm, LastDayForm, TermsForm, TopicForm
from reporting.advice.models import Availability, Slot, Topic
from reporting.advice.models import Request as AdviceRequest
from reporting.advice.permissions import BOOK, MANAGE_SLOTS, SETTLE_TERMS
from reporting.advice.terms import current_terms, still_offered
from tenants.addresses import tenant_url
from ui.formatting import format_weekday
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(MANAGE_SLOTS)
def list_slots(request: Request) -> HttpResponse:
    """Hours of advisers, and the slots of the weeks ahead by day, free, taken or closed."""
    ahead = (
        Slot.objects.visible_to(request.access)
        .filter(starts_at__gt=timezone.now())
        .select_related("adviser")
        .order_by("starts_at", "pk")
    )
    page = page_of(ahead, request)
    free = set(Slot.objects.free().filter(pk__in=[slot.pk for slot in page]).values_list("pk", flat=True))
    offers = AdviceRequest.objects.order_by().filter(still_offered(), offered_slot_id__in=free)
    held = set(offers.values_list("offered_slot_id", flat=True))
    rows = [(slot, slot.pk in free, slot.pk in held) for slot in page]
    today = timezone.localdate()
    hours = Availability.objects.visible_to(request.access).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    )
    by_weekday = [(each, _weekday(each.weekday)) for each in hours.select_related("adviser")]
    context = {"page": page, "rows": rows, "hours": by_weekday, "may_book": request.access.may(BOOK)}
    return render(request, "advice/slots.html", context)


def _weekday(number: int) -> str:
    # 1 January 2024 was a Monday.
    return format_weekday(date(2024, 1, number))


@tenant_door(MANAGE_SLOTS)
def enter_hours(request: Request) -> HttpResponse:
    """Weekly hours of an adviser, of which slots are made at once."""
    form = HoursForm(
        request.POST or None,
        access=request.access,
        initial={"valid_from": timezone.localdate(), "slot_minutes": 60},
    )
    if request.method == "POST" and form.is_valid():
        entered = attempt(form, lambda: verbs.enter_availability(form.hours(), actor=request.access.actor))
        if entered is not None:
            messages.success(request, _("The hours are entered and their slots made."))
            return redirect(tenant_url("advice:slots"))
    return render(request, "advice/hours_form.html", {"form": form}, status=status_of(form))


@tenant_door(MANAGE_SLOTS)
def end_hours(request: Request, pk: UUID) -> HttpResponse:
    """The last day of hours."""
    found = get_object_or_404(
        Availability.objects.visible_to(request.access).select_related("adviser"), pk=pk
    )
    form = LastDayForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["last_day"]
        if attempt(form, lambda: verbs.end_availability(found, last, actor=request.access.actor)) is not None:
            messages.success(request, _("The hours have their last day; booked appointments stay."))
            return redirect(tenant_url("advice:slots"))
    context = {"form": form, "hours": found, "weekday": _weekday(found.weekday)}
    return render(request, "advice/end_hours.html", context, status=status_of(form))


@tenant_door(MANAGE_SLOTS)
@require_POST
def close_slot(request: Request, pk: UUID) -> HttpResponse:
    """Take a slot out, or let it be booked again (`open` in the form)."""
    slot = get_object_or_404(Slot.objects.visible_to(request.access), pk=pk)
    if request.POST.get("open"):
        verbs.open_slot(slot, actor=request.access.actor)
        messages.success(request, _("The time can be booked again."))
    else:
        verbs.close_slot(slot, actor=request.access.actor)
        messages.success(request, _("The time is closed. An appointment booked in it stays."))
    return redirect(tenant_url("advice:slots"))


@tenant_door(SETTLE_TERMS)
def show_terms(request: Request) -> HttpResponse:
    """Topics of the dictionary, and what the unit settles."""
    terms = current_terms()
    settled = {name: getattr(terms, name) for name in settling.SETTLED}
    form = TermsForm(request.POST or None, initial={**settled, "seen": settling.terms_stamp(terms)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"seen": form.cleaned_data["seen"] or None}
        saved = attempt(form, lambda: settling.settle_terms(**data, actor=request.access.actor))
        if saved is not None:
            messages.success(request, _("The terms are saved."))
            return redirect(tenant_url("advice:terms"))
    context = {"form": form, "topics": Topic.objects.order_by("-active", "name", "code")}
    return render(request, "advice/terms.html", context, status=status_of(form))


@tenant_door(SETTLE_TERMS)
def add_topic(request: Request) -> HttpResponse:
    """A new topic of the dictionary."""
    form = TopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: settling.add_topic(**form.cleaned_data, actor=request.access.actor))
        if made is not None:
            messages.success(request, _("“%(topic)s” can be chosen on cards now.") % {"topic": made})
            return redirect(tenant_url("advice:terms"))
    return render(request, "advice/topic_form.html", {"form": form, "topic": None}, status=status_of(form))


@tenant_door(SETTLE_TERMS)
def change_topic(request: Request, pk: UUID) -> HttpResponse:
    """Rename a topic, or take it out of use."""
    topic = get_object_or_404(Topic, pk=pk)
    stored = {"name": topic.name, "active": topic.active, "seen": settling.topic_stamp(topic)}
    form = ChangeTopicForm(request.POST or None, initial=stored)
    if request.method == "POST" and form.is_valid():
        data, actor = form.cleaned_data | {"seen": form.cleaned_data["seen"] or None}, request.access.actor
        if attempt(form, lambda: settling.change_topic(topic, **data, actor=actor)) is not None:
            messages.success(request, _("The topic is saved."))
            return redirect(tenant_url("advice:terms"))
    return render(request, "advice/topic_form.html", {"form": form, "topic": topic}, status=status_of(form))
