"""Pages of offers for their bidders: the list, one offer with what is left to do, how it will be read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.actions import record_reading
from contracting.tenders.actions import drafting
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.opening import opened_file
from contracting.tenders.actions.sentences import sentence_of
from contracting.tenders.clock import database_now
from contracting.tenders.content import Content
from contracting.tenders.forms.offers import StartOfferForm
from contracting.tenders.hooks import track_records
from contracting.tenders.models import Award, Call, Lot, Offer, OfferPartner, SealedOffer
from contracting.tenders.permissions import READ_CALLS, WRITE_OFFERS, may_read_content
from contracting.tenders.queries.reading import shown_content
from contracting.tenders.queries.terms import amended_since, newest_amendment, terms_of
from contracting.tenders.rules.completeness import Finding, findings_of, sections_done
from contracting.tenders.words import SECTION_TITLES, label_of
from kernel.doors import Request, tenant_door
from kernel.errors import NotAllowed
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.lists import page_of
from ui.refusals import attempt, status_of


def own_offer(request: Request, pk: Any) -> Offer:
    """An offer of one's own organisation or of one that it joins; 404 for every other."""
    if request.access.organisation_ids is None:
        raise Http404
    offers = Offer.objects.visible_to(request.access).select_related("call__service", "lot", "organisation")
    found: Offer = get_object_or_404(offers, pk=pk)
    found.call = close_if_due(found.call)
    if not _is_in_draft(request, found):
        # Left out of the replacement that is being written: what was handed in is theirs still, this draft is not.
        found.draft = None
    return found


def _is_in_draft(request: Request, offer: Offer) -> bool:
    """Whether the person's organisation writes the draft: it leads, or the draft names it and it has not declined."""
    theirs = request.access.organisation_ids or frozenset()
    return leads(request, offer) or any(
        one.organisation_id in theirs and one.in_draft and one.state != OfferPartner.State.DECLINED
        for one in offer.partners.all()
    )


def offer_to_write(request: Request, pk: Any) -> Offer:
    """An offer whose draft one writes. Raises NotAllowed for partners whom this draft leaves out."""
    offer = own_offer(request, pk)
    if not _is_in_draft(request, offer):
        raise NotAllowed(
            "not_in_draft",
            _("%(name)s writes a replacement of this offer without your organisation.")
            % {"name": offer.organisation},
        )
    return offer


def leads(request: Request, offer: Offer) -> bool:
    """Whether the person belongs to the organisation that hands the offer in, not to a partner of it."""
    return offer.organisation_id in (request.access.organisation_ids or frozenset())


@dataclass(frozen=True)
class Missing:
    """A line of the check list: where it leads, what the field is called, and what to do."""

    section: str
    path: str
    label: str
    sentence: str
    must: bool

    @property
    def anchor(self) -> str:
        return f"f-{self.section}-{self.path.replace('.', '-')}" if self.path else "main"


def check_list(found: list[Finding]) -> list[Missing]:
    """The findings as lines, those that stop the handing in first."""
    lines = [
        Missing(
            one.section,
            one.path,
            label_of(f"{one.section}.{one.path}" if one.path else one.section),
            sentence_of(one),
            one.must,
        )
        for one in found
    ]
    return sorted(lines, key=lambda line: not line.must)


@dataclass(frozen=True)
class Task:
    """A section in the list of an offer's tasks."""

    key: str
    title: str
    state: str
    count: int


def tasks_of(content: Content, found: list[Finding], *, asks_concept: bool, joint: bool) -> list[Task]:
    """The sections with how far each is: done, begun or to do; sections that the call does not ask for are left out."""
    done = sections_done(content, found)
    tasks = []
    for key, title in SECTION_TITLES.items():
        if (key == "concept" and not asks_concept) or (key == "partners" and not joint):
            continue
        count = sum(1 for one in found if one.section == key and one.must)
        begun = bool(content.get(key)) and content.get(key) != {"costs": []}
        state = "done" if done[key] else "begun" if begun else "todo"
        tasks.append(Task(key, str(title), state, count))
    return tasks


@dataclass(frozen=True)
class Line:
    """An offer in the list of an organisation: what is left to do before the deadline, or the receipt that stands."""

    offer: Offer
    left: int | None
    receipt: SealedOffer | None
    unconfirmed: bool
    is_open: bool
    award: Award | None


def _line(offer: Offer, now: datetime) -> Line:
    content = drafting.read_draft(offer)
    left = None
    if content is not None:
        left = sum(1 for one in findings_of(content, terms_of(offer)) if one.must)
    current = next((row for row in offer.sealed.all() if row.state == SealedOffer.State.CURRENT), None)
    newest = max((one.number for one in offer.call.amendments.all() if one.confirm), default=0)
    return Line(
        offer,
        left,
        current,
        unconfirmed=current is not None and newest > offer.amendment_seen,
        is_open=offer.call.takes_offers(now),
        award=published_award(offer),
    )


def published_award(offer: Offer) -> Award | None:
    """What was decided on the offer, once the results of its call are published; a draft of a decision is nobody's."""
    if offer.call.state != Call.State.DECIDED:
        return None
    award: Award | None = getattr(offer, "award", None)
    return award


@tenant_door(WRITE_OFFERS)
def list_offers(request: Request) -> HttpResponse:
    offers = (
        Offer.objects.visible_to(request.access)
        .select_related("call", "lot", "organisation", "award")
        .prefetch_related("sealed", "partners", "call__amendments")
        .order_by("-call__deadline", "lot__position", "pk")
    )
    page, now = page_of(offers, request), database_now()
    for offer in page:
        if not _is_in_draft(request, offer):
            offer.draft = None
    context = {"page": page, "lines": [_line(offer, now) for offer in page]}
    return render(request, "tenders/offers/list.html", context)


