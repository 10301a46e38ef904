"""Pages of retention: the list that is proposed, earlier lists, classes, holds."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from audit.actions import record_reading
from kernel.clearing import keeper_of
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.retention import actions
from reporting.retention.forms import ClassForm, HoldForm, KeepBackForm, ProtocolForm
from reporting.retention.models import (
    LISTS,
    PERSONS,
    Clearance,
    ClearanceLine,
    Hold,
    RecordKind,
    RetentionClass,
)
from reporting.retention.permissions import CONFIRM, KEEP, READ
from reporting.retention.proposals import PROPOSALS
from reporting.retention.queries import MOST_SUBJECTS
from reporting.retention.words import WORDS
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of

_LABELS = dict(RecordKind.choices)


@tenant_door(READ)
def overview(request: Request) -> HttpResponse:
    """The list of persons that is proposed, what stands of the other kinds, and lists that were carried out."""
    standing = {one.kind: one for one in Clearance.objects.proposed().annotate(count=Count("lines"))}
    proposed = standing.get(PERSONS)
    done = Count("lines", filter=Q(lines__state=ClearanceLine.State.DONE))
    kept = Count("lines", filter=Q(lines__state=ClearanceLine.State.KEPT))
    over = Clearance.objects.filter(state=Clearance.State.CONFIRMED)
    entered = {*RetentionClass.objects.values_list("kind", flat=True)}
    context = {
        "proposed": proposed,
        "most": MOST_SUBJECTS,
        "over": over.annotate(done=done, kept=kept).order_by("-confirmed_at", "-pk")[:20],
        "has_classes": bool(entered & {*keeper_of(PERSONS).classes}),
        "others": [
            (kind, label, standing.get(kind), kind in entered, WORDS[kind])
            for kind, label in RecordKind.choices
        ],
        **_lines(request, proposed),
    }
    return render(request, "retention/overview.html", context)


def _lines(request: Request, clearance: Clearance | None) -> dict[str, Any]:
    """A page of a list with the names on it; that persons were shown is noted."""
    lines = ClearanceLine.objects.filter(clearance=clearance)
    page = page_of(lines.order_by("past_from", "pk"), request)
    if clearance is None:
        return {"page": page, "words": WORDS[PERSONS]}
    keeper = keeper_of(clearance.kind)
    named = keeper.names([line.key for line in page])
    for line in page:
        line.name = named.get(line.key, line.key)
    if keeper.personal:
        record_reading(
            "retention.clearance",
            actor=request.access.actor,
            subject_type=keeper.subject_type,
            subject_ids=[UUID(line.key) for line in page],
        )
    return {"page": page, "words": WORDS[clearance.kind]}


@tenant_door(KEEP)
def propose(request: Request) -> HttpResponse:
    """Make a list now; one that stands is replaced only on somebody's word, for its protocol may be on its way."""
    kind = request.POST.get("kind") or request.GET.get("kind") or PERSONS
    if kind not in dict(LISTS):
        raise Http404
    standing = Clearance.objects.proposed().filter(kind=kind).first()
    replaces = request.POST.get("replaces")
    if standing is not None and replaces is None:
        context = {"standing": standing, "seen": actions.clearance_stamp(standing)}
        return render(request, "retention/replace.html", context)
    if request.method != "POST":
        return redirect(tenant_url("retention:overview"))
    try:
        count = actions.propose_clearance(kind, replaces=replaces, actor=request.access.actor)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect(tenant_url("retention:overview"))
    if count:
        messages.success(request, _said(kind, count))
    else:
        messages.info(request, _("Nothing is past the term of keeping, or something keeps it back."))
    return redirect(tenant_url("retention:overview"))


def _said(kind: str, count: int) -> str:
    if kind == PERSONS:
        sentence = ngettext(
            "%(count)s person is past the term of keeping.",
            "%(count)s persons are past the term of keeping.",
            count,
        )
    else:
        sentence = ngettext("The list is made: %(count)s item.", "The list is made: %(count)s items.", count)
    return sentence % {"count": count}


