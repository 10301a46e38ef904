"""Pages of posting offers of small grants for comments (art. 19a(3)-(5)): the list, the summary, places, comments."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning.law import limits_on
from contracting.tenders.actions.postings import (
    consider_comment,
    post_offer,
    record_comment,
    record_posting_place,
)
from contracting.tenders.clock import database_now
from contracting.tenders.forms.postings import CommentForm, ConsiderForm, PlaceForm, PostingForm
from contracting.tenders.models import Call, Offer, OfferPosting, PostingComment
from contracting.tenders.permissions import EDIT_CALLS, may_read_content
from contracting.tenders.queries.postings import posted_offers
from contracting.tenders.views.calls import find_call
from kernel.doors import Request, tenant_door
from kernel.errors import NotAllowed
from kernel.periods import local_date
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of

_ARTICLES = ("small_grant_post_within_working_days", "small_grant_posted_days", "small_grant_comment_days")


def _today() -> date:
    return local_date(database_now())


def _call(request: Request, pk: Any) -> Call:
    """A call for small grants that the person may see; 404 for other kinds."""
    call = find_call(request, pk)
    if call.kind != Call.Kind.SMALL_GRANT or call.is_template:
        raise Http404
    return call


def _posting(request: Request, pk: Any, posting_pk: Any) -> OfferPosting:
    found: OfferPosting = get_object_or_404(
        OfferPosting.objects.select_related("offer__call", "offer__organisation").defer("offer__draft"),
        pk=posting_pk,
        offer__call=_call(request, pk),
    )
    return found


def _back(call: Call) -> str:
    return tenant_url("postings:list", call.pk)


@tenant_door(EDIT_CALLS)
def list_postings(request: Request, pk: str) -> HttpResponse:
    """Every opened offer with its posting, the days of its places, what it waits for, and its comments."""
    call = _call(request, pk)
    today = _today()
    shown = posted_offers(call, today)
    comments: dict[Any, list[PostingComment]] = {}
    for comment in PostingComment.objects.filter(posting__offer__call=call):
        comments.setdefault(comment.posting_id, []).append(comment)
    limits = limits_on(today)
    context = {
        "call": call,
        "rows": [(one, comments.get(one.posting.pk, []) if one.posting else []) for one in shown],
        "limits": list({limits[code].article: limits[code] for code in _ARTICLES}.values()),
        "terms": shown[0].terms if shown else None,
    }
    return render(request, "tenders/postings/list.html", context)


@tenant_door(EDIT_CALLS)
def post(request: Request, pk: str, offer_pk: str) -> HttpResponse:
    """Write the public summary, begun from what the offer says, and put it on the board."""
    call = _call(request, pk)
    offer: Offer = get_object_or_404(
        call.offers.filter(opened__isnull=False).select_related("organisation", "opened", "call"), pk=offer_pk
    )
    verdict = may_read_content(request.access, offer)
    if not verdict:
        raise NotAllowed("not_readable", verdict.reason)
    if OfferPosting.objects.filter(offer=offer).exists():
        return redirect(_back(call))
    task = offer.opened.content.get("task", {})
    initial = {
        "title": offer.opened.title,
        "summary": "\n".join(part for part in (task.get("summary"), task.get("place")) if part),
        "comments_to": call.contact,
    }
    form = PostingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: post_offer(offer, **form.cleaned_data, actor=request.access.actor))
        if made is not None:
            messages.success(
                request, _("The offer stands on the public board. Record its day in BIP and at the seat.")
            )
            return redirect(_back(call))
    context = {"call": call, "offer": offer, "form": form}
    return render(request, "tenders/postings/post.html", context, status=status_of(form))


@tenant_door(EDIT_CALLS)
def place(request: Request, pk: str, posting_pk: str) -> HttpResponse:
    """The day and the proof of BIP or of the board at the seat; `?place=` chooses which."""
    posting = _posting(request, pk, posting_pk)
    form = PlaceForm(request.POST or None, initial={"place": request.GET.get("place", "bip")})
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form, lambda: record_posting_place(posting, **form.cleaned_data, actor=request.access.actor)
        )
        if saved is not None:
            messages.success(request, _("The day and its proof are recorded."))
            return redirect(_back(posting.offer.call))
    context = {"call": posting.offer.call, "posting": posting, "form": form}
    return render(request, "tenders/postings/place.html", context, status=status_of(form))


@tenant_door(EDIT_CALLS)
def comment(request: Request, pk: str, posting_pk: str) -> HttpResponse:
    posting = _posting(request, pk, posting_pk)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form, lambda: record_comment(posting, **form.cleaned_data, actor=request.access.actor)
        )
        if saved is not None:
            messages.success(
                request, _("The comment is recorded; the decision waits until it is considered.")
            )
            return redirect(_back(posting.offer.call))
    context = {"call": posting.offer.call, "posting": posting, "form": form}
    return render(request, "tenders/postings/comment.html", context, status=status_of(form))


@tenant_door(EDIT_CALLS)
def consider(request: Request, pk: str, comment_pk: str) -> HttpResponse:
    call = _call(request, pk)
    row: PostingComment = get_object_or_404(
        PostingComment.objects.select_related("posting__offer__call"),
        pk=comment_pk,
        posting__offer__call=call,
    )
    form = ConsiderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: consider_comment(row, **form.cleaned_data, actor=request.access.actor))
        if saved is not None:
            messages.success(request, _("It is kept how the comment was considered."))
            return redirect(_back(call))
    context = {"call": call, "row": row, "form": form}
    return render(request, "tenders/postings/consider.html", context, status=status_of(form))