@tenant_door(WRITE_OFFERS)
def start_offer(request: Request, lot_pk: str) -> HttpResponse:
    """Begin an offer for a lot of a published call, or go on with the one that is there."""
    lots = Lot.objects.filter(call__published_at__isnull=False).select_related("call__service")
    lot: Lot = get_object_or_404(lots, pk=lot_pk)
    form = StartOfferForm(request.POST or None, access=request.access)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["organisation"]
        existing = Offer.objects.filter(lot=lot, organisation=chosen).first()
        offer = existing or attempt(
            form, lambda: drafting.start_offer(lot, chosen, actor=request.access.actor)
        )
        if offer is not None:
            return redirect(tenant_url("offers:offer", offer.pk))
    context = {"form": form, "lot": lot, "call": lot.call}
    return render(request, "tenders/offers/start.html", context, status=status_of(form))


@tenant_door(WRITE_OFFERS)
def show_offer(request: Request, pk: str) -> HttpResponse:
    """One offer: the list of tasks while a draft is open, and the receipts it has."""
    offer = own_offer(request, pk)
    content, terms, call = drafting.read_draft(offer), terms_of(offer), offer.call
    found = findings_of(content, terms) if content is not None else []
    newest = newest_amendment(call)
    receipts = list(offer.sealed.order_by("-sequence"))
    current = next((row for row in receipts if row.state == SealedOffer.State.CURRENT), None)
    context = {
        "offer": offer,
        "call": call,
        "content": content,
        "tasks": tasks_of(content, found, asks_concept=bool(terms.concept_questions), joint=call.joint_offers)
        if content is not None
        else [],
        "left": sum(1 for one in found if one.must),
        "receipts": receipts,
        "current": current,
        "amendments": list(call.amendments.filter(number__gt=offer.amendment_seen, confirm=True)),
        "newest_amendment": newest,
        # A draft may have been begun under the earlier terms; what was handed in asks for a word of its own.
        "amended": amended_since(offer, offer.created_at) if content is not None and current is None else [],
        "unconfirmed": current is not None and newest > offer.amendment_seen,
        "takes_offers": call.takes_offers(database_now()),
        "leads": leads(request, offer),
        **_joint(request, offer),
        "opened": hasattr(offer, "opened"),
        "record": track_records([offer.organisation_id]).get(offer.organisation_id)
        if hasattr(offer, "opened")
        else None,
        "award": published_award(offer),
        "correction": getattr(getattr(offer, "formal_check", None), "result", "") == "correction",
    }
    return render(request, "tenders/offers/offer.html", context)


def _joint(request: Request, offer: Offer) -> dict[str, Any]:
    """The partners of what is shown, the draft or what was handed in, and what one's own organisation is asked."""
    of_shown = {"in_force": True} if offer.draft is None else {"in_draft": True}
    partners = list(offer.partners.filter(**of_shown).select_related("organisation"))
    theirs = request.access.organisation_ids or frozenset()
    asked = [
        one for one in partners if one.state == OfferPartner.State.ASKED and one.organisation_id in theirs
    ]
    return {"partners": partners, "invitation": asked[0] if asked else None}


@tenant_door(WRITE_OFFERS)
def preview(request: Request, pk: str) -> HttpResponse:
    """The draft as the committee will read it."""
    offer = own_offer(request, pk)
    content = drafting.read_draft(offer)
    if content is None:
        messages.info(request, _("No draft is open, so there is nothing to preview."))
        return redirect(tenant_url("offers:offer", offer.pk))
    context = {
        "offer": offer,
        "call": offer.call,
        "sections": shown_content(content, offer.call),
        "file_view": "offers:draft_file",
    }
    return render(request, "tenders/offers/preview.html", context)


def _opened(request: Request, pk: Any) -> Offer:
    offers = Offer.objects.visible_to(request.access).filter(opened__isnull=False)
    offer: Offer = get_object_or_404(
        offers.select_related("call__service", "lot", "organisation", "opened__sealed"), pk=pk
    )
    return offer


@tenant_door(WRITE_OFFERS)
def read_offer(request: Request, pk: str) -> HttpResponse:
    """One's own offer after the opening: whoever may enter sees no others. The committee has a page of its own."""
    offer = _opened(request, pk)
    opened = offer.opened
    record_reading("offer", actor=request.access.actor, subject_type="offer", subject_ids=[offer.pk])
    context = {
        "offer": offer,
        "call": offer.call,
        "opened": opened,
        "sections": shown_content(opened.content, offer.call),
        "file_view": "offers:opened_file",
    }
    return render(request, "tenders/offers/read.html", context)


@tenant_door(READ_CALLS)
def download_opened_file(request: Request, pk: str, key: str) -> HttpResponse:
    """A file of an opened offer, for its bidders and for whoever the committee's rules let read it."""
    offer = _opened(request, pk)
    line = next((one for one in offer.opened.content["files"] if one["key"] == key), None)
    if line is None:
        raise Http404
    if not may_read_content(request.access, offer):
        # The page of the offer says why not, and what to do first.
        return redirect(tenant_url("committee:offer", offer.pk))
    content = opened_file(offer.opened, key)
    record_reading("offer_file", actor=request.access.actor, subject_type="offer", subject_ids=[offer.pk])
    return file_answer(content, line)


def file_answer(content: bytes, line: dict[str, Any]) -> HttpResponse:
    """A file as a download; browsers never show what people sent."""
    return download(content, name=line["name"], content_type=line["content_type"])