@tenant_door(KEEP)
def keep_back(request: Request, pk: UUID) -> HttpResponse:
    """Keep the subject of a line back for a case, whatever the term."""
    proposed = Clearance.objects.proposed()
    line: ClearanceLine = get_object_or_404(ClearanceLine.objects.filter(clearance__in=proposed), pk=pk)
    keeper = keeper_of(line.clearance.kind)
    form = KeepBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        if attempt(form, lambda: actions.keep_back(line, **form.cleaned_data, actor=actor)) is not None:
            messages.success(request, _("The data are kept back: this line will not be carried out."))
            return redirect(tenant_url("retention:clearance", line.clearance_id))
    if keeper.personal:
        record_reading(
            "retention.clearance",
            actor=request.access.actor,
            subject_type=keeper.subject_type,
            subject_ids=[UUID(line.key)],
        )
    context = {"form": form, "line": line, "name": keeper.names([line.key]).get(line.key, line.key)}
    return render(request, "retention/keep_back.html", context, status=status_of(form))


@tenant_door(CONFIRM)
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """Say by which protocol the list is carried out; then nothing brings the names back."""
    clearance: Clearance = get_object_or_404(Clearance, pk=pk, state=Clearance.State.PROPOSED)
    stamp = actions.clearance_stamp(clearance)
    form = ProtocolForm(request.POST or None, initial={"approved_on": timezone.localdate(), "seen": stamp})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.confirm_clearance(clearance, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(
                request,
                _("The list is handed over: it is being carried out, and this page says when that is done."),
            )
            return redirect(tenant_url("retention:clearance", saved.pk))
    count = clearance.lines.count()
    context = {"clearance": clearance, "form": form, "count": count, "words": WORDS[clearance.kind]}
    return render(request, "retention/confirm.html", context, status=status_of(form))


@tenant_door(READ)
def clearance(request: Request, pk: UUID) -> HttpResponse:
    """A list: what is on it; once it was carried out by which protocol, and what was kept back and why."""
    row: Clearance = get_object_or_404(Clearance, pk=pk)
    context = {"clearance": row, **_lines(request, row)}
    return render(request, "retention/clearance.html", context)


@tenant_door(KEEP)
def classes(request: Request) -> HttpResponse:
    """The classes of the unit's index, and a form for the next."""
    entered = RetentionClass.objects.all()
    have = {one.kind for one in entered}
    left = [one for one in PROPOSALS if one.kind not in have]
    chosen = next((one for one in left if one.kind == request.GET.get("kind")), None)
    form = ClassForm(request.POST or None, initial=asdict(chosen) if chosen else None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.add_class(form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("The class is entered. It counts when the list is made anew."))
            return redirect(tenant_url("retention:classes"))
    proposals = [(one, _LABELS[one.kind], WORDS[one.kind]) for one in left]
    context = {"form": form, "classes": entered, "proposals": proposals}
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
    page = page_of(Hold.objects.order_by("-lifted_at", "-placed_at", "-pk"), request)
    for kind in sorted({hold.kind for hold in page}):
        keeper, mine = keeper_of(kind), [hold for hold in page if hold.kind == kind]
        named = keeper.names([hold.key for hold in mine])
        for hold in mine:
            hold.name = named.get(hold.key, hold.key)
        if keeper.personal:
            record_reading(
                "retention.holds",
                actor=request.access.actor,
                subject_type=keeper.subject_type,
                subject_ids=[UUID(hold.key) for hold in mine],
            )
    return render(request, "retention/holds.html", {"form": form, "page": page}, status=status_of(form))


@tenant_door(KEEP)
@require_POST
def lift_hold(request: Request, pk: UUID) -> HttpResponse:
    """End a hold."""
    hold: Hold = get_object_or_404(Hold, pk=pk)
    lifted = actions.lift_hold(hold, actor=request.access.actor)
    name = keeper_of(lifted.kind).names([lifted.key]).get(lifted.key, lifted.key)
    messages.success(request, _("%(person)s is kept back no longer.") % {"person": name})
    return redirect(tenant_url("retention:holds"))
