"""Outcomes of a cycle, and the tenant's dictionary of what outcomes count."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle, QualityIndicator
from kernel.doors import Request, tenant_door
from reporting.evaluation.actions import outcomes as actions
from reporting.evaluation.forms.outcomes import FactForm, KindForm, OutcomeForm
from reporting.evaluation.models import OutcomeIndicator, OutcomeKind
from reporting.evaluation.permissions import EDIT_EVALUATIONS, KEEP_KINDS, READ_EVALUATIONS
from reporting.evaluation.queries.facts import facts_of
from reporting.evaluation.queries.outcomes import (
    indicators_without_outcome,
    kinds_in_dictionary,
    kinds_to_choose,
)
from reporting.evaluation.views.pages import confirmed, cycle_of
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(EDIT_EVALUATIONS)
def add_outcome(request: Request, pk: UUID) -> HttpResponse:
    """A new outcome, begun from an indicator of the scope where `?indicator=` names one."""
    chosen = cycle_of(request, pk)
    asked = request.GET.get("indicator", "")
    known: dict[str, Any] = {}
    for indicator in indicators_without_outcome(chosen):
        if str(indicator.pk) == asked:
            known = {
                "indicator": indicator,
                "name": indicator.name,
                "direction": indicator.direction,
                "target": indicator.target,
                "source": indicator.method,
            }
    return _outcome_written(request, chosen, None, known)


@tenant_door(EDIT_EVALUATIONS)
def edit_outcome(request: Request, pk: UUID) -> HttpResponse:
    outcome = _outcome(request, pk)
    known = {name: getattr(outcome, name) for name in actions.OUTCOME_FIELDS}
    known["seen"] = actions.outcome_stamp(outcome)
    return _outcome_written(request, outcome.cycle, outcome, known)


def _outcome(request: Request, pk: UUID) -> OutcomeIndicator:
    visible = Cycle.objects.visible_to(request.access)
    found: OutcomeIndicator = get_object_or_404(
        OutcomeIndicator.objects.filter(cycle__in=visible).select_related("cycle"), pk=pk
    )
    return found


def _outcome_written(
    request: Request, of: Cycle, outcome: OutcomeIndicator | None, known: dict[str, Any]
) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    indicators = QualityIndicator.objects.filter(cycle=of)
    facts = facts_of(of)
    chooser = FactForm(request.GET or None, facts=facts)
    taken = chooser.taken() if typed is None else {}
    known |= taken
    form = OutcomeForm(typed, kinds=kinds_to_choose(outcome), indicators=indicators, initial=known)
    back = tenant_url("evaluation:cycle", of.pk)
    if typed is not None and form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen") or None
        saved = attempt(
            form, lambda: actions.save_outcome(of, outcome, values, seen=seen, actor=request.access.actor)
        )
        if saved is not None:
            messages.success(request, _("The outcome is saved."))
            return redirect(back)
    context = {"form": form, "cycle": of, "outcome": outcome, "back": back}
    context |= {"taken": taken, "chooser": chooser}
    return render(request, "evaluation/outcome_form.html", context, status=status_of(form))


@tenant_door(EDIT_EVALUATIONS)
def remove_outcome(request: Request, pk: UUID) -> HttpResponse:
    outcome = _outcome(request, pk)
    back = tenant_url("evaluation:cycle", outcome.cycle_id)
    return confirmed(
        request,
        "evaluation/remove_outcome.html",
        {"outcome": outcome, "cycle": outcome.cycle, "back": back},
        lambda: actions.remove_outcome(outcome, actor=request.access.actor),
        _("The outcome is removed."),
        back,
    )


@tenant_door(READ_EVALUATIONS)
def kinds(request: Request) -> HttpResponse:
    """The tenant's dictionary of what outcomes count."""
    context = {"kinds": kinds_in_dictionary(), "may_keep": request.access.may(KEEP_KINDS)}
    return render(request, "evaluation/kinds.html", context)


@tenant_door(KEEP_KINDS)
def add_kind(request: Request) -> HttpResponse:
    return _kind_written(request, None, {})


@tenant_door(KEEP_KINDS)
def edit_kind(request: Request, pk: UUID) -> HttpResponse:
    kind = get_object_or_404(OutcomeKind, pk=pk)
    known = {name: getattr(kind, name) for name in actions.KIND_FIELDS}
    return _kind_written(request, kind, {**known, "seen": actions.kind_stamp(kind)})


def _kind_written(request: Request, kind: OutcomeKind | None, known: dict[str, Any]) -> HttpResponse:
    form = KindForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen") or None
        actor = request.access.actor
        saved = attempt(form, lambda: actions.save_kind(kind, values, seen=seen, actor=actor))
        if saved is not None:
            messages.success(request, _("“%(name)s” is in the dictionary of outcomes.") % {"name": saved})
            return redirect(tenant_url("evaluation:kinds"))
    context = {"form": form, "kind": kind, "used": kind is not None and kind.outcomes.count()}
    return render(request, "evaluation/kind_form.html", context, status=status_of(form))


@tenant_door(KEEP_KINDS)
def retire_kind(request: Request, pk: UUID) -> HttpResponse:
    kind = get_object_or_404(OutcomeKind, pk=pk)
    text = _(
        "It is offered for new outcomes no more. Outcomes that count it keep it, and it can be taken back."
    )
    verb: Callable[[], object] = lambda: actions.retire_kind(kind, actor=request.access.actor)  # noqa: E731
    return _asked(request, kind, _("Retire the entry"), text, verb, _("The entry is retired."))


@tenant_door(KEEP_KINDS)
def restore_kind(request: Request, pk: UUID) -> HttpResponse:
    kind = get_object_or_404(OutcomeKind, pk=pk)
    text = _("It is offered for new outcomes again.")
    verb: Callable[[], object] = lambda: actions.restore_kind(kind, actor=request.access.actor)  # noqa: E731
    return _asked(request, kind, _("Take the entry back"), text, verb, _("The entry is in use again."))


@tenant_door(KEEP_KINDS)
def remove_kind(request: Request, pk: UUID) -> HttpResponse:
    kind = get_object_or_404(OutcomeKind, pk=pk)
    text = _("No outcome counts it. The record of actions keeps what stood here.")
    if kind.outcomes.exists():
        text = _("Outcomes of cycles count it, so it can be retired but not removed.")
    verb: Callable[[], object] = lambda: actions.remove_kind(kind, actor=request.access.actor)  # noqa: E731
    return _asked(
        request, kind, _("Remove the entry from the dictionary"), text, verb, _("The entry is removed.")
    )


def _asked(
    request: Request, kind: OutcomeKind, title: str, text: str, verb: Callable[[], object], done: str
) -> HttpResponse:
    back = tenant_url("evaluation:kinds")
    context = {"kind": kind, "title": title, "text": text, "back": back}
    return confirmed(request, "evaluation/kind_asked.html", context, verb, done, back)
