"""Verbs on the account of a month: each on a page of its own that says what will happen, and asks once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.doors import Request, tenant_door
from reporting.settlement import actions
from reporting.settlement.forms import DifferenceForm, PenaltyForm, SeenForm, TakeBackForm
from reporting.settlement.models import Penalty
from reporting.settlement.permissions import CONFIRM, SETTLE
from reporting.settlement.proposals import proposed_penalties
from reporting.settlement.views.pages import Shown, shown_month, typed
from reporting.settlement.views.settlements import settlement_context
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of

_REASON_LENGTH = 500


@tenant_door(SETTLE)
def offer(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """Hand the account over to the provider, who confirms it."""
    shown = shown_month(request, contract_pk, month)
    form = SeenForm(typed(request), initial={"seen": shown.stamp})

    def verb() -> object:
        seen = form.cleaned_data["seen"] or None
        return actions.offer_settlement(shown.contract, shown.month, seen=seen, actor=request.access.actor)

    return _step(request, shown, "offer", form, verb, _("The settlement is handed over for confirmation."))


@tenant_door(CONFIRM)
def confirm(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """Confirm the account as it stands on the page."""
    shown = shown_month(request, contract_pk, month)
    form = SeenForm(typed(request), initial={"seen": shown.stamp})

    def verb() -> object:
        access = request.access
        return actions.confirm_settlement(
            shown.contract,
            shown.month,
            seen=form.cleaned_data["seen"] or None,
            by_provider=access.organisation_ids is not None,
            actor=access.actor,
        )

    return _step(request, shown, "confirm", form, verb, _("The settlement is confirmed."))


@tenant_door(SETTLE)
def settle(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """Settle a confirmed account."""
    shown = shown_month(request, contract_pk, month)
    form = DifferenceForm(typed(request))

    def verb() -> object:
        return actions.settle(
            shown.contract,
            shown.month,
            difference_note=form.cleaned_data["difference_note"],
            actor=request.access.actor,
        )

    return _step(request, shown, "settle", form, verb, _("The month is settled."))


@tenant_door(SETTLE)
def take_back(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """Make a confirmed or settled account a draft again."""
    shown = shown_month(request, contract_pk, month)
    form = TakeBackForm(typed(request))

    def verb() -> object:
        return actions.take_back_settlement(
            shown.contract, shown.month, reason=form.cleaned_data["reason"], actor=request.access.actor
        )

    return _step(
        request, shown, "take_back", form, verb, _("The settlement is taken back; it is a draft again.")
    )


@tenant_door(SETTLE)
def penalty(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """Deduct a penalty from a draft."""
    shown = shown_month(request, contract_pk, month)
    form = PenaltyForm(typed(request), initial=_proposed(request, shown))

    def verb() -> object:
        return actions.add_penalty(shown.contract, shown.month, form.terms(), actor=request.access.actor)

    return _step(request, shown, "penalty", form, verb, _("The penalty is deducted."))


def _proposed(request: Request, shown: Shown) -> dict[str, Any]:
    """What the penalty named by `?proposal=` says, for the person to check and deduct."""
    for one in proposed_penalties(shown.contract, shown.month):
        if str(one.pk) == request.GET.get("proposal"):
            reason = f"{one.number}: {one.reason}"[:_REASON_LENGTH]
            return {"reason": reason, "basis": one.basis, "amount": one.amount, "proposal": one.pk}
    return {}


@tenant_door(SETTLE)
@require_POST
def remove_penalty(request: Request, contract_pk: UUID, month: str, pk: UUID) -> HttpResponse:
    """Take a penalty out of a draft."""
    shown = shown_month(request, contract_pk, month)
    known = Penalty.objects.filter(settlement__contract=shown.contract, settlement__month=shown.month.first)
    get_object_or_404(known, pk=pk)
    actions.remove_penalty(shown.contract, shown.month, pk, actor=request.access.actor)
    messages.success(request, _("The penalty is removed."))
    return back(shown)


def back(shown: Shown) -> HttpResponse:
    """To the account."""
    return redirect(tenant_url("settlement:settlement", shown.contract.pk, str(shown.month)))


def _step(
    request: Request, shown: Shown, name: str, form: Any, verb: Callable[[], object], told: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and attempt(form, verb) is not None:
        messages.success(request, told)
        return back(shown)
    context = {**settlement_context(request, shown), "verb": name, "form": form}
    context["is_its_time"] = name in context["verbs"]
    return render(request, "settlement/step.html", context, status=status_of(form))
