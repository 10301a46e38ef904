"""Handing an offer in and what follows: the receipt, withdrawal, replacement, the word on an amendment."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contracting.tenders import sealing
from contracting.tenders.actions import drafting, handing_in
from contracting.tenders.actions.receipts import Receipt
from contracting.tenders.clock import database_now
from contracting.tenders.forms.offers import CodeForm, HandInForm
from contracting.tenders.models import Offer, SealedOffer
from contracting.tenders.permissions import SUBMIT_OFFERS, WRITE_OFFERS
from contracting.tenders.queries.terms import newest_amendment, terms_of
from contracting.tenders.receipts import receipt_facts, receipt_pdf_of
from contracting.tenders.rules.budget import sums_of
from contracting.tenders.rules.completeness import findings_of
from contracting.tenders.views.offers import check_list, leads, own_offer
from kernel import crypto
from kernel.doors import Request, tenant_door
from kernel.errors import NotAllowed
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of

# The code's one way from handing in to the receipt: encrypted, in the bidder's own browser, for these seconds.
_CODE_COOKIE = "receipt-code"
_CODE_SECONDS = 120


def _leader(request: Request, pk: Any) -> Offer:
    """One's own offer, of which one's organisation is the leader. Raises NotAllowed for partners of a joint offer."""
    offer = own_offer(request, pk)
    if not leads(request, offer):
        raise NotAllowed(
            "not_the_leader",
            _("Only %(name)s, the leader of this joint offer, hands it in, takes it back or replaces it.")
            % {"name": offer.organisation},
        )
    return offer


def _unkept(answer: HttpResponse) -> HttpResponse:
    """A page with a secret: nothing between here and the reader keeps it."""
    answer["Cache-Control"] = "private, no-store"
    return answer


@tenant_door(SUBMIT_OFFERS)
def hand_in(request: Request, pk: str) -> HttpResponse:
    """The check list and the last step; it leads to the receipt, which shows once the code that nobody else has."""
    offer = _leader(request, pk)
    content = drafting.read_draft(offer)
    if request.method == "POST":
        form = HandInForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            receipt = attempt(
                form,
                lambda: handing_in.hand_in(
                    offer, seen_version=given["version"], code=given["code"], actor=request.access.actor
                ),
            )
            if receipt is not None:
                return _to_receipt(offer, receipt)
    else:
        if content is None:
            return redirect(tenant_url("offers:offer", offer.pk))
        form = HandInForm(initial={"version": offer.draft_version, "code": sealing.new_code()})
    found = findings_of(content, terms_of(offer)) if content is not None else []
    files = drafting.files_not_had(offer, content) if content is not None else []
    context = {
        "offer": offer,
        "call": offer.call,
        "form": form,
        "files": files,
        "content": content,
        "code": form.data.get("code") if form.is_bound else form.initial["code"],
        "version": form.data.get("version") if form.is_bound else form.initial["version"],
        "lines": check_list(found),
        "missing": any(one.must for one in found),
        "stopped": any(file["stops"] for file in files),
        "sums": sums_of(content["budget"]) if content is not None else None,
        "takes_offers": offer.call.takes_offers(database_now()),
    }
    return _unkept(render(request, "tenders/offers/hand_in.html", context, status=_status(form)))


def _status(form: HandInForm) -> int:
    codes = (
        {item.code for errors in form.errors.as_data().values() for item in errors}
        if form.is_bound
        else set()
    )
    return 409 if codes & {"draft_changed", "too_late", "already_handed_in"} else status_of(form)


def _row(offer: Offer, sequence: str) -> SealedOffer:
    if not (sequence.isdecimal() and len(sequence) < 9):
        raise Http404
    row: SealedOffer = get_object_or_404(SealedOffer.objects.filter(offer=offer), sequence=int(sequence))
    return row


def _to_receipt(offer: Offer, receipt: Receipt) -> HttpResponse:
    address = tenant_url("offers:receipt", offer.pk, offer.sealed.get(receipt=receipt.number).sequence)
    answer = redirect(address)
    answer.set_cookie(
        _CODE_COOKIE,
        crypto.encrypt(f"{receipt.number} {receipt.code}").decode("ascii"),
        max_age=_CODE_SECONDS,
        path=address,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return _unkept(answer)


def _code_brought(request: Request, row: SealedOffer) -> str:
    """The code that handing in sent along to this receipt; empty at every later visit."""
    try:
        told = crypto.decrypt(request.COOKIES.get(_CODE_COOKIE, "").encode("ascii"))
    except (InvalidToken, UnicodeError):
        return ""
    number, _gap, code = told.rpartition(" ")
    return code if number == row.receipt else ""


@tenant_door(WRITE_OFFERS)
def show_receipt(request: Request, pk: str, sequence: str) -> HttpResponse:
    offer = own_offer(request, pk)
    row = _row(offer, sequence)
    code = _code_brought(request, row)
    context = {
        "offer": offer,
        "call": offer.call,
        "row": row,
        "code": code,
        "facts": receipt_facts(offer, row),
    }
    answer = _unkept(render(request, "tenders/offers/receipt.html", context))
    if _CODE_COOKIE in request.COOKIES:
        answer.delete_cookie(_CODE_COOKIE, path=request.path, samesite="Strict")
    return answer


@tenant_door(WRITE_OFFERS)
def receipt_pdf(request: Request, pk: str, sequence: str) -> HttpResponse:
    """The receipt as a tagged PDF; with the code where the page that still has it sends it along."""
    offer = own_offer(request, pk)
    row = _row(offer, sequence)
    code = request.POST.get("code", "")
    pdf = receipt_pdf_of(offer, row, code if sealing.is_code(code) else "")
    return _file(pdf, "application/pdf", row, "pdf")


@tenant_door(WRITE_OFFERS)
def receipt_json(request: Request, pk: str, sequence: str) -> HttpResponse:
    offer = own_offer(request, pk)
    row = _row(offer, sequence)
    answer = JsonResponse(receipt_facts(offer, row), json_dumps_params={"ensure_ascii": False, "indent": 2})
    return _named(answer, row, "json")


def _file(content: bytes, kind: str, row: SealedOffer, ending: str) -> HttpResponse:
    return _named(HttpResponse(content, content_type=kind), row, ending)


def _named(answer: HttpResponse, row: SealedOffer, ending: str) -> HttpResponse:
    name = f"{_('receipt')}-{row.receipt.replace('/', '-')}.{ending}"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return _unkept(answer)


@tenant_door(SUBMIT_OFFERS)
def withdraw(request: Request, pk: str) -> HttpResponse:
    offer = _leader(request, pk)
    current = offer.sealed.filter(state=SealedOffer.State.CURRENT).first()
    if current is None:
        raise Http404
    if request.method == "POST":
        handing_in.withdraw(offer, actor=request.access.actor)
        messages.success(request, _("The offer is withdrawn. Nobody will open it."))
        return redirect(tenant_url("offers:offer", offer.pk))
    context = {"offer": offer, "call": offer.call, "current": current}
    return render(request, "tenders/offers/withdraw.html", context)


@tenant_door(SUBMIT_OFFERS)
def reopen(request: Request, pk: str) -> HttpResponse:
    """Open what was handed in as a draft, by the code; or begin anew without it."""
    offer = _leader(request, pk)
    last = offer.sealed.order_by("-sequence").first()
    if last is None or offer.draft is not None:
        return redirect(tenant_url("offers:offer", offer.pk))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        opened = attempt(form, lambda: handing_in.reopen_with_code(offer, code, actor=request.access.actor))
        if opened is not None:
            messages.success(
                request,
                _("The offer is open as a draft. What was handed in stays in force until you replace it."),
            )
            return redirect(tenant_url("offers:offer", offer.pk))
    context = {"offer": offer, "call": offer.call, "last": last, "form": form}
    return render(request, "tenders/offers/reopen.html", context, status=status_of(form))


@tenant_door(SUBMIT_OFFERS)
@require_POST
def begin_anew(request: Request, pk: str) -> HttpResponse:
    offer = _leader(request, pk)
    handing_in.begin_anew(offer, actor=request.access.actor)
    messages.success(
        request, _("A new draft is open. What was handed in stays in force until you replace it.")
    )
    return redirect(tenant_url("offers:offer", offer.pk))


@tenant_door(SUBMIT_OFFERS)
def discard_draft(request: Request, pk: str) -> HttpResponse:
    """Throw the draft of a replacement away."""
    offer = _leader(request, pk)
    if offer.draft is None or not offer.sealed.filter(state=SealedOffer.State.CURRENT).exists():
        raise Http404
    if request.method == "POST":
        handing_in.discard_draft(offer, actor=request.access.actor)
        messages.success(request, _("The draft is gone; what was handed in stays in force."))
        return redirect(tenant_url("offers:offer", offer.pk))
    return render(request, "tenders/offers/discard_draft.html", {"offer": offer, "call": offer.call})


@tenant_door(SUBMIT_OFFERS)
@require_POST
def confirm_amendments(request: Request, pk: str) -> HttpResponse:
    offer = _leader(request, pk)
    seen = request.POST.get("seen", "")
    handing_in.confirm_amendments(
        offer,
        seen=int(seen) if seen.isdecimal() else newest_amendment(offer.call) - 1,
        actor=request.access.actor,
    )
    messages.success(request, _("Confirmed: your offer stands as it is after the amendment."))
    return redirect(tenant_url("offers:offer", offer.pk))
