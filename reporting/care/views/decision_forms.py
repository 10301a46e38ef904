"""Pages on which decisions are issued, amended, corrected, revoked and restored."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning.models import Activity
from kernel.doors import Request, tenant_door
from reporting.care import actions
from reporting.care.actions import DecisionEntry
from reporting.care.forms.decisions import (
    CorrectDecisionForm,
    DecisionForm,
    PlanRows,
    RevokeForm,
    rows_of_plan,
)
from reporting.care.models import Decision, Person
from reporting.care.permissions import EDIT_DECISIONS
from reporting.care.views.decisions import note_form, visible_decision
from reporting.care.views.reaching_back import tell_closed_months
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm

# Around the clock for two workers, in a month of 31 days.
_MOST_PROPOSED = 2 * 31 * 24 * 60


@tenant_door(EDIT_DECISIONS)
def create_decision(request: Request, person_pk: str) -> HttpResponse:
    person: Person = get_object_or_404(Person.objects.visible_to(request.access), pk=person_pk)
    if request.GET.get("part") == "scope":
        return _scope(request)
    form, rows = _forms(request, DecisionForm, initial=_only_contract(request))
    saved = _sent(
        form, rows, lambda entry: actions.create_decision(person, entry, actor=request.access.actor)
    )
    if saved is not None:
        messages.success(request, _("Decision %(number)s is saved.") % {"number": saved.number})
        return redirect(tenant_url("care:decision", saved.pk))
    context = {
        "title": _("New decision"),
        "verb": _("Issue the decision"),
        "person": person,
        "decision": None,
    }
    return _page(request, form, rows, context)


def _only_contract(request: Request) -> dict[str, Any]:
    """Where there is one contract to choose from, it is chosen."""
    contracts = list(DecisionForm(access=request.access).fields["contract"].queryset[:2])  # type: ignore[attr-defined]
    return {"contract": contracts[0]} if len(contracts) == 1 else {}


def _scope(request: Request) -> HttpResponse:
    """The part of the form that depends on the contract, fetched when another contract is chosen."""
    form = DecisionForm(initial={"contract": request.GET.get("contract", "")}, access=request.access)
    return render(request, "care/_scope.html", {"form": form})


@tenant_door(EDIT_DECISIONS)
def amend_decision(request: Request, pk: str) -> HttpResponse:
    earlier = visible_decision(request, pk)
    terms = {
        name: value
        for name, value in _terms_of(earlier).items()
        if name not in ("number", "issued_on", "valid_from")
    }
    terms |= _proposed(request, earlier)
    form, rows = _forms(request, DecisionForm, of=earlier, initial=terms)
    saved = _sent(
        form, rows, lambda entry: actions.amend_decision(earlier, entry, actor=request.access.actor)
    )
    if saved is not None:
        told = {"number": saved.number, "earlier": earlier.number}
        messages.success(request, _("Decision %(number)s is saved and amends %(earlier)s.") % told)
        tell_closed_months(request, earlier, saved.valid_from)
        return redirect(tenant_url("care:decision", saved.pk))
    context = {
        "title": _("Amend decision %(number)s") % {"number": earlier.number},
        "verb": _("Issue the amendment"),
        "person": earlier.person,
        "decision": earlier,
        "amends": True,
    }
    return _page(request, form, rows, context)


def _proposed(request: Request, earlier: Decision) -> dict[str, int]:
    """The amount that a link proposes (`?minutes=`), where the decision grants one."""
    try:
        minutes = int(request.GET.get("minutes", ""))
    except ValueError:
        return {}
    return {"minutes": minutes} if earlier.minutes is not None and 0 < minutes <= _MOST_PROPOSED else {}


@tenant_door(EDIT_DECISIONS)
def correct_decision(request: Request, pk: str) -> HttpResponse:
    decision = visible_decision(request, pk)
    held = decision.valid_from, decision.valid_to
    terms = {**_terms_of(decision), "seen": actions.decision_stamp(decision)}
    form, rows = _forms(request, CorrectDecisionForm, of=decision, initial=terms)

    def correct(entry: DecisionEntry) -> Decision:
        seen, reason = form.cleaned_data["seen"] or None, form.cleaned_data["reason"]
        return actions.correct_decision(decision, entry, reason=reason, seen=seen, actor=request.access.actor)

    saved = _sent(form, rows, correct)
    if saved is not None:
        messages.success(request, _("Decision %(number)s is corrected.") % {"number": saved.number})
        tell_closed_months(request, saved, min(held[0], saved.valid_from), max(held[1], saved.valid_to))
        return redirect(tenant_url("care:decision", saved.pk))
    context = {
        "title": _("Correct decision %(number)s") % {"number": decision.number},
        "verb": _("Save the correction"),
        "person": decision.person,
        "decision": decision,
    }
    return _page(request, form, rows, context)


def _terms_of(decision: Decision) -> dict[str, Any]:
    names = (
        "number",
        "contract",
        "issued_on",
        "valid_from",
        "valid_to",
        "amount_per",
        "minutes",
        "two_workers",
    )
    scope = Activity.objects.filter(service=decision.service_id, code__in=decision.activities)
    return {**{name: getattr(decision, name) for name in names}, "activities": list(scope)}


def _forms(
    request: Request, form_class: type[DecisionForm], *, of: Decision | None = None, initial: dict[str, Any]
) -> tuple[DecisionForm, Any]:
    """The form with the rows of its plan: as sent, else as a decision stands."""
    limits: dict[str, Any] = {"access": request.access}
    if of is not None:
        limits |= {"service": of.service, "granted": of.activities}
    if request.method == "POST":
        form = form_class(request.POST, **limits)
        two_workers = bool(form["two_workers"].value())
        return form, PlanRows(request.POST, prefix="plan", two_workers=two_workers)
    plan = rows_of_plan([] if of is None else of.slots.all())
    return form_class(initial=initial, **limits), PlanRows(prefix="plan", initial=plan)


def _sent(form: DecisionForm, rows: Any, verb: Callable[[DecisionEntry], Decision]) -> Decision | None:
    """The decision after the verb; None where nothing was sent, or the form says what is wrong."""
    if not form.is_bound or not WholeForm(form, rows).is_valid():
        return None
    return attempt(form, lambda: verb(form.entry(rows.slots())))


def _page(request: Request, form: DecisionForm, rows: Any, context: dict[str, Any]) -> HttpResponse:
    whole = WholeForm(form, rows)
    note_form(request, context["person"].pk)
    context = {**context, "form": form, "rows": rows, "whole": whole}
    return render(request, "care/decision_form.html", context, status=status_of(whole))


@tenant_door(EDIT_DECISIONS)
def revoke_decision(request: Request, pk: str) -> HttpResponse:
    decision = visible_decision(request, pk)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        revoked = attempt(form, lambda: actions.revoke_decision(decision, **form.cleaned_data, actor=actor))
        if revoked is not None:
            messages.success(request, _("Decision %(number)s is revoked.") % {"number": revoked.number})
            tell_closed_months(request, revoked, form.cleaned_data["first_day"])
            return redirect(tenant_url("care:decision", revoked.pk))
    note_form(request, decision.person_id)
    context = {"form": form, "decision": decision}
    return render(request, "care/revoke_decision.html", context, status=status_of(form))


@tenant_door(EDIT_DECISIONS)
def restore_decision(request: Request, pk: str) -> HttpResponse:
    decision = visible_decision(request, pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        restored = attempt(form, lambda: actions.restore_decision(decision, actor=request.access.actor))
        if restored is not None:
            messages.success(request, _("Decision %(number)s holds again.") % {"number": restored.number})
            tell_closed_months(request, restored, decision.revoked_from or restored.valid_from)
            return redirect(tenant_url("care:decision", restored.pk))
    note_form(request, decision.person_id)
    context = {"form": form, "decision": decision}
    return render(request, "care/restore_decision.html", context, status=status_of(form))
