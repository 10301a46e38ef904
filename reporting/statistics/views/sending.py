"""What the tenant sent to its region and would send: periods, the figures of one, and the receipt of a batch."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.statistics.actions.pushing import collected, push_month, push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.consents import agreed_edition
from reporting.statistics.dictionary import dictionary
from reporting.statistics.models import FactsBatch, HeldFact, Note, PeriodKind, PushConsent
from reporting.statistics.periods import Period
from reporting.statistics.periods_due import known_rule
from reporting.statistics.permissions import APPROVE_SENDING, READ_SENT
from reporting.statistics.receipts import (
    content_of,
    is_genuine,
    newest_batches,
    open_quarters,
    period_of,
    says_the_same,
    topics_of,
    waiting_figures,
)
from reporting.statistics.words import few_text
from tenants.addresses import tenant_url
from ui.downloads import download

_SHOWN = 36


@tenant_door(READ_SENT)
def overview(request: Request) -> HttpResponse:
    """Whether figures leave, what waits for the director, and what left of each period."""
    agreed, rows = agreed_edition(request.tenant), newest_batches()
    quarters = [period.first for period, _batch, _held in rows if period.kind == PeriodKind.QUARTER]
    consents = PushConsent.objects.filter(tenant=request.tenant.pk).order_by("given_at")
    context = {
        "agreed": agreed,
        "is_newest": agreed >= dictionary().edition,
        "consent": consents.in_force().last(),
        "ended": None if agreed else consents.exclude(ended_at=None).last(),
        "rows": rows[:_SHOWN],
        "more": max(len(rows) - _SHOWN, 0),
        "quarters": open_quarters(quarters) if agreed else [],
        "waiting": waiting_figures(),
        "notes_waiting": Note.objects.of_tenant(request.tenant).waiting().count(),
        "may_approve": request.access.may(APPROVE_SENDING),
    }
    return render(request, "statistics/sending.html", context)


def asked_period(text: str) -> Period:
    """The period of an address, one that is over; anything else is not found."""
    try:
        found = Period.parse(text)
    except ValueError as error:
        raise Http404 from error
    if found.first.year < 2010 or not found.is_over:
        raise Http404
    return found


@tenant_door(READ_SENT)
def period(request: Request, period: str) -> HttpResponse:
    """The figures of a period as they would leave now, beside what left; the director sends them from here."""
    asked = asked_period(period)
    may_send = request.access.may(APPROVE_SENDING)
    problem, status = "", 200
    if request.method == "POST" and may_send:
        try:
            batch = _send(asked, request)
        except DomainError as error:
            problem, status = str(error.message), error.status
        else:
            if batch is not None:
                return redirect(tenant_url("sending:receipt", batch.pk))
            problem, status = _("No contract's month is accepted: there is nothing to send."), 422
    agreed = agreed_edition(request.tenant)
    content = collected(asked.kind, asked.first, dictionary().edition)
    sent = FactsBatch.objects.filter(tenant=request.tenant.pk, kind=asked.kind, period=asked.first).first()
    context = {
        "period": asked,
        "content": content,
        "topics": topics_of(content),
        "sent": sent,
        "is_new": sent is None or not says_the_same(sent, content),
        "agreed": agreed,
        "may_send": may_send and bool(agreed),
        "problem": problem,
    }
    return render(request, "statistics/period.html", context, status=status)


def _send(asked: Period, request: Request) -> FactsBatch | None:
    before = (
        FactsBatch.objects.filter(tenant=request.tenant.pk, kind=asked.kind, period=asked.first)
        .values_list("pk", flat=True)
        .first()
    )
    actor = request.access.actor
    if asked.kind == PeriodKind.QUARTER:
        batch = push_quarter(Quarter.of(asked.first), actor=actor)
    else:
        batch = push_month(asked.first, actor=actor)
    if batch is not None and batch.pk == before:
        messages.info(
            request, _("Nothing has changed since the last sending: this is still what the region has.")
        )
    elif batch is not None:
        messages.success(request, _("The figures are sent."))
    return batch


@tenant_door(READ_SENT)
def receipt(request: Request, pk: UUID) -> HttpResponse:
    """Exactly which numbers left with a batch, when, for which region, under which hash and signature."""
    batch = get_object_or_404(
        FactsBatch.objects.select_related("voivodeship", "territory", "key"), pk=pk, tenant=request.tenant.pk
    )
    held = list(HeldFact.objects.filter(batch=batch))
    rule = known_rule(batch.kind, batch.period)
    content = content_of(batch)
    versions = FactsBatch.objects.filter(tenant=request.tenant.pk, kind=batch.kind, period=batch.period)
    context = {
        "batch": batch,
        "period": period_of(batch),
        "topics": topics_of(content, held),
        "count": len(content.figures),
        "held": [row for row in held if row.state == HeldFact.State.WAITING],
        "is_genuine": is_genuine(batch),
        "few": few_text(rule.persons_threshold, rule.strictest_threshold) if rule else "",
        "versions": versions.defer("document"),
        "is_newest": not versions.filter(version__gt=batch.version).exists(),
        "may_approve": request.access.may(APPROVE_SENDING),
    }
    return render(request, "statistics/receipt.html", context)


@tenant_door(READ_SENT)
def document(request: Request, pk: UUID) -> HttpResponse:
    """The signed document with its signature and public key, so that anybody can verify it elsewhere."""
    batch = get_object_or_404(FactsBatch.objects.select_related("key"), pk=pk, tenant=request.tenant.pk)
    text = json.dumps(
        {
            "document": batch.document,
            "sha256": batch.content_sha256,
            "signature": batch.signature,
            "public_key": batch.key.public_key,
            "algorithm": "Ed25519",
        },
        ensure_ascii=False,
        indent=1,
    )
    name = f"{request.tenant.slug}-{period_of(batch).key}-{batch.version}.json"
    return download(text, name=name, content_type="application/json")
