"""Pages of retention: the list that is proposed, earlier lists, classes, holds."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.retention import actions
from reporting.retention.forms import ClassForm, HoldForm, ProtocolForm
from reporting.retention.models import Clearance, ClearanceLine, Hold, RetentionClass
from reporting.retention.permissions import CONFIRM, KEEP, READ
from reporting.retention.queries import MOST_PERSONS
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(READ)
def overview(request: Request) -> HttpResponse:
    """The list that is proposed, and lists that were carried out."""
    proposed = Clearance.objects.filter(state=Clearance.State.PROPOSED).first()
    page = _lines(request, proposed)
    done = Count("lines", filter=Q(lines__state=ClearanceLine.State.DONE))
    kept = Count("lines", filter=Q(lines__state=ClearanceLine.State.KEPT))
    over = Clearance.objects.filter(state=Clearance.State.CONFIRMED)
    context = {
        "proposed": proposed,
        "page": page,
        "most": MOST_PERSONS,
        "over": over.annotate(done=done, kept=kept).order_by("-confirmed_at", "-pk")[:20],
        "has_classes": RetentionClass.objects.exists(),
    }
    return render(request, "retention/overview.html", context)


def _lines(request: Request, clearance: Clearance | None) -> Any:
    """A page of a list; that its persons were shown is noted."""
    lines = ClearanceLine.objects.filter(clearance=clearance).select_related("person")
    page = page_of(lines.order_by("past_from", "pk"), request)
    shown = [line.person_id for line in page]
    actor = request.access.actor
    record_reading("retention.clearance", actor=actor, subject_type="person", subject_ids=shown)
    return page


@tenant_door(KEEP)
def propose(request: Request) -> HttpResponse:
    """Make the list now; one that stands is replaced only on somebody's word, for its protocol may be on its way."""
    standing = Clearance.objects.filter(state=Clearance.State.PROPOSED).first()
    replaces = request.POST.get("replaces")
    if standing is not None and replaces is None:
        context = {"standing": standing, "seen": actions.clearance_stamp(standing)}
        return render(request, "retention/replace.html", context)
    if request.method != "POST":
        return redirect(tenant_url("retention:overview"))
    try:
        count = actions.propose_clearance(replaces=replaces, actor=request.access.actor)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect(tenant_url("retention:overview"))
    if count:
        sentence = ngettext(
            "%(count)s person is past the term of keeping.",
            "%(count)s persons are past the term of keeping.",
            count,
        )
        messages.success(request, sentence % {"count": count})
    else:
        messages.info(request, _("Nobody is past the term of keeping, or something keeps them back."))
    return redirect(tenant_url("retention:overview"))


@tenant_door(CONFIRM)
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """Say by which protocol the list is carried out; then nothing brings the names back."""
    clearance: Clearance = get_object_or_404(Clearance, pk=pk, state=Clearance.State.PROPOSED)
    stamp = actions.clearance_stamp(clearance)
    form = ProtocolForm(request.POST or None, initial={"approved_on": timezone.localdate(), "seen": stamp})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.confirm_clearance(clearance, **form.told(), actor=actor))
        if saved is not None:
            messages.success(
                request,
                _(
                    "The list is carried out: names were taken off. Brought files and what the record says of "
                    "these persons are being erased in the background."
                ),
            )
            return redirect(tenant_url("retention:clearance", saved.pk))
    count = clearance.lines.count()
    context = {"clearance": clearance, "form": form, "count": count}
    return render(request, "retention/confirm.html", context, status=status_of(form))


@tenant_door(READ)
def clearance(request: Request, pk: UUID) -> HttpResponse:
    """A list that was carried out: by which protocol, who was kept back and why."""
    row: Clearance = get_object_or_404(Clearance, pk=pk)
    context = {"clearance": row, "page": _lines(request, row)}
    return render(request, "retention/clearance.html", context)


@tenant_door(KEEP)
def classes(request: Request) -> HttpResponse:
    """The classes of the unit's index, and a form for the next."""
    form = ClassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.add_class(form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("The class is entered. It counts when the list is made anew."))
            return redirect(tenant_url("retention:classes"))
    context = {"form": form, "classes": RetentionClass.objects.all()}
    return render(request, "retention/classes.html", context, status=status_of(form))


@tenant_door(KEEP)
@require_POST
def remove_class(request: Request, pk: UUID) -> HttpResponse:
    """Remove a class that was entered wrongly."""
    row: RetentionClass = get_object_or_404(RetentionClass, pk=pk)
    try:
        actions.remove_class(row, actor=request.access.actor)
        messages.success(request, _("The class is removed."))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect(tenant_url("retention:classes"))


@tenant_door(KEEP)
def holds(request: Request) -> HttpResponse:
    """Persons whose data are kept back, and a form to keep another's."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen, actor = form.cleaned_data, request.access.actor
        person = form.person
        assert person is not None  # noqa: S101 - the form has found them
        saved = attempt(
            form,
            lambda: actions.place_hold(
                person, reason=chosen["reason"], reference=chosen["reference"], actor=actor
            ),
        )
        if saved is not None:
            messages.success(request, _("The data of %(person)s are kept back.") % {"person": saved.person})
            return redirect(tenant_url("retention:holds"))
    rows = Hold.objects.select_related("person").order_by("-lifted_at", "-placed_at", "-pk")
    page = page_of(rows, request)
    shown = [hold.person_id for hold in page]
    record_reading("retention.holds", actor=request.access.actor, subject_type="person", subject_ids=shown)
    return render(request, "retention/holds.html", {"form": form, "page": page}, status=status_of(form))


@tenant_door(KEEP)
@require_POST
def lift_hold(request: Request, pk: UUID) -> HttpResponse:
    """End a hold."""
    hold: Hold = get_object_or_404(Hold, pk=pk)
    lifted = actions.lift_hold(hold, actor=request.access.actor)
    messages.success(request, _("%(person)s is kept back no longer.") % {"person": lifted.person})
    return redirect(tenant_url("retention:holds"))
