"""Joint offers: the leader asks and removes partners, and an organisation that is asked accepts or declines."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.tenders.actions import joining
from contracting.tenders.clock import database_now
from contracting.tenders.forms.offers import PartnerForm
from contracting.tenders.models import Offer, OfferPartner
from contracting.tenders.permissions import SUBMIT_OFFERS, WRITE_OFFERS
from contracting.tenders.views.offers import leads, offer_to_write
from kernel.doors import Request, tenant_door
from kernel.errors import NotAllowed
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


def _partner(offer: Offer, pk: Any) -> OfferPartner:
    rows = offer.partners.filter(in_draft=True).select_related("organisation")
    partner: OfferPartner = get_object_or_404(rows, pk=pk)
    return partner


def _is_theirs(request: Request, partner: OfferPartner) -> bool:
    return partner.organisation_id in (request.access.organisation_ids or frozenset())


@tenant_door(WRITE_OFFERS)
def add_partner(request: Request, pk: str) -> HttpResponse:
    offer = offer_to_write(request, pk)
    _require_leader(request, offer)
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["number"]
        added = attempt(form, lambda: joining.add_partner(offer, chosen, actor=request.access.actor))
        if added is not None:
            messages.success(request, _("%(name)s is asked to join the offer.") % {"name": chosen.name})
            return redirect(tenant_url("offers:section", offer.pk, "partners"))
    context = {"form": form, "offer": offer, "call": offer.call}
    return render(request, "tenders/offers/add_partner.html", context, status=status_of(form))


def _require_leader(request: Request, offer: Offer) -> None:
    if not leads(request, offer):
        raise NotAllowed(
            "not_the_leader",
            _("Only %(name)s, the leader of this joint offer, asks and removes partners.")
            % {"name": offer.organisation},
        )


@tenant_door(SUBMIT_OFFERS)
def show_partner(request: Request, pk: str, partner_pk: str) -> HttpResponse:
    """What the organisation is asked, and its answer; `answer` of the form is accept or decline."""
    offer = offer_to_write(request, pk)
    partner = _partner(offer, partner_pk)
    theirs = _is_theirs(request, partner)
    if request.method == "POST":
        if not theirs:
            raise NotAllowed(
                "not_asked", _("Only people of the organisation that is asked answer whether it joins.")
            )
        accepts = request.POST.get("answer") == "accept"
        joining.answer_invitation(partner, accepts=accepts, actor=request.access.actor)
        if accepts:
            messages.success(
                request, _("Your organisation offers jointly with %(name)s.") % {"name": offer.organisation}
            )
            return redirect(tenant_url("offers:offer", offer.pk))
        messages.success(request, _("Your organisation does not join this offer."))
        return redirect(tenant_url("offers:list"))
    context = {
        "offer": offer,
        "call": offer.call,
        "partner": partner,
        "may_answer": theirs
        and partner.state == OfferPartner.State.ASKED
        and offer.call.takes_offers(database_now()),
    }
    return render(request, "tenders/offers/partner.html", context)


@tenant_door(WRITE_OFFERS)
def remove_partner(request: Request, pk: str, partner_pk: str) -> HttpResponse:
    """The leader removes a partner, or the partner itself leaves."""
    offer = offer_to_write(request, pk)
    partner = _partner(offer, partner_pk)
    if not _is_theirs(request, partner):
        _require_leader(request, offer)
    if request.method == "POST":
        joining.remove_partner(offer, partner, actor=request.access.actor)
        messages.success(
            request, _("%(name)s is no longer in the offer.") % {"name": partner.organisation.name}
        )
        if leads(request, offer):
            return redirect(tenant_url("offers:section", offer.pk, "partners"))
        return redirect(tenant_url("offers:list"))
    context = {"offer": offer, "call": offer.call, "partner": partner}
    return render(request, "tenders/offers/remove_partner.html", context)
