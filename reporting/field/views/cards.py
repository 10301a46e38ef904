"""Printed monthly cards for carers on paper, and the address in their codes."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from audit.actions import record_reading
from contracting.contracts.models import Worker
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.views.pages import month_in, month_of
from reporting.delivery.permissions import READ_DIARY
from reporting.field.exports.cards import Card, cards_pdf, decisions_of
from reporting.field.forms import CardForm
from reporting.field.permissions import PRINT_CARDS
from tenants.addresses import tenant_url
from ui.downloads import download


@tenant_door(PRINT_CARDS)
@require_GET
def choose_card(request: Request) -> HttpResponse:
    """Which card: leads to the file where the choice is clear."""
    access = request.access
    now = Month.of(timezone.localdate())
    months = [now.previous(), now, now.next()]
    workers = Worker.objects.visible_to(access).active().order_by("surname", "given_name", "code")
    choices = [(str(worker.pk), str(worker)) for worker in workers]
    asked = request.GET if "month" in request.GET else None
    form = CardForm(asked, months=months, workers=choices, initial={"month": str(now.next())})
    if asked is not None and form.is_valid():
        target = _target(request, form)
        if target:
            return redirect(target)
    return render(request, "field/cards.html", {"form": form})


def _target(request: Request, form: CardForm) -> str:
    """The address of the chosen file; "" where there is none, and then the form says why."""
    month, number = str(form.cleaned_data["month"]), " ".join(form.cleaned_data["number"].split())
    if number:
        decision = Decision.objects.visible_to(request.access).filter(number__iexact=number).first()
        if decision is None:
            form.add_error("number", _("No decision of your organisation has this number. Check the number."))
            return ""
        return tenant_url("field:decision_card", decision.pk, month)
    worker = Worker.objects.visible_to(request.access).get(pk=form.cleaned_data["worker"])
    if not decisions_of(worker, form.cleaned_data["month"], request.access):
        sentence = _(
            "This carer visited nobody lately whose decision holds in that month. Choose a decision instead."
        )
        form.add_error("worker", sentence)
        return ""
    return tenant_url("field:worker_cards", worker.pk, month)


@tenant_door(PRINT_CARDS)
@require_GET
def decision_card(request: Request, pk: UUID, month: str) -> HttpResponse:
    when = month_of(month)
    decision = get_object_or_404(_decisions(request), pk=pk)
    return _file(request, [Card(decision, when, None)], f"{when}_{decision.number}")


@tenant_door(PRINT_CARDS, hands_out_persons=True)
@require_GET
def worker_cards(request: Request, pk: UUID, month: str) -> HttpResponse:
    """A card for each person of the carer; 404 where there is nobody in that month."""
    when = month_of(month)
    worker: Worker = get_object_or_404(Worker.objects.visible_to(request.access), pk=pk)
    cards = [Card(decision, when, worker) for decision in decisions_of(worker, when, request.access)]
    if not cards:
        raise Http404
    return _file(request, cards, f"{when}_{worker.code}")


@tenant_door(READ_DIARY)
@require_GET
def open_grid(request: Request, pk: UUID, month: str) -> HttpResponse:
    """Where the code on a card leads: the grid at that decision and month."""
    decision = get_object_or_404(Decision.objects.visible_to(request.access), pk=pk)
    when = month_in(month)
    if when is None:
        raise Http404
    query = urlencode({"contract": decision.contract_id, "month": str(when), "add": decision.number})
    return redirect(f"{tenant_url('delivery:grid')}?{query}")


def _decisions(request: Request) -> Any:
    return Decision.objects.visible_to(request.access).select_related(
        "person", "contract__organisation", "service"
    )


def _file(request: Request, cards: list[Card], name: str) -> HttpResponse:
    persons = {card.decision.person_id for card in cards}
    record_reading("field:card", actor=request.access.actor, subject_type="person", subject_ids=persons)
    stem = re.sub(r"[^0-9A-Za-z]+", "-", name).strip("-")
    content = cards_pdf(cards, request.tenant.unit_name)
    return download(content, name=f"{stem}.pdf", content_type="application/pdf")
