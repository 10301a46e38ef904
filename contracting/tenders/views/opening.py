"""The opening room: who sits, what came in, two confirmations, and afterwards the log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.proving import prove_by_password, proved_lately
from contracting.tenders.actions import opening as opening_actions
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.clock import database_now
from contracting.tenders.models import Call, LateAttempt, Offer, Opening, SealedOffer, Seat
from contracting.tenders.permissions import READ_OFFERS, readable_offers
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.keeper import KeyLost
from tenants.addresses import tenant_url

_LOG_WORDS: dict[str, Any] = {
    "first_confirmed": gettext_lazy("First confirmation"),
    "second_confirmed": gettext_lazy("Second confirmation; the offers were opened"),
    "digest_same": gettext_lazy("The digest of all receipts is the one published after the deadline"),
    "digest_differs": gettext_lazy(
        "The digest of all receipts differs from the one published after the deadline: something was altered"
    ),
    "opened": gettext_lazy("Opened, its hash is the one on the receipt"),
    "opened_unconfirmed": gettext_lazy("Opened; the bidder did not confirm it after the last amendment"),
    "opened_files_damaged": gettext_lazy("Opened, but files of it were altered or are missing"),
    "unreadable": gettext_lazy("Could not be opened: the sealed content was altered after it was handed in"),
}
_ALARMING = frozenset({"digest_differs", "opened_files_damaged", "unreadable"})


def _call(request: Request, pk: Any) -> Call:
    calls = Call.objects.visible_to(request.access).real().filter(published_at__isnull=False)
    found: Call = get_object_or_404(calls, pk=pk)
    return close_if_due(found)


def _room_address(call: Call) -> str:
    return tenant_url("offers:opening", call.pk)


@tenant_door(READ_OFFERS)
def opening_room(request: Request, call_pk: str) -> HttpResponse:
    """The room as it stands; nothing of any offer is shown here before the opening, not even who bids."""
    call = _call(request, call_pk)
    return render(request, "tenders/opening/room.html", _context(request, call))


def _context(request: Request, call: Call) -> dict[str, Any]:
    opening: Opening | None = Opening.objects.filter(call=call).first()
    seats = list(Seat.objects.working().filter(committee__call=call))
    people = {seat.user_id for seat in seats}
    if opening is not None:
        people |= {opening.first_by, opening.second_by}
    names = dict(User.objects.filter(pk__in=[one for one in people if one]).values_list("pk", "full_name"))
    now = database_now()
    user_id = request.access.actor.user_id
    passed = call.deadline is not None and now >= call.deadline
    return {
        "call": call,
        "now": now,
        "passed": passed,
        "opening": opening,
        "seats": [{"seat": seat, "name": names.get(seat.user_id, "–")} for seat in seats],
        "voting": sum(1 for seat in seats if seat.role != Seat.Role.EXPERT),
        "sits": opening_actions.may_open(call, user_id),
        "confirmed": opening is not None and opening.opened_at is None and opening.first_by == user_id,
        "first_name": names.get(opening.first_by, "–") if opening else "",
        "second_name": names.get(opening.second_by, "–") if opening and opening.second_by else "",
        "receipts": SealedOffer.objects.filter(offer__call=call, state=SealedOffer.State.CURRENT).count()
        if passed
        else None,
        "late": LateAttempt.objects.filter(call=call).count() if passed else None,
        "fresh": proved_lately(request),
        "prove": f"{reverse('account_reauthenticate')}?{urlencode({'next': _room_address(call)})}",
        "log": _log(opening, names, call) if opening is not None and opening.opened_at else [],
        "readable": _readable(request, call) if opening is not None and opening.opened_at else set(),
    }


def _readable(request: Request, call: Call) -> set[UUID]:
    """The opened offers that the person may read, of which the log leads to their content."""
    opened = Offer.objects.filter(call=call, opened__isnull=False).select_related("opened")
    offers = list(opened.only("call_id", "opened__id"))
    for offer in offers:
        offer.call = call
    return readable_offers(request.access, call, offers)


def _log(opening: Opening, names: dict[UUID, str], call: Call) -> list[dict[str, Any]]:
    bidders = {
        receipt: (name, offer_id, opened is not None)
        for receipt, name, offer_id, opened in SealedOffer.objects.filter(offer__call=call).values_list(
            "receipt", "offer__organisation__name", "offer_id", "opened__id"
        )
    }
    lines = []
    for moment, code, facts in opening.log:
        name, offer_id, opened = bidders.get(facts.get("receipt"), ("", None, False))
        by = UUID(facts["by"]) if "by" in facts else None
        lines.append(
            {
                "at": _moment(moment),
                "text": _LOG_WORDS.get(code, code),
                "alarming": code in _ALARMING,
                "who": names.get(by, "–") if by else name,
                "receipt": facts.get("receipt", ""),
                "sha256": facts.get("sha256") or facts.get("digest", ""),
                "offer_id": offer_id if opened else None,
            }
        )
    return lines


def _moment(text: str) -> datetime | None:
    return parse_datetime(text.replace("Z", "+00:00"))


@tenant_door(READ_OFFERS)
@require_POST
def confirm_opening(request: Request, call_pk: str) -> HttpResponse:
    """One member's confirmation, with a proof of who one is that is minutes old: the password comes along, or the
    page of allauth was passed a moment ago."""
    call = _call(request, call_pk)
    actor = request.access.actor
    try:
        if not proved_lately(request):
            prove_by_password(request, request.POST.get("password", ""))
        done = opening_actions.confirm_opening(call, seat_user=actor.user_id or UUID(int=0), actor=actor)
    except DomainError as refusal:
        context = _context(request, Call.objects.get(pk=call.pk)) | {
            "refusal": refusal.message,
            "of_password": refusal.field == "password",
            "key_lost": isinstance(refusal, KeyLost),
        }
        return render(request, "tenders/opening/room.html", context, status=refusal.status)
    if done.opened_at:
        opened = Offer.objects.filter(call=call, opened__isnull=False).count()
        messages.success(request, _("The offers are open (%(count)s).") % {"count": opened})
    else:
        messages.success(request, _("Your confirmation is noted. The offers open with the second one."))
    return redirect(_room_address(call))
